import * as fs from 'fs';
import * as path from 'path';

export interface PackageWatcherOptions {
  /** Absolute folder of the app. */
  readonly directory: string;
  /** @param installed whether a package was installed or removed; if not, a file of an installed one was edited */
  readonly onChange: (installed: boolean) => void;
  /** Milliseconds between two polls. @default 500 */
  readonly interval?: number;
}

/** The number of files checked in each poll, in turn, since a bundle may have thousands. */
const FILES_A_POLL = 50;
/** Polls without a change after which an installation is complete: packages are removed before the new ones exist. */
const QUIET_POLLS = 2;
/** Polls after which a removed package counts as uninstalled. */
const GONE_POLLS = 30;

/** The files that package managers write into `node_modules` when they are done: npm, pnpm, Yarn 1 and later ones. */
const RECEIPTS = ['.package-lock.json', '.modules.yaml', '.yarn-integrity', '.yarn-state.yml'];

/**
 * Polls whether packages of functions were installed again. Watches of the operating system would not do: package managers replace
 * whole folders, which ends a watch, and all of `node_modules` is too much to watch.
 */
export class PackageWatcher {
  /** The last seen state of each file. */
  private readonly seen = new Map<string, string>();
  /** Files that change with every installation: checked in every poll. */
  private signals: readonly string[] = [];
  private files: readonly string[] = [];
  private next = 0;
  private readonly changed = new Set<string>();
  private quietPolls = 0;
  private readonly timer: NodeJS.Timeout;

  public constructor(private readonly options: PackageWatcherOptions) {
    this.timer = setInterval(() => this.poll(), options.interval ?? 500).unref();
  }

  /**
   * Sets what to watch. Called after each build of functions.
   *
   * @param files absolute paths of the files of packages in bundles
   * @param packages absolute folders of packages that functions load at run time; they need not exist yet
   */
  public follow(files: Iterable<string>, packages: Iterable<string>): void {
    this.files = [...files];
    const folders = new Set([...this.files.flatMap((file) => packageOf(file) ?? []), ...packages]);
    const receipts = ancestors(this.options.directory).flatMap((folder) => RECEIPTS.map((name) => path.join(folder, 'node_modules', name)));
    this.signals = [...[...folders].map((folder) => path.join(folder, 'package.json')), ...receipts];
    const followed = new Set([...this.signals, ...this.files]);
    for (const file of this.seen.keys()) if (!followed.has(file)) this.seen.delete(file);
    for (const file of followed) if (!this.seen.has(file)) this.seen.set(file, state(file));
  }

  public close(): void {
    clearInterval(this.timer);
  }

  private poll(): void {
    const until = this.next + FILES_A_POLL;
    const news = [...this.signals, ...this.files.slice(this.next, until)].filter((file) => this.isNews(file));
    this.next = until < this.files.length ? until : 0;
    news.forEach((file) => this.changed.add(file));
    this.quietPolls = news.length > 0 ? 0 : this.quietPolls + 1;
    if (this.changed.size > 0 && this.quietPolls >= QUIET_POLLS && (this.isComplete() || this.quietPolls >= GONE_POLLS)) this.report();
  }

  private isNews(file: string): boolean {
    const now = state(file);
    if (this.seen.get(file) === now) return false;
    this.seen.set(file, now);
    return true;
  }

  /** Whether no installation seems to be running. */
  private isComplete(): boolean {
    const changed = [...this.changed];
    if (changed.some(isReceipt)) return true;
    return changed.every((file) => fs.existsSync(path.join(packageOf(file) ?? path.dirname(file), 'package.json')));
  }

  private report(): void {
    const installed = [...this.changed].some((file) => isReceipt(file) || path.basename(file) === 'package.json');
    this.changed.clear();
    this.options.onChange(installed);
  }
}

/** The folder of the package that a file is in. */
export function packageOf(file: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/.@][^\\/]*/.exec(file)?.[0];
}

/** The folder of a package as code in a folder would load it, or where the package would be installed. */
export function installedPackage(name: string, directory: string): string {
  const [scope, rest] = name.split('/');
  const folder = path.join('node_modules', name.startsWith('@') && rest ? path.join(scope, rest) : scope);
  const places = ancestors(directory).map((ancestor) => path.join(ancestor, folder));
  return places.find((place) => fs.existsSync(place)) ?? places[0];
}

function isReceipt(file: string): boolean {
  return RECEIPTS.includes(path.basename(file));
}

/** `ctime` is needed because npm gives every file of every version the same `mtime`, and inodes are reused. */
function state(file: string): string {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.ctimeMs} ${stats.mtimeMs} ${stats.ino} ${stats.size}` : '';
}

/** A folder and the folders above it, the nearest first. */
function ancestors(directory: string): string[] {
  const parent = path.dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}
