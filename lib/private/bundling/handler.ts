import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { Complaint } from '../problem';

/** A handler string, resolved: the same for every spelling of one handler. */
export interface Handler {
  /** Absolute path of the source file. */
  readonly file: string;
  /** The export of that file that Lambda invokes. */
  readonly exportName: string;
  /** Names the handler in ids and messages: `src/messages.foo`, relative to the directory of the app. */
  readonly id: string;
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Resolves `path/to/file.export` against the working directory of the app. */
export function resolveHandler(handler: string): Handler | Complaint {
  if (Token.isUnresolved(handler)) {
    return { reason: 'is not known before deployment', remedy: 'write the path and the export as a literal' };
  }
  const { stem, exportName } = split(handler);
  // `src/a.ts` reads as the export `ts` of `src/a`: most likely the export was forgotten.
  if (!exportName || (EXTENSIONS.includes(`.${exportName}`) && isFile(path.resolve(handler)))) return noExport(handler);

  const file = sourceFile(realPath(stem));
  if (file) return { file, exportName, id: `${appRelative(file)}.${exportName}` };
  return missingFile(stem, exportName);
}

/** `src/a.main` -> `src/a` and `main`; no export name if there is no legal one behind the last dot of the file name. */
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

/** The path in ids: with `/`, from the directory of the app, without the extension unless two files differ in it alone. */
function appRelative(file: string): string {
  const bare = file.slice(0, -path.extname(file).length);
  const named = sourceFile(bare) === file ? bare : file;
  return path.relative(fs.realpathSync(process.cwd()), named).split(path.sep).join('/');
}

function missingFile(stem: string, exportName: string): Complaint {
  if (fs.existsSync(stem) && fs.statSync(stem).isDirectory()) {
    return { reason: `names the folder "${stem}"`, remedy: `name a file in it, for example "${stem}/index.${exportName}"` };
  }
  return {
    reason: `names no file: there is no "${stem}" with one of ${EXTENSIONS.join(' ')} in ${process.cwd()}`,
    remedy: 'write the path relative to the directory that the app runs in, or an absolute one',
  };
}

function noExport(handler: string): Complaint {
  return { reason: 'names no export', remedy: `write path/to/file.export, for example "${handler.replace(/\.$/, '')}.handler"` };
}

/** The path with links in its folders followed, so that a file has one name. */
function realPath(stem: string): string {
  const folder = path.dirname(path.resolve(stem));
  return fs.existsSync(folder) ? path.join(fs.realpathSync(folder), path.basename(stem)) : stem;
}

function isFile(file: string): boolean {
  return fs.existsSync(file) && fs.statSync(file).isFile();
}
