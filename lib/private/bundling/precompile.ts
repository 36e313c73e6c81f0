import * as fs from 'fs';
import * as path from 'path';
import { Construct } from 'constructs';
import { buildInProcess, findTypeScript } from './build-process';
import { BundleRequest, leavesOutSmithy, stepsOf } from './bundler';
import { BuiltHandler, buildHandlers, findEsbuild, virtualFolder } from './esbuild';
import { toEsbuildOptions } from './esbuild-options';

/** In the folder of the handler, where `NodejsFunction` looks for its package.json; watchers leave out names with a dot. */
const FOLDER = '.websocket-precompiled';

/** A handler that `NodejsFunction` bundles from what TypeScript made of it. */
export interface Precompiled {
  /** Absolute path of a file of JavaScript; there if there are no errors. */
  readonly entry: string;
  readonly errors: readonly string[];
  readonly remove: () => void;
}

/**
 * Lets TypeScript compile a handler that `NodejsFunction` has to bundle, with all sources that it imports, into one file.
 *
 * On its own `NodejsFunction` compiles the handler's own file, takes the TypeScript of the others, leaves JavaScript beside it, and knows no
 * tsconfig in a package. Nothing is done if there is no TypeScript with an API, or if hooks may have to make sources first.
 */
export function precompile(scope: Construct, request: BundleRequest): Precompiled | undefined {
  const { handler, bundling, directory } = request;
  if (!bundling.preCompilation || bundling.commandHooks || !findTypeScript(directory) || !findEsbuild()) return undefined;
  const steps = stepsOf(request)!;
  const options = toEsbuildOptions({ ...bundling, minify: false, metafile: false }, request.runtime, leavesOutSmithy(scope));
  const place = fs.realpathSync(directory);
  const built = buildHandlers([handler], place, {
    ...options,
    // What is installed beside the bundle stays an import; the banner is for the second build.
    external: [...options.external as string[], ...bundling.nodeModules ?? []],
    banner: undefined,
    footer: undefined,
    sourcemap: 'external',
  }, (all, handlers) => buildInProcess(steps, handlers, all)).handlers.get(handler.id)!;

  const folder = path.join(path.dirname(handler.file), FOLDER);
  const entry = path.join(folder, options.format === 'esm' ? 'index.mjs' : 'index.cjs');
  if (built.errors.length === 0) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(entry, withSourceMap(built, virtualFolder(handler, place)));
  }
  return { entry, errors: built.errors, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** The code with its source map in it, for the second build to follow. */
function withSourceMap({ files }: BuiltHandler, from: string): string {
  const code = files.find(({ path: name }) => /^index\.m?js$/.test(name))!;
  const map = JSON.parse(text(files.find(({ path: name }) => name.endsWith('.map'))!.contents)) as { sources: string[] };
  const sources = map.sources.map((source) => (/^[a-z]+:/.test(source) ? source : path.resolve(from, source)));
  const encoded = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return `${text(code.contents)}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

function text(contents: Uint8Array): string {
  return Buffer.from(contents).toString('utf8');
}
