import type { Stats } from 'fs';
import * as path from 'path';

/** What has to be done about files that changed. */
export interface SourceChange {
  /**
   * `handlers`: build them again; `app`: synthesize it again; `assembly`: read it again, somebody else synthesized the app.
   */
  readonly kind: 'handlers' | 'app' | 'assembly';
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** What decides about a file. */
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

/** They say how esbuild builds, although no bundle has them. */
const BUILD_SETTINGS = /^(?:tsconfig.*|package)\.json$/;

/**
 * What to do about files that changed, handlers first: they are quick.
 *
 * A source that is in the bundle of a handler is the handler's, also if the app imports it: what the app imports cannot be
 * told without running it, and to synthesize at every save of a handler would make all of them slow.
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
 * Whether a file was written since then. Its `ctime` is also that of an editor that sets the time of a file, and of `git checkout`; a file
 * system that counts in seconds, or two of them, may date it back so far.
 */
export function savedSince({ ctimeMs, mtimeMs }: Pick<Stats, 'ctimeMs' | 'mtimeMs'>, since: number): boolean {
  const latest = Math.max(ctimeMs, mtimeMs);
  return latest >= (latest % 1_000 === 0 ? since - 2_000 : since);
}
