import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';
// Types only: esbuild is loaded when the first handler is bundled, and from the app if the app has one.
import type { BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';
import type { EsbuildOptions } from './esbuild-options';
import type { Handler } from './handler';

/** A file of a bundle; the path is relative to the folder that Lambda unpacks. */
export interface BundleFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** What a build made of one handler: its files, or what esbuild had to say (file, line, column and code frame). */
export interface BuiltHandler {
  readonly files: BundleFile[];
  readonly errors: string[];
  /** Absolute paths of the files whose code is in it. */
  readonly inputs: string[];
}

/** What a build made of all handlers, by handler id. */
export interface Build {
  readonly handlers: Map<string, BuiltHandler>;
  readonly warnings: string[];
}

export type Esbuild = typeof import('esbuild');

/** The build's folder exists in esbuild's mind only. It is part of source map paths: changing it changes asset hashes. */
const VIRTUAL_FOLDER = 'bundle';

/** The first version with `alias` and with entry points that name their output. */
const OLDEST = [0, 17, 1];

/** What esbuild says of code that needs an ES module around it; `NodejsFunction` prints the same. */
export const MODULES_ONLY = /Top-level await is currently not supported with the "cjs" output format|"import\.meta" is not available with the "cjs"/;
export const FORMAT_HINT = 'An ES module can do it: set `bundling: { format: OutputFormat.ESM }`.';

const SCHEME = 'websocket-handler:';

/** esbuild as the app sees it, so that its version wins, else ours. */
export function findEsbuild(directories = [process.cwd(), __dirname]): string | undefined {
  for (const directory of directories) {
    try {
      return createRequire(path.join(directory, 'package.json')).resolve('esbuild');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** Why nothing can be built, if so. */
export function esbuildFault(directories?: string[]): string | undefined {
  const found = findEsbuild(directories);
  if (!found) return 'esbuild is not installed; add it to the app: npm install --save-dev esbuild';
  try {
    const { version } = loadEsbuild(found);
    if (isOlder(version, OLDEST)) return `esbuild ${version} is too old; update it to ${OLDEST.join('.')} or newer`;
    return undefined;
  } catch (error) {
    return `esbuild cannot be loaded: ${(error as Error).message}`;
  }
}

/**
 * Builds the handlers in one esbuild run, as if each had been built alone.
 *
 * Every handler gets an entry of its own that imports nothing but its export, so that esbuild itself checks that the
 * export exists and drops what only other exports of the file use. The entry is a data URL and finds the file by an
 * alias: it needs no temporary file, and no absolute path reaches the output.
 */
export function buildHandlers(handlers: Handler[], directory: string, options: EsbuildOptions, run: Run = runEsbuild): Build {
  const esbuild = loadEsbuild();
  if (handlers.length > 1 && options.metafile) return buildEachAlone(handlers, directory, options, run);
  try {
    const result = run(buildOptions(handlers, directory, options), handlers);
    const built = filesByHandler(result, handlers, directory, options);
    return built
      ? { handlers: built, warnings: frames(esbuild, 'warning', result.warnings) }
      : buildEachAlone(handlers, directory, options, run);
  } catch (error) {
    if (handlers.length > 1 && !(error instanceof BuildProcessError)) return buildEachAlone(handlers, directory, options, run);
    const errors = diagnostics(esbuild, error);
    return { handlers: new Map(handlers.map(({ id }) => [id, { files: [], errors, inputs: [] }])), warnings: [] };
  }
}

/** One build; throws as esbuild does. */
type Run = (options: BuildOptions, handlers: Handler[]) => BuildResult;

const runEsbuild: Run = (options) => loadEsbuild().buildSync(options);

/** A build that failed for another reason than the sources: it fails for each handler alone, too. */
export class BuildProcessError extends Error {}

/** One handler spoils the build of all, or leaves a file where those of all would meet. */
function buildEachAlone(handlers: Handler[], directory: string, options: EsbuildOptions, run: Run): Build {
  return mergeBuilds(handlers.map((handler) => buildHandlers([handler], directory, options, run)));
}

/** Several builds as one. */
export function mergeBuilds(builds: Build[]): Build {
  return {
    handlers: new Map(builds.flatMap((build) => [...build.handlers])),
    warnings: [...new Set(builds.flatMap((build) => build.warnings))],
  };
}

/** One build of these handlers, in memory. */
export function buildOptions(handlers: Handler[], directory: string, options: EsbuildOptions): BuildOptions {
  return {
    ...options,
    absWorkingDir: directory,
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
    outdir: VIRTUAL_FOLDER,
    entryPoints: handlers.map((handler) => ({ in: entry(handler), out: `${folder(handler)}/index` })),
    // Beside the code that reads them; in a build of several, outside of all folders, where `filesByHandler` sees them.
    assetNames: handlers.length === 1 ? `${folder(handlers[0])}/[name]-[hash]` : undefined,
    alias: { ...(options.alias as object), ...Object.fromEntries(handlers.map((h) => [alias(h), h.file])) },
  };
}

/** The output files of each handler; `undefined` if there is one that belongs to no single handler. */
export function filesByHandler(
  result: BuildResult, handlers: Handler[], directory: string, options: EsbuildOptions,
): Map<string, BuiltHandler> | undefined {
  const inputs = new Set(Object.keys(result.metafile?.inputs ?? {}).map((input) => path.resolve(directory, input)));
  const built = new Map(handlers.map((handler): [string, BuiltHandler] => [folder(handler), {
    files: [],
    errors: isAmong(inputs, handler.file) ? [] : [`the bundle lacks ${handler.file}: externalModules leaves it out`],
    inputs: inputsOf(result, handler, directory),
  }]));
  for (const output of result.outputFiles ?? []) {
    const [owner, ...rest] = path.relative(path.join(directory, VIRTUAL_FOLDER), output.path).split(path.sep);
    if (!built.has(owner) && handlers.length > 1) return undefined;
    const file = built.has(owner) ? rest : [owner, ...rest];
    (built.get(owner) ?? [...built.values()][0]).files.push({ path: file.join('/'), contents: output.contents });
  }
  if (options.metafile) [...built.values()][0].files.push(metafile(result));
  return new Map(handlers.map((handler) => [handler.id, built.get(folder(handler))!]));
}

/** What was replaced by nothing (`(disabled):...`) and the entry that we made (`<data:...>`) are no files. */
function inputsOf({ metafile: meta }: BuildResult, handler: Handler, directory: string): string[] {
  const outputs = Object.entries(meta?.outputs ?? {}).filter(([name]) => name.startsWith(`${VIRTUAL_FOLDER}/${folder(handler)}/`));
  return outputs.flatMap(([, { inputs }]) => Object.keys(inputs)).filter((name) => !/^[<(]/.test(name)).map((name) => path.resolve(directory, name));
}

/** esbuild follows symbolic links, unless it is told not to. */
function isAmong(inputs: Set<string>, file: string): boolean {
  return inputs.has(file) || inputs.has(fs.realpathSync(file));
}

function metafile(result: BuildResult): BundleFile {
  return { path: 'index.meta.json', contents: Buffer.from(JSON.stringify(result.metafile)) };
}

/** What esbuild has to say of a failed build: each with its code frame. */
export function diagnostics(esbuild: Esbuild, error: unknown): string[] {
  const { errors = [], message } = error as Partial<BuildFailure>;
  return errors.length > 0 ? frames(esbuild, 'error', errors) : [message ?? String(error)];
}

/**
 * The messages as esbuild prints them. What it says of an entry that we made, or of an option that it does not take (the
 * detail is what it threw), has no place in the user's code.
 */
function frames(esbuild: Esbuild, kind: 'error' | 'warning', messages: Message[]): string[] {
  const placed = messages.map((m) => ({
    ...m,
    location: m.detail || m.location?.file.startsWith('<data:') ? null : m.location,
    notes: MODULES_ONLY.test(m.text) ? [...m.notes, { text: FORMAT_HINT, location: null }] : m.notes,
  }));
  return esbuild.formatMessagesSync(placed, { kind, color: false }).map((text) => text.trimEnd());
}

function isOlder(version: string, bound: number[]): boolean {
  const parts = version.split('.').map((part) => parseInt(part, 10));
  const different = bound.findIndex((part, index) => part !== parts[index]);
  return different >= 0 && parts[different] < bound[different];
}

/** The module at this place: what `findEsbuild` found. */
export function loadEsbuild(file = findEsbuild()!): Esbuild {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(file);
}

/** Another copy of the module, with a service process of its own. */
export function loadEsbuildAnew(file: string): Esbuild {
  delete require.cache[file];
  return loadEsbuild(file);
}

function entry(handler: Handler): string {
  const source = `export{${handler.exportName}}from${JSON.stringify(alias(handler))}`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function alias(handler: Handler): string {
  return SCHEME + encodeURIComponent(handler.id);
}

/** Where esbuild believes to put the files of a handler: paths in its source map are relative to that. */
export function virtualFolder(handler: Handler, directory: string): string {
  return path.join(directory, VIRTUAL_FOLDER, folder(handler));
}

function folder(handler: Handler): string {
  return encodeURIComponent(handler.id);
}
