import type { Stats } from 'fs';
import * as path from 'path';

/** The work that changed files require. */
export interface SourceChange {
  /**
   * `handlers`: build them again; `app`: synthesize it again; `assembly`: read it again, since another program synthesized the app.
   */
  readonly kind: 'handlers' | 'app' | 'assembly';
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** The facts that decide which work a changed file requires. */
export interface WatchedProject {
  /** Absolute folder of the assembly. */
  readonly assembly: string;
  /** Whether the app is a command that can be run again; otherwise its assembly is all there is. */
  readonly command: boolean;
  /** Absolute paths of the sources in the bundles of handlers. */
  readonly inputs: ReadonlySet<string>;
  /** Whether a build of handlers failed: any file may be the one that was missing. */
  readonly broken: boolean;
}

/** Sources of apps in the languages of the CDK, and what apps read. */
const SOURCES = new Set([
  '.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.py', '.java', '.kt', '.cs', '.fs', '.go',
  '.json', '.yaml', '.yml', '.toml', '.xml', '.gradle', '.csproj', '.mod', '.vtl', '.graphql', '.sql', '.html', '.sh',
]);

/** Files that decide how esbuild builds, although no bundle contains them. */
const BUILD_SETTINGS = /^(?:tsconfig.*|package)\.json$/;

/**
 * The work that changed files require, builds of handlers first, since they are quick.
 *
 * A source in the bundle of a handler counts as the handler's even if the app imports it: what the app imports is not known
 * without running it, and to synthesize after every save of a handler would make all saves slow.
 */
export function changes(files: readonly string[], project: WatchedProject): SourceChange[] {
  const handlers: string[] = [];
  const app: string[] = [];
  const assembly = files.filter((file) => file === manifestOf(project.assembly));
  for (const file of files.filter((one) => !assembly.includes(one))) {
    const ofHandler = project.inputs.has(file);
    if (ofHandler || (isSource(file) && (project.broken || BUILD_SETTINGS.test(path.basename(file))))) handlers.push(file);
    if (!ofHandler && isSource(file) && project.command) app.push(file);
  }
  const found: SourceChange[] = [
    { kind: 'handlers', files: handlers }, { kind: 'app', files: app }, { kind: 'assembly', files: project.command ? [] : assembly },
  ];
  return found.filter((change) => change.files.length > 0);
}

/** The file that is written last when an app is synthesized. */
export function manifestOf(assembly: string): string {
  return path.join(assembly, 'manifest.json');
}

/** Whether an app may be synthesized from it. */
export function isSource(file: string): boolean {
  return SOURCES.has(path.extname(file));
}

/**
 * Whether a file was written at or after a time. `ctime` counts too, since editors and `git checkout` may set `mtime`. File systems
 * that count in seconds, or in two seconds, may date a file back by that much.
 */
export function savedSince({ ctimeMs, mtimeMs }: Pick<Stats, 'ctimeMs' | 'mtimeMs'>, since: number): boolean {
  const latest = Math.max(ctimeMs, mtimeMs);
  return latest >= (latest % 1_000 === 0 ? since - 2_000 : since);
}

/** Milliseconds without a change after which a change of many files (`git checkout`, "replace in files") is complete. */
const QUIET = 150;
/** The longest that changes wait, in milliseconds, so that a program that writes continually does not delay them forever. */
const LONGEST = 2_000;
/** The most files that count as one save of an editor. */
const FEW = 3;

/** Collects changed files until it is time to report them. */
export class ChangeBatch {
  private readonly files = new Set<string>();
  /** The number of files reported a moment ago: changes now may belong to them. */
  private recent = 0;
  /** When the first file of this batch changed, by `performance.now()`. */
  private since?: number;
  private flushTimer?: NodeJS.Timeout;
  private forgetTimer?: NodeJS.Timeout;

  /** @param debounce milliseconds that a change of few files waits, since editors write a file in steps */
  public constructor(private readonly debounce: number, private readonly report: (files: readonly string[]) => void) {}

  public add(file: string): void {
    this.files.add(file);
    const now = performance.now();
    this.since ??= now;
    const wait = this.files.size + this.recent > FEW ? QUIET : this.debounce;
    clearTimeout(this.flushTimer);
    this.flushTimer = setTimeout(() => this.flush(), Math.min(wait, Math.max(0, this.since + LONGEST - now)));
  }

  public close(): void {
    clearTimeout(this.flushTimer);
    clearTimeout(this.forgetTimer);
  }

  private flush(): void {
    const files = [...this.files];
    this.files.clear();
    this.since = undefined;
    this.recent += files.length;
    clearTimeout(this.forgetTimer);
    this.forgetTimer = setTimeout(() => { this.recent = 0; }, QUIET);
    this.report(files);
  }
}
