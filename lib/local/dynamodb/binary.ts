import * as fs from 'fs';
import * as path from 'path';
import { isRecord, objectAt, parsedJson, textAt } from '../protocol/json';

/** The embedded database of an app: dynoxide, a native program. */
export interface Binary {
  readonly file: string;
  /** `1.2.1` */
  readonly version: string;
}

/** The package with the program for this machine: `@dynoxide/linux-x64`. */
export const BINARY_PACKAGE = `@dynoxide/${process.platform}-${process.arch}`;

const PROGRAM = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';

/**
 * Finds the program in the `node_modules` of the app's folder and of those above it, as Node.js does; nowhere else, since what has the
 * name on the PATH or in the registry may be another program.
 *
 * The package `dynoxide` counts if it depends on the packages of its own scope: whoever installed it has those too, and where packages
 * are not hoisted they are found from there only.
 */
export function findBinary(directory: string): Binary | undefined {
  const folders = nodeModules(realPath(directory));
  const umbrellas = folders.map((folder) => path.join(folder, 'dynoxide')).filter(isUmbrella).map(realPath);
  for (const folder of [...folders, ...umbrellas.flatMap(nodeModules)]) {
    const found = binaryIn(path.join(folder, BINARY_PACKAGE));
    if (found) return found;
  }
  return undefined;
}

/** The `node_modules` of a folder and of those above it, existing or not. */
function nodeModules(directory: string): string[] {
  const parent = path.dirname(directory);
  const above = parent === directory ? [] : nodeModules(parent);
  return path.basename(directory) === 'node_modules' ? above : [path.join(directory, 'node_modules'), ...above];
}

function binaryIn(folder: string): Binary | undefined {
  const file = path.join(folder, PROGRAM);
  const manifest = manifestIn(folder);
  if (textAt(manifest, 'name') !== BINARY_PACKAGE || !fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  return { file, version: textAt(manifest, 'version') ?? '' };
}

function isUmbrella(folder: string): boolean {
  const manifest = manifestIn(folder);
  return ['dependencies', 'optionalDependencies'].some((name) => (
    Object.keys(objectAt(manifest, name)).some((dependency) => dependency.startsWith('@dynoxide/'))
  ));
}

function manifestIn(folder: string): Readonly<Record<string, unknown>> {
  try {
    const manifest = parsedJson(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}
