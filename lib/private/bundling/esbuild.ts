import * as fs from 'fs';
import { createRequire } from 'module';
import * as path from 'path';
// Types only: esbuild is loaded when the first handler is bundled, from the app if it has esbuild.
import type { BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';
import { Handler, runtimeImportFaults } from './handler';
import { sdkV2Hint } from './sdk-v2';
import { type HandlerWrapper, withInstalledNames, wrappedEntry, WRAPPER_ALIAS } from './wrapped-entry';

/** Options of esbuild's `build`, untyped so that no declaration file needs esbuild's types. */
export type EsbuildOptions = Readonly<Record<string, unknown>>;

/** A handler to build. */
export interface BuiltExport extends Handler {
  /** What is bundled around the export. */
  readonly wrapper?: HandlerWrapper;
}

/** A file of a bundle. The path is relative to the folder that Lambda unpacks. */
export interface BundleFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** The output of a build for one handler: files, or errors of esbuild with file, line, column and code frame. */
export interface BuiltHandler {
  readonly files: BundleFile[];
  readonly errors: string[];
  /** Absolute paths of the bundled source files. */
  readonly inputs: string[];
}

/** The output of a build, by handler id. */
export interface Build {
  readonly handlers: Map<string, BuiltHandler>;
  readonly warnings: string[];
}

export type Esbuild = typeof import('esbuild');

/** The output folder, which never exists on disk. Changing the name changes source map paths, and thus asset hashes. */
const VIRTUAL_FOLDER = 'bundle';

/** The first version with `alias` and with entry points that name their output. */
const OLDEST = [0, 17, 1];

/** esbuild's messages about code that only works in an ES module; `NodejsFunction` prints the same. */
export const MODULES_ONLY = new RegExp(
  'Top-level await is currently not supported with the "cjs" output format|"import\\.meta" is not available with the "cjs"',
);
export const FORMAT_HINT = 'An ES module can do it: set `bundling: { format: OutputFormat.ESM }`.';

const SCHEME = 'websocket-handler:';

/** The app's esbuild if there is one, else ours. */
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

/** Why nothing can be built, if anything. */
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
 * Every handler has an entry that imports only its export, so that esbuild checks that the export exists and drops code that only other
 * exports of the file use. The entry is a data URL that names the file by an alias, so that no temporary file is needed and no absolute
 * path reaches the output.
 */
export function buildHandlers(handlers: BuiltExport[], directory: string, options: EsbuildOptions, run: RunBuild = runEsbuild): Build {
  const esbuild = loadEsbuild();
  if (handlers.length > 1 && options.metafile) return buildEachAlone(handlers, directory, options, run);
  const faults = handlers.flatMap(({ id, file }) => runtimeImportFaults(file).map((fault) => ({ id, errors: [fault] })));
  if (faults.length === handlers.length) return failed(faults);
  if (faults.length > 0) return buildEachAlone(handlers, directory, options, run);
  try {
    const result = run(buildOptions(handlers, directory, options), handlers);
    const built = filesByHandler(result, handlers, directory, options);
    return built
      ? { handlers: built, warnings: frames(esbuild, 'warning', result.warnings) }
      : buildEachAlone(handlers, directory, options, run);
  } catch (error) {
    if (handlers.length > 1 && !(error instanceof BuildProcessError)) return buildEachAlone(handlers, directory, options, run);
    const errors = diagnostics(esbuild, error);
    return failed(handlers.map(({ id }) => ({ id, errors })));
  }
}

function failed(handlers: ReadonlyArray<{ readonly id: string; readonly errors: string[] }>): Build {
  return { handlers: new Map(handlers.map(({ id, errors }) => [id, { files: [], errors, inputs: [] }])), warnings: [] };
}

/** Runs one build. Throws as esbuild does. */
type RunBuild = (options: BuildOptions, handlers: BuiltExport[]) => BuildResult;

const runEsbuild: RunBuild = (options) => loadEsbuild().buildSync(options);

/** A build that failed for another reason than the sources, so that each handler alone would fail too. */
export class BuildProcessError extends Error {}

/** For when one handler breaks the build of all, or output files of several handlers would collide. */
function buildEachAlone(handlers: BuiltExport[], directory: string, options: EsbuildOptions, run: RunBuild): Build {
  return mergeBuilds(handlers.map((handler) => buildHandlers([handler], directory, options, run)));
}

export function mergeBuilds(builds: Build[]): Build {
  return {
    handlers: new Map(builds.flatMap((build) => [...build.handlers])),
    warnings: [...new Set(builds.flatMap((build) => build.warnings))],
  };
}

/** The options of one build of these handlers, in memory. */
export function buildOptions(handlers: BuiltExport[], directory: string, options: EsbuildOptions): BuildOptions {
  return {
    ...options,
    absWorkingDir: directory,
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
    outdir: VIRTUAL_FOLDER,
    entryPoints: handlers.map((handler) => ({ in: entry(handler), out: `${folder(handler)}/index` })),
    // Beside the code that reads them; in a build of several handlers outside of all folders, where `filesByHandler` notices them.
    assetNames: handlers.length === 1 ? `${folder(handlers[0])}/[name]-[hash]` : undefined,
    alias: {
      ...(options.alias as object),
      ...Object.fromEntries(handlers.map((handler) => [alias(handler), handler.file])),
      ...handlers.some(({ wrapper }) => wrapper) && WRAPPER_ALIAS,
    },
  };
}

/** The output files of each handler; `undefined` if a file belongs to no single handler. */
export function filesByHandler(
  result: BuildResult, handlers: BuiltExport[], directory: string, options: EsbuildOptions,
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
  return new Map(handlers.map((handler) => {
    const one = built.get(folder(handler))!;
    return [handler.id, handler.wrapper ? { ...one, files: withInstalledNames(one.files, directory) } : one];
  }));
}

/** Disabled modules (`(disabled):...`) and our own entry (`<data:...>`) are not files. */
function inputsOf({ metafile: meta }: BuildResult, handler: Handler, directory: string): string[] {
  return Object.entries(meta?.outputs ?? {})
    .filter(([name]) => name.startsWith(`${VIRTUAL_FOLDER}/${folder(handler)}/`))
    .flatMap(([, { inputs }]) => Object.keys(inputs))
    .filter((name) => !/^[<(]/.test(name))
    .map((name) => path.resolve(directory, name));
}

/** esbuild follows symbolic links unless `preserveSymlinks` is set. */
function isAmong(inputs: Set<string>, file: string): boolean {
  return inputs.has(file) || inputs.has(fs.realpathSync(file));
}

function metafile(result: BuildResult): BundleFile {
  return { path: 'index.meta.json', contents: Buffer.from(JSON.stringify(result.metafile)) };
}

/** The errors of a failed build, each with its code frame. */
export function diagnostics(esbuild: Esbuild, error: unknown): string[] {
  const { errors = [], message } = error as Partial<BuildFailure>;
  return errors.length > 0 ? frames(esbuild, 'error', errors) : [message ?? String(error)];
}

/**
 * The messages as esbuild prints them, without a location for messages about our own entry or about an invalid option (which have a
 * `detail`).
 */
function frames(esbuild: Esbuild, kind: 'error' | 'warning', messages: Message[]): string[] {
  const placed = messages.map((m) => ({
    ...m,
    location: m.detail || m.location?.file.startsWith('<data:') ? null : m.location,
    notes: notes(m),
  }));
  return esbuild.formatMessagesSync(placed, { kind, color: false }).map((text) => text.trimEnd());
}

/** esbuild's and ours. Its advice to leave v2 of the AWS SDK out of the bundle is left out: runtimes lack it as well. */
function notes({ text, notes: said }: Message): Message['notes'] {
  const hint = sdkV2Hint(text);
  if (hint !== undefined) return [{ text: hint, location: null }];
  return MODULES_ONLY.test(text) ? [...said, { text: FORMAT_HINT, location: null }] : said;
}

function isOlder(version: string, bound: number[]): boolean {
  const parts = version.split('.').map((part) => parseInt(part, 10));
  const different = bound.findIndex((part, index) => part !== parts[index]);
  return different >= 0 && parts[different] < bound[different];
}

export function loadEsbuild(file = findEsbuild()!): Esbuild {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(file);
}

/** Loads another copy of the module, with its own service process. */
export function loadEsbuildAnew(file: string): Esbuild {
  delete require.cache[file];
  return loadEsbuild(file);
}

function entry(handler: BuiltExport): string {
  const { exportName, wrapper } = handler;
  const source = wrapper
    ? wrappedEntry(wrapper, exportName, alias(handler))
    : `export{${exportName}}from${JSON.stringify(alias(handler))}`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

function alias(handler: Handler): string {
  return SCHEME + encodeURIComponent(handler.id);
}

/** The output folder of a handler, which paths in its source map are relative to. */
export function virtualFolder(handler: Handler, directory: string): string {
  return path.join(directory, VIRTUAL_FOLDER, folder(handler));
}

function folder(handler: Handler): string {
  return encodeURIComponent(handler.id);
}
