import * as path from 'path';
import type { Metafile } from 'esbuild';
import type { HandlerBuild } from '../assembly/model';

/**
 * The sources that decide what each handler's bundle is, by handler id: absolute paths, without packages in node_modules.
 *
 * What esbuild lists for an output lacks the files that leave no byte in it, such as those that only export others.
 */
export function handlerInputs(
  { inputs }: Metafile, directory: string, handlers: Iterable<HandlerBuild>,
): Map<string, ReadonlySet<string>> {
  // What was replaced by nothing (`(disabled):...`) and the entries that we made (`<data:...>`) are no files.
  const names = Object.keys(inputs).filter((name) => !/^[<(]/.test(name));
  const imports = new Map(names.map((name) => {
    return [path.resolve(directory, name), inputs[name].imports.map((one) => path.resolve(directory, one.path))];
  }));
  return new Map([...handlers].map(({ handlerId, file }) => [handlerId, new Set([...reachable(file, imports)].filter(isSource))]));
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
