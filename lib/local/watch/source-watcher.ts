import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import type { FSWatcher } from 'chokidar';
import { globPattern } from './cdk-project';
import { ChangeBatch, changes, isSource, manifestOf, savedSince, SourceChange } from './change';

export interface SourceWatcherOptions {
  /** Absolute folder of the app. */
  readonly directory: string;
  /** Absolute folder of its assembly. */
  readonly assembly: string;
  /** Whether the app is a command that can be run again, or an assembly that another program writes. */
  readonly command: boolean;
  /** `watch.exclude` of cdk.json. Sources in the bundle of a handler are watched nevertheless. */
  readonly exclude?: readonly string[];
  /**
   * The start of the synthesis, in milliseconds since 1970: later changes are reported, even if they happened before watching began.
   *
   * @default - only changes after watching began are reported
   */
  readonly since?: number;
  /** Called with one line if the operating system refuses to watch a file. Files that are watched already stay watched. */
  readonly onError?: (text: string) => void;
}

/** The current inputs of the bundles of handlers: `HandlerBuilds`. */
export interface HandlerSources {
  /** Whether the last build had errors. */
  readonly broken: boolean;
  inputs(): ReadonlySet<string>;
}

/** Milliseconds to debounce a save of a handler: editors write a file in steps. */
const DEBOUNCE = 15;
/** Milliseconds to debounce other saves: a synthesis takes longer, and an assembly is written file by file, its manifest last. */
const APP_DEBOUNCE = 100;

/** Milliseconds within which chokidar reports a file only once. A formatter writes sooner than that. */
const REPORTED_ONCE = 50;

/** Bytes of sources to hash when watching begins. For the rest, the first save counts as a change even if nothing changed. */
const MOST_READ = 50_000_000;

/** Folders without sources of the app, besides those whose names begin with a dot. */
const NO_SOURCES = new Set(['node_modules', 'cdk.out', '__pycache__', 'coverage', 'target', 'obj']);

/** Watches the sources of an app and reports what has to be done after a save. */
export class SourceWatcher {
  private readonly excluded: readonly RegExp[];
  /** Changes that are held back until there is a listener. */
  private readonly held = new Set<string>();
  private readonly quick = new ChangeBatch(DEBOUNCE, (files) => this.report(files));
  private readonly slow = new ChangeBatch(APP_DEBOUNCE, (files) => this.report(files));
  /** The last known hash of each file. */
  private readonly contents = new Map<string, string>();
  /** Files that were reported a moment ago. */
  private readonly recent = new Set<string>();
  /** Sources of handlers that the watch of the app's folder does not cover, and the folders that they are in. */
  private readonly outside = new Set<string>();
  private readonly folders = new Set<string>();
  private readonly directory: string;
  private readonly assembly: string;
  private watcher?: FSWatcher;
  private listener?: { readonly handlers: HandlerSources; readonly onChange: (change: SourceChange) => void };
  private started?: Promise<void>;
  /** Bytes hashed so far. */
  private bytesRead = 0;
  private isReady = false;
  private secondCheck?: NodeJS.Timeout;
  private closed = false;
  private resolveReady?: () => void;

  public constructor(private readonly options: SourceWatcherOptions) {
    this.excluded = (options.exclude ?? []).map(globPattern);
    // esbuild names files by their real paths.
    this.directory = realPath(options.directory);
    this.assembly = realPath(options.assembly);
  }

  /** Resolves when watching has begun, or the watcher was closed before that. Changes are held back until there is a listener. */
  public start(): Promise<void> {
    this.started ??= this.begin();
    return this.started;
  }

  /** Reports the changes that were held back, and all changes from now on. */
  public listen(handlers: HandlerSources, onChange: (change: SourceChange) => void): void {
    this.listener = { handlers, onChange };
    this.follow();
    const held = [...this.held];
    this.held.clear();
    held.forEach((file) => this.note(file));
  }

  /** @param unhandled changes that were reported and must be reported to the next listener again */
  public hold(unhandled: readonly string[]): void {
    this.listener = undefined;
    for (const file of unhandled) {
      this.contents.delete(file);
      this.held.add(file);
    }
  }

  /**
   * Watches the current sources of handlers, wherever they are. Called after each build. A newly watched source may be reported as
   * changed, so that a save between the build and the watch is not lost.
   */
  public follow(): void {
    // Adding to a closed watcher would open it again.
    if (this.closed || !this.isReady || !this.listener) return;
    const beyond = [...this.listener.handlers.inputs()].filter((file) => !isWithin(this.directory, file) || this.isLeftOut(file));
    for (const file of beyond) this.outside.add(file);
    // Folders are watched instead of files, since editors replace files.
    const folders = [...new Set(beyond.map((file) => path.dirname(file)))].filter((folder) => !this.folders.has(folder));
    for (const folder of folders) this.folders.add(folder);
    if (folders.length > 0) this.watcher?.add(folders);
  }

  public async close(): Promise<void> {
    this.closed = true;
    this.quick.close();
    this.slow.close();
    clearTimeout(this.secondCheck);
    await this.watcher?.close();
    // A closed watcher never becomes ready.
    this.resolveReady?.();
  }

  private async begin(): Promise<void> {
    if (this.closed) return;
    // chokidar is loaded only if something is watched.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { watch } = require('chokidar') as typeof import('chokidar');
    const watcher = watch([this.directory, ...this.assemblyFolder()], {
      ignored: (file) => this.isIgnored(path.resolve(file)),
    });
    this.watcher = watcher;
    watcher.on('all', (event, file) => {
      if (this.isReady || !event.startsWith('add')) this.note(path.resolve(file));
      else if (event === 'add') this.remember(path.resolve(file));
    });
    watcher.on('error', (error) => this.options.onError?.(watchError(this.directory, error as NodeJS.ErrnoException)));
    await new Promise<void>((resolve) => {
      this.resolveReady = resolve;
      watcher.once('ready', () => resolve());
    });
    this.isReady = true;
    this.follow();
  }

  /** Hashes a file when watching begins, so that a save that changes nothing is not reported. */
  private remember(file: string): void {
    const { since } = this.options;
    if (since === undefined || !isSource(file)) return;
    const stats = fs.statSync(file, { throwIfNoEntry: false });
    if (!stats || savedSince(stats, since)) this.note(file);
    else if ((this.bytesRead += stats.size) <= MOST_READ) this.contents.set(file, digest(file));
  }

  private note(file: string): void {
    if (this.closed) return;
    if (!this.listener) {
      this.held.add(file);
      return;
    }
    if (this.changesOf([file]).length === 0) return;
    (this.listener.handlers.inputs().has(file) ? this.quick : this.slow).add(file);
  }

  private report(changed: readonly string[]): void {
    if (!this.listener) {
      changed.forEach((file) => this.held.add(file));
      return;
    }
    const files = changed.filter((file) => this.hasChanged(file));
    const { onChange } = this.listener;
    for (const change of this.changesOf(files)) onChange(change);
    if (files.length > 0) this.checkAgain(files);
  }

  private changesOf(files: readonly string[]): SourceChange[] {
    const { handlers } = this.listener!;
    const { command } = this.options;
    return changes(files, { assembly: this.assembly, command, inputs: handlers.inputs(), broken: handlers.broken });
  }

  /** Finds a second save that came too soon for chokidar to report. */
  private checkAgain(files: readonly string[]): void {
    for (const file of files) if (this.contents.has(file)) this.recent.add(file);
    clearTimeout(this.secondCheck);
    this.secondCheck = setTimeout(() => {
      const missed = [...this.recent].filter((file) => digest(file) !== this.contents.get(file));
      this.recent.clear();
      for (const file of missed) this.note(file);
    }, REPORTED_ONCE + DEBOUNCE);
  }

  /** Compares contents, so that an app that writes the same source in each synthesis is not synthesized forever. */
  private hasChanged(file: string): boolean {
    // An equal manifest may come with other templates. Without a manifest there is nothing to read yet.
    if (file === manifestOf(this.assembly)) return fs.existsSync(file);
    const contents = digest(file);
    if (this.contents.get(file) === contents) return false;
    this.contents.set(file, contents);
    return true;
  }

  /** The folder above the assembly, since the assembly may not exist yet, or be removed and written again. */
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
    // The file does not exist yet, but a folder above it may be a symbolic link.
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

function watchError(directory: string, error: NodeJS.ErrnoException): string {
  const wayOut = error.code === 'ENOSPC' || error.code === 'EMFILE'
    ? 'raise the limit (Linux: sysctl fs.inotify.max_user_watches), or leave folders out with "watch": { "exclude": [] } in cdk.json'
    : 'save again, or start again, to get new code';
  return `${directory} cannot be watched: ${error.message}; ${wayOut}`;
}
