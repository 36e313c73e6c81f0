import { isBuiltin } from 'module';
import * as path from 'path';
import type { Metafile } from 'esbuild';
import type { HandlerBuild } from '../assembly/model';

/** The inputs of a handler's bundle: absolute paths. */
export interface HandlerInputs {
  readonly sources: ReadonlySet<string>;
  /** Files of packages in node_modules. */
  readonly packaged: ReadonlySet<string>;
  /** External imports, as the code names them. */
  readonly external: ReadonlySet<string>;
}

/**
 * The inputs of each handler's bundle, by handler id.
 *
 * What esbuild lists for an output lacks the files that leave no byte in it, such as those that only export others.
 */
export function handlerInputs({ inputs }: Metafile, directory: string, handlers: Iterable<HandlerBuild>): Map<string, HandlerInputs> {
  // What was replaced by nothing (`(disabled):...`) and the entries that we made (`<data:...>`) are no files.
  const names = Object.keys(inputs).filter((name) => !/^[<(]/.test(name));
  const files = new Map(names.map((name) => [path.resolve(directory, name), inputs[name]]));
  const imports = new Map([...files].map(([file, input]) => [file, input.imports.map((one) => path.resolve(directory, one.path))]));
  return new Map([...handlers].map(({ handlerId, file }) => {
    const found = [...reachable(file, imports)];
    const external = found.flatMap((one) => files.get(one)?.imports ?? []).filter((one) => one.external && isPackage(one.path));
    return [handlerId, {
      sources: new Set(found.filter(isSource)),
      packaged: new Set(found.filter((one) => !isSource(one))),
      external: new Set(external.map((one) => one.path)),
    }];
  }));
}

/** Whether people write it: packages are installed. */
export function isSource(file: string): boolean {
  return !file.split(path.sep).includes('node_modules');
}

function reachable(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([file]);
  // A set hands out what is added while it is walked.
  for (const one of found) {
    for (const imported of imports.get(one) ?? []) if (imports.has(imported)) found.add(imported);
  }
  return found;
}

function isPackage(name: string): boolean {
  return !isBuiltin(name) && /^[^./]/.test(name) && !path.isAbsolute(name);
}
