import * as modules from 'module';
import * as path from 'path';
import { pathToFileURL } from 'url';
import type { ProcessSetup } from './lines';
import { runtimeError } from './node-errors';
import {
  endsWith, existsSync, includes, indexOf, NativeSyntaxError, parseJson, readFileSync, slice, split, startsWith, toText,
} from './primordials';

export type LambdaHandler = (event: unknown, context: unknown, callback?: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/** @throws an error as Lambda reports it if the file or the function does not exist, or whatever the module throws */
export async function loadHandler(setup: ProcessSetup): Promise<LambdaHandler> {
  const { handler: name } = setup;
  if (name.includes('..')) {
    throw runtimeError('MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(name);
  const [, moduleName, exportPath] = /^([^.]*)\.(.*)$/.exec(base) ?? [];
  if (moduleName === undefined) throw runtimeError('MalformedHandlerName', 'Bad handler');
  const loaded = await loadModule(name.slice(0, name.indexOf(base)), moduleName, setup.fallbackDirectory);
  // Version 4 of the runtime client imports CommonJS too, and so looks into `default`.
  const found = member(loaded, exportPath) ?? (setup.runtimeMajor >= 24 ? member(member(loaded, 'default'), exportPath) : undefined);
  if (!found) throw runtimeError('HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof found !== 'function') throw runtimeError('HandlerNotFound', `${name} is not a function`);
  return found as LambdaHandler;
}

function member(object: unknown, keys: string): unknown {
  const names = split(keys, '.');
  let nested = object;
  for (let index = 0; index < names.length && nested; index++) nested = (nested as Record<string, unknown>)[names[index]];
  return nested;
}

async function loadModule(folder: string, name: string, fallbackDirectory?: string): Promise<unknown> {
  const root = process.cwd();
  const file = path.resolve(root, folder, name);
  const require = modules.createRequire(__filename);
  try {
    if (existsSync(file)) return require(file);
    if (existsSync(`${file}.js`)) {
      return isEsModule(file, root) ? await importModule(`${file}.js`, fallbackDirectory) : require(`${file}.js`);
    }
    if (existsSync(`${file}.mjs`)) return await importModule(`${file}.mjs`, fallbackDirectory);
    if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
    return require(require.resolve(name, { paths: [root, path.join(root, folder)] }));
  } catch (error) {
    if (error instanceof NativeSyntaxError) throw runtimeError('UserCodeSyntaxError', toText(error), error.stack);
    if ((error as NodeJS.ErrnoException)?.code !== 'MODULE_NOT_FOUND') throw error;
    throw runtimeError('ImportModuleError', without(toText(error), `\n- ${__filename}`));
  }
}

function without(text: string, part: string): string {
  const start = indexOf(text, part);
  return start === -1 ? text : slice(text, 0, start) + slice(text, start + part.length);
}

async function importModule(file: string, fallbackDirectory?: string): Promise<unknown> {
  if (fallbackDirectory !== undefined) {
    modules.register(`data:text/javascript,${encodeURIComponent(FALLBACK_HOOKS)}`, {
      parentURL: 'file:///', data: pathToFileURL(path.join(fallbackDirectory, 'index.js')).href,
    });
  }
  return import(pathToFileURL(file).href);
}

const FALLBACK_HOOKS = `
let parentURL;
export function initialize(url) { parentURL = url; }
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL }).catch(() => { throw error; });
  }
}`;

/** Only a package.json of the function's own code counts; the package.json of the app around cdk.out does not exist on Lambda. */
function isEsModule(file: string, root: string): boolean {
  for (let folder = path.dirname(file); startsWith(folder, root) && !endsWith(folder, '/node_modules'); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) return (parseJson(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
  }
  compileAsCommonJs(root);
  return false;
}

/** Node.js would go by the package.json of the app, where `"type": "module"` makes every .js an ES module. */
function compileAsCommonJs(root: string): void {
  interface Loading { _compile(text: string, filename: string, format: string): void }
  type Loader = (loading: Loading, filename: string) => void;
  const loaders = (modules as unknown as { _extensions: Record<string, Loader> })._extensions;
  const original = loaders['.js'];
  loaders['.js'] = (loading, filename) => {
    const own = startsWith(filename, root + path.sep) && !includes(slice(filename, root.length), '/node_modules/');
    if (own) loading._compile(readFileSync(filename, 'utf8'), filename, 'commonjs');
    else original(loading, filename);
  };
}
