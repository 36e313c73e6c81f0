/**
 * A process that builds handlers with esbuild's asynchronous API, which plugins need, while synthesis waits synchronously.
 *
 * The process runs the user's build script, or TypeScript's compiler and then esbuild. The request comes on stdin, and the answer goes into
 * a file, so that a script may print to stdout.
 */
import * as fs from 'fs';
import * as path from 'path';
import { pathToFileURL } from 'url';
import type { BuildOptions, BuildResult, Message, Plugin } from 'esbuild';
import type * as TypeScript from 'typescript';

/** All paths are absolute. */
export interface BuildRequest {
  readonly answer: string;
  /** esbuild's module. */
  readonly esbuild: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The user's module: `export default (options) => esbuild.build(options)`. */
  readonly script?: string;
  /** For TypeScript to compile the sources first. */
  readonly precompile?: { readonly typescript: string; readonly entries: readonly string[]; readonly tsconfig?: string };
}

export interface BuildAnswer {
  /** Files as base64. */
  readonly files?: ReadonlyArray<{ readonly path: string; readonly contents: string }>;
  readonly metafile?: BuildResult['metafile'];
  readonly warnings?: readonly Message[];
  /** esbuild's messages about the sources. */
  readonly errors?: readonly Message[];
  /** Any other error. */
  readonly failure?: string;
}

type Script = (options: BuildOptions) => Promise<BuildResult> | BuildResult;

async function build({ esbuild, options, script, precompile }: BuildRequest): Promise<BuildAnswer> {
  const plugins = precompile ? [precompilation(precompile)] : [];
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const run = script === undefined ? (require(esbuild) as { build: Script }).build : await loadScript(script);
  const result = await run({ ...options, plugins } as BuildOptions);
  if (!Array.isArray(result?.outputFiles) || !result.metafile) {
    return {
      failure: `${script} returned no build: it must return what \`esbuild.build(options)\` resolves to, `
        + 'with `write: false` and `metafile: true`',
    };
  }
  return {
    files: result.outputFiles.map((file) => ({ path: file.path, contents: Buffer.from(file.contents).toString('base64') })),
    metafile: result.metafile,
    warnings: result.warnings,
  };
}

async function loadScript(script: string): Promise<Script> {
  const module = await import(pathToFileURL(script).href) as { default?: unknown };
  // In a CommonJS module from TypeScript, the export is `default.default` of the import.
  const found = (module.default as { default?: unknown } | undefined)?.default ?? module.default;
  if (typeof found !== 'function') {
    throw new Error('it exports no function as `default`: export default (options) => esbuild.build(options)');
  }
  return found as Script;
}

/** Feeds esbuild the output of TypeScript for each source, with the errors of `tsc`, without writing files. */
function precompilation({ typescript, entries, tsconfig }: NonNullable<BuildRequest['precompile']>): Plugin {
  return {
    name: 'typescript',
    setup(builder) {
      const compiled = new Map<string, { text: string; loader: 'js' | 'jsx' }>();
      builder.onStart(() => {
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        const ts = require(typescript) as typeof TypeScript;
        try {
          const errors = [...byConfig(ts, entries, tsconfig)].flatMap(([config, files]) => compile(ts, config, files, compiled));
          return { errors: errors.map((text) => ({ text })) };
        } catch (error) {
          return { errors: [{ text: (error as Error).message }] };
        }
      });
      builder.onLoad({ filter: /\.[cm]?tsx?$/, namespace: 'file' }, (args) => {
        const found = compiled.get(path.resolve(args.path));
        return found && { contents: found.text, loader: found.loader };
      });
    },
  };
}

function byConfig(ts: typeof TypeScript, entries: readonly string[], tsconfig?: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const entry of entries.filter((file) => /\.[cm]?tsx?$/.test(file))) {
    const config = tsconfig ?? ts.findConfigFile(path.dirname(entry), ts.sys.fileExists);
    if (!config) {
      throw new Error(`\`preCompilation\` needs a tsconfig.json, and there is none above ${entry}; name one as \`bundling.tsconfig\``);
    }
    found.set(config, [...found.get(config) ?? [], entry]);
  }
  return found;
}

/** Returns the errors of TypeScript, and adds its output to `compiled`. */
function compile(
  ts: typeof TypeScript, config: string, entries: readonly string[], compiled: Map<string, { text: string; loader: 'js' | 'jsx' }>,
): string[] {
  const print = (diagnostics: readonly TypeScript.Diagnostic[]): string[] => diagnostics.map((one) => ts.formatDiagnostic(one, {
    getCurrentDirectory: () => process.cwd(), getCanonicalFileName: (name) => name, getNewLine: () => '\n',
  }).trimEnd());
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (one: TypeScript.Diagnostic) => { throw new Error(print([one])[0]); } };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, {
    noEmit: false,
    emitDeclarationOnly: false,
    declaration: false,
    declarationMap: false,
    composite: false,
    incremental: false,
    noEmitOnError: false,
    sourceMap: false,
    inlineSourceMap: true,
    inlineSources: true,
  }, host)!;
  // Nothing is written, so that options for output files and declarations do not apply.
  const {
    outDir, outFile, rootDir, mapRoot, sourceRoot, declarationDir, tsBuildInfoFile, isolatedDeclarations, ...options
  } = parsed.options;
  // Global types come from the files that the tsconfig includes.
  const rootNames = [...entries, ...parsed.fileNames.filter((file) => /\.d\.[cm]?ts$/.test(file))];
  const program = ts.createProgram({ rootNames, options });
  program.emit(undefined, (_name, text, _bom, _onError, sources) => {
    const [source] = sources ?? [];
    const loader = options.jsx === ts.JsxEmit.Preserve ? 'jsx' : 'js';
    if (source) compiled.set(path.resolve(source.fileName), { text, loader });
  });
  // An import of a `.ts` file with its extension is an error only if files are written.
  const isOfFiles = ({ code }: TypeScript.Diagnostic): boolean => code === 5096;
  return print([...parsed.errors.filter(({ code }) => code !== 18003), ...ts.getPreEmitDiagnostics(program)]
    .filter((one) => one.category === ts.DiagnosticCategory.Error && !isOfFiles(one)));
}

/** Regular expressions come as `{ "pattern": "..." }`. */
function revive(_key: string, value: unknown): unknown {
  const pattern = (value as { pattern?: unknown } | null)?.pattern;
  return typeof pattern === 'string' ? new RegExp(pattern) : value;
}

async function main(): Promise<void> {
  const request = JSON.parse(fs.readFileSync(0, 'utf8'), revive) as BuildRequest;
  let answer: BuildAnswer;
  try {
    answer = await build(request);
  } catch (error) {
    const { errors, stack, message } = error as { errors?: Message[]; stack?: string; message?: string };
    answer = errors?.length ? { errors } : { failure: stack ?? message ?? String(error) };
  }
  fs.writeFileSync(request.answer, JSON.stringify(answer));
}

if (require.main === module) void main();
