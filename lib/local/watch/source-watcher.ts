import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import type { FSWatcher } from 'chokidar';
import { changes, isSource, manifestOf, savedSince, SourceChange } from './change';
import { ChangeBatch } from './change-batch';
import { globPattern } from './glob';

export interface SourceWatcherOptions {
  /** Absolute folder of the app. */
  readonly directory: string;
  /** Absolute folder of its assembly. */
  readonly assembly: string;
  /** Whether the app is a command that can be run again, or an assembly that somebody else writes. */
  readonly command: boolean;
  /** `watch.exclude` of cdk.json. What a handler's bundle has is watched nevertheless. */
  readonly exclude?: readonly string[];
  /**
   * The start of the synthesis, in milliseconds since 1970: later changes are reported, even if they happened before watching began.
   *
   * @default - only changes while it watches are reported
   */
  readonly since?: number;
  /** The operating system refuses to watch, in one line; what is watched so far goes on. */
  readonly onComplaint?: (text: string) => void;
}

/** The current inputs of the bundles of handlers: `HandlerBuilds`. */
export interface HandlerSources {
  /** Whether the last build had errors. */
  readonly broken: boolean;
  inputs(): ReadonlySet<string>;
}

/** Milliseconds to debounce a save of a handler: editors write a file in steps. */
const DEBOUNCE = 15;
/** The same for other files: a synthesis takes longer, and an assembly is written file by file, its manifest last. */
const APP_DEBOUNCE = 100;

/** chokidar tells of one change of a file in this time, and of no other: a formatter writes sooner. Milliseconds. */
const TOLD_ONCE = 50;

/** Bytes of sources to remember when watching begins. Of the rest, a save without a change counts as news. */
const MOST_READ = 50_000_000;

/** Folders of no source of the app, besides those whose names begin with a dot. */
const NO_SOURCES = new Set(['node_modules', 'cdk.out', '__pycache__', 'coverage', 'target', 'obj']);

/** Watches the sources of an app and tells what has to be done when some are saved. */
export class SourceWatcher {
  private readonly excluded: readonly RegExp[];
  /** Changes that are held back. */
  private readonly kept = new Set<string>();
  private readonly quick = new ChangeBatch(DEBOUNCE, (files) => this.tell(files));
  private readonly slow = new ChangeBatch(APP_DEBOUNCE, (files) => this.tell(files));
  private readonly contents = new Map<string, string>();
  /** Told of a moment ago. */
  private readonly recent = new Set<string>();
  /** Sources of handlers that the watch of the app's folder leaves out, and the folders that they are in. */
  private readonly outside = new Set<string>();
  private readonly folders = new Set<string>();
  private readonly directory: string;
  private readonly assembly: string;
  private watcher?: FSWatcher;
  private listener?: { readonly handlers: HandlerSources; readonly onChange: (change: SourceChange) => void };
  private started?: Promise<void>;
  /** Bytes. */
  private read = 0;
  private isReady = false;
  private secondLook?: NodeJS.Timeout;
  private closed = false;
  private giveUp?: () => void;

  public constructor(private readonly options: SourceWatcherOptions) {
    this.excluded = (options.exclude ?? []).map(globPattern);
    // esbuild names files by where they really are.
    this.directory = realPath(options.directory);
    this.assembly = realPath(options.assembly);
  }

  /** Resolves when watching has begun, or it was closed before. Changes are held back until there is a listener. */
  public start(): Promise<void> {
    this.started ??= this.begin();
    return this.started;
  }

  /** Reports changes from now on, and those that were held back. */
  public listen(handlers: HandlerSources, onChange: (change: SourceChange) => void): void {
    this.listener = { handlers, onChange };
    this.follow();
    const kept = [...this.kept];
    this.kept.clear();
    kept.forEach((file) => this.note(file));
  }

  /** Holds changes back from now on, together with those that could not be handled. */
  public hold(told: readonly string[]): void {
    this.listener = undefined;
    for (const file of told) {
      this.contents.delete(file);
      this.kept.add(file);
    }
  }

  /**
   * The handlers were built again: their sources are watched wherever they are. One that is new here may be told as
   * changed, so that a save between the build and the watch is not lost.
   */
  public follow(): void {
    // To add to a closed watcher would open it again.
    if (this.closed || !this.isReady || !this.listener) return;
    const beyond = [...this.listener.handlers.inputs()].filter((file) => !isWithin(this.directory, file) || this.isLeftOut(file));
    for (const file of beyond) this.outside.add(file);
    // Folders, because editors put a new file in the place of the old one.
    const folders = [...new Set(beyond.map((file) => path.dirname(file)))].filter((folder) => !this.folders.has(folder));
    for (const folder of folders) this.folders.add(folder);
    if (folders.length > 0) this.watcher?.add(folders);
  }

  public async close(): Promise<void> {
    this.closed = true;
    this.quick.close();
    this.slow.close();
    clearTimeout(this.secondLook);
    await this.watcher?.close();
    // A closed watcher never gets ready.
    this.giveUp?.();
  }

  private async begin(): Promise<void> {
    if (this.closed) return;
    // Loaded only if something is watched.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { watch } = require('chokidar') as typeof import('chokidar');
    const watcher = watch([this.directory, ...this.assemblyFolder()], {
      ignored: (file) => this.isIgnored(path.resolve(file)),
    });
    this.watcher = watcher;
    watcher.on('all', (event, file) => {
      if (this.isReady || !event.startsWith('add')) this.note(path.resolve(file));
      else if (event === 'add') this.meet(path.resolve(file));
    });
    watcher.on('error', (error) => this.options.onComplaint?.(complaint(this.directory, error as NodeJS.ErrnoException)));
    await new Promise<void>((resolve) => {
      this.giveUp = resolve;
      watcher.once('ready', () => resolve());
    });
    this.isReady = true;
    this.follow();
  }

  /** Remembers the content of a file when watching begins, so that a save without a change is no news. */
  private meet(file: string): void {
    const { since } = this.options;
    if (since === undefined || !isSource(file)) return;
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    if (!stats || savedSince(stats, since)) this.note(file);
    else if ((this.read += stats.size) <= MOST_READ) this.contents.set(file, digest(file));
  }

  private note(file: string): void {
    if (this.closed) return;
    if (!this.listener) {
      this.kept.add(file);
      return;
    }
    if (this.changes([file]).length === 0) return;
    (this.listener.handlers.inputs().has(file) ? this.quick : this.slow).add(file);
  }

  private tell(told: readonly string[]): void {
    if (!this.listener) {
      told.forEach((file) => this.kept.add(file));
      return;
    }
    const files = told.filter((file) => this.isNews(file));
    const { onChange } = this.listener;
    for (const change of this.changes(files)) onChange(change);
    if (files.length > 0) this.lookAgain(files);
  }

  private changes(files: readonly string[]): SourceChange[] {
    const { handlers } = this.listener!;
    const { command } = this.options;
    return changes(files, { assembly: this.assembly, command, inputs: handlers.inputs(), broken: handlers.broken });
  }

  /** A second save that came too soon to be told of is not lost. */
  private lookAgain(files: readonly string[]): void {
    for (const file of files) if (this.contents.has(file)) this.recent.add(file);
    clearTimeout(this.secondLook);
    this.secondLook = setTimeout(() => {
      const missed = [...this.recent].filter((file) => digest(file) !== this.contents.get(file));
      this.recent.clear();
      for (const file of missed) this.note(file);
    }, TOLD_ONCE + DEBOUNCE);
  }

  /** An app that writes a source while it is synthesized, each time the same, is not synthesized for ever. */
  private isNews(file: string): boolean {
    // The same manifest may come with other templates; without one there is nothing to read yet.
    if (file === manifestOf(this.assembly)) return fs.existsSync(file);
    const contents = digest(file);
    if (this.contents.get(file) === contents) return false;
    this.contents.set(file, contents);
    return true;
  }

  /** It may not be there yet, or be removed and written again: the folder above it tells. */
  private assemblyFolder(): string[] {
    return this.options.command || isWithin(this.directory, this.assembly) ? [] : [path.dirname(this.assembly)];
  }

  private isIgnored(file: string): boolean {
    if (this.outside.has(file) || this.folders.has(file)) return false;
    if (isWithin(this.assembly, file)) return this.options.command || ![this.assembly, manifestOf(this.assembly)].includes(file);
    if (!isWithin(this.directory, file)) return !isWithin(file, this.assembly);
    return this.isLeftOut(file) && !(isWithin(file, this.assembly) && !this.options.command);
  }

  private isLeftOut(file: string): boolean {
    const parts = path.relative(this.directory, file).split(path.sep);
    if (parts.some((part) => NO_SOURCES.has(part) || /^\.[^.]/.test(part))) return true;
    return this.excluded.some((pattern) => pattern.test(parts.join('/')));
  }
}

function isWithin(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    // Not there yet: what is there of it may still be a link.
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPath(parent), path.basename(file));
  }
}

function digest(file: string): string {
  try {
    return createHash('sha1').update(fs.readFileSync(file)).digest('hex');
  } catch {
    return 'gone';
  }
}

function complaint(directory: string, error: NodeJS.ErrnoException): string {
  const wayOut = error.code === 'ENOSPC' || error.code === 'EMFILE'
    ? 'raise the limit (Linux: sysctl fs.inotify.max_user_watches), or leave folders out with "watch": { "exclude": [] } in cdk.json'
    : 'save again, or start again, to get new code';
  return `${directory} cannot be watched: ${error.message}; ${wayOut}`;
}
