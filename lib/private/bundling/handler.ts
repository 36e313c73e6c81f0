import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { nearest } from '../nearest';
import { Fault } from '../problem';

/** A resolved handler string, equal for every spelling of one handler. */
export interface Handler {
  /** Absolute path of the source file. */
  readonly file: string;
  /** The export that Lambda invokes. */
  readonly exportName: string;
  /** For ids and messages: `src/messages.foo`, relative to `handlerRoot` or its default. */
  readonly id: string;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * Resolves `path/to/file.export`.
 *
 * @param root the base of relative paths and of ids (default: the working directory; ids of absolute paths are relative to the folder of
 * the app, so that they do not depend on the working directory)
 */
export function resolveHandler(handler: string, root?: string): Handler | Fault {
  if (Token.isUnresolved(handler)) {
    return { reason: 'is not known before deployment', remedy: 'write the path and the export as a literal' };
  }
  const { stem, exportName } = split(handler);
  // `src/a.ts` would mean the export `ts` of `src/a`. Most likely, the export was forgotten.
  if (!exportName || (EXTENSIONS.includes(`.${exportName}`) && isFile(path.resolve(root ?? '.', handler)))) return noExport(handler);

  const file = sourceFile(realPath(path.resolve(root ?? '.', stem)));
  const base = root ?? (path.isAbsolute(handler) ? appFolder() : '.');
  if (file) return { file, exportName, id: `${relativeTo(base, file)}.${exportName}` };
  return missingFile(stem, exportName, root);
}

/** `src/a.main` -> `src/a` and `main`; without an export name if the part after the last dot is not an identifier. */
function split(handler: string): { stem: string; exportName?: string } {
  const base = handler.split(/[\\/]/).pop() ?? '';
  const dot = base.lastIndexOf('.');
  const exportName = base.slice(dot + 1);
  if (dot < 1 || !IDENTIFIER.test(exportName)) return { stem: handler };
  return { stem: handler.slice(0, handler.length - exportName.length - 1), exportName };
}

function sourceFile(stem: string): string | undefined {
  const candidate = path.resolve(stem);
  const spelledOut = EXTENSIONS.includes(path.extname(candidate)) ? [candidate] : [];
  return [...spelledOut, ...EXTENSIONS.map((extension) => candidate + extension)].find(isFile);
}

/** The path for ids, with `/` and relative to the folder; without the extension unless two files differ only in it. */
function relativeTo(folder: string, file: string): string {
  const bare = file.slice(0, -path.extname(file).length);
  const named = sourceFile(bare) === file ? bare : file;
  return path.relative(fs.realpathSync(folder), named).split(path.sep).join('/');
}

/**
 * The folder of the package of the app's main script; the working directory if the main script is not the app's own, but a test runner
 * or the process behind an app in Python, Java, .NET or Go.
 */
function appFolder(): string {
  const script = process.argv[1];
  if (!script || process.env.JSII_AGENT || !fs.existsSync(script)) return '.';
  const folder = path.dirname(fs.realpathSync(script));
  if (folder.split(path.sep).includes('node_modules')) return '.';
  let found = folder;
  while (!['package.json', 'cdk.json'].some((name) => isFile(path.join(found, name)))) {
    if (found === path.dirname(found)) return folder;
    found = path.dirname(found);
  }
  return found;
}

function missingFile(stem: string, exportName: string, root = '.'): Fault {
  if (isFolder(path.resolve(root, stem))) {
    return { reason: `names the folder "${stem}"`, remedy: `name a file in it, for example "${stem}/index.${exportName}"` };
  }
  const similar = similarStem(stem, root);
  return {
    reason: `names no file: there is no "${stem}" with one of ${EXTENSIONS.join(' ')} in ${path.resolve(root)}`,
    remedy: similar === undefined
      ? `write the path relative to ${root === '.' ? 'the directory that the app runs in' : '`handlerRoot`'}, or an absolute one`
      : `did you mean "${similar}.${exportName}"?`,
  };
}

/** An existing path that differs in a few letters, or has one more folder at the start. */
function similarStem(stem: string, root: string): string | undefined {
  const at = (folder: string): string => path.resolve(root, folder);
  const [name, ...folders] = stem.split(/[\\/]/).reverse();
  const folder = folders.reverse().reduce<string | undefined>((above, step) => {
    if (above === undefined || step === '' || isFolder(at(above + step))) return above === undefined ? undefined : `${above}${step}/`;
    const meant = nearest(step, foldersIn(at(above)));
    return meant && `${above}${meant}/`;
  }, '');
  const meant = folder === undefined ? undefined : nearest(name, stemsIn(at(folder)));
  if (meant !== undefined) return `${folder}${meant}`;
  return path.isAbsolute(stem) ? undefined : foldersIn(at('')).map((first) => `${first}/${stem}`).find((one) => sourceFile(at(one)));
}

function foldersIn(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules').map(({ name }) => name);
}

/** Source files without their extensions. */
function stemsIn(folder: string): string[] {
  return fs.readdirSync(folder)
    .filter((name) => EXTENSIONS.includes(path.extname(name)) && !name.endsWith('.d.ts') && isFile(path.join(folder, name)))
    .map((name) => name.slice(0, -path.extname(name).length));
}

function noExport(handler: string): Fault {
  return { reason: 'names no export', remedy: `write path/to/file.export, for example "${handler.replace(/\.$/, '')}.handler"` };
}

/** The path without symbolic links in its folders, so that a file has one name. */
function realPath(stem: string): string {
  const folder = path.dirname(path.resolve(stem));
  return fs.existsSync(folder) ? path.join(fs.realpathSync(folder), path.basename(stem)) : stem;
}

function isFolder(file: string): boolean {
  return fs.existsSync(file) && fs.statSync(file).isDirectory();
}

function isFile(file: string): boolean {
  return fs.existsSync(file) && fs.statSync(file).isFile();
}

const IMPORT = /^\s*(?:import|export)\s*\{([^{}]*)\}\s*from\s*['"]cdk-websocket-service['"]/gm;
const REQUIRE = /\{([^{}]*)\}\s*=\s*(?:await\s+import|require)\(\s*['"]cdk-websocket-service['"]\s*\)/g;

/**
 * Why a handler cannot mean the module that it imports, at most one reason: values of the runtime from the package itself, which is for
 * CDK apps. esbuild does not know that they are missing, and takes a minute to bundle aws-cdk-lib.
 *
 * @param file absolute path of the source of a handler
 */
export function runtimeImportFaults(file: string): string[] {
  const source = fs.readFileSync(file, 'utf8');
  const imported = [IMPORT, REQUIRE].flatMap((pattern) => [...source.matchAll(pattern)]).flatMap(([, names]) => names.split(','));
  // The package itself exports classes and enums, whose names have capitals.
  const names = imported.map((name) => name.trim().split(/\s+as\s|\s*:/)[0])
    .filter((name) => /^(?:[a-z]\w*|WebsocketError)$/.test(name));
  if (names.length === 0) return [];
  return [`${file} imports from 'cdk-websocket-service', which is for CDK apps; write import { ${names.join(', ')} } from `
    + "'cdk-websocket-service/runtime'"];
}
