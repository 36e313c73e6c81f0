import * as fs from 'fs';
import * as path from 'path';
import type { BundleFile } from './esbuild';
import { LIBRARY_FOLDER } from '../library-folder';

/** Absolute path of the module that is bundled around the handlers of a service with a connection store. */
export const WRAPPER_MODULE = path.join(LIBRARY_FOLDER, 'runtime', 'tracked.mjs');

/** The folder of the module in an app that has installed the library. */
const INSTALLED = 'node_modules/cdk-websocket-service/lib/runtime/';

const INLINE_MAP = /(\/\/# sourceMappingURL=data:application\/json;base64,)([A-Za-z0-9+/=]+)/;

/**
 * Names the files of the runtime as in an app that has the library in its own node_modules, wherever it is: a handler that does not even
 * mention the library gets the same bundle on every machine. Only comments and source maps name files, so that no position changes.
 *
 * @param directory esbuild's working directory, which names of files are relative to
 */
export function withInstalledNames(files: BundleFile[], directory: string): BundleFile[] {
  const folder = path.relative(directory, fs.realpathSync(path.dirname(WRAPPER_MODULE))).split(path.sep).join('/');
  const named = (text: string): string => text.replaceAll(new RegExp(`${escaped(folder)}/(?=\\w+\\.mjs\\b)`, 'g'), () => INSTALLED);
  return files.map((file) => {
    if (!/\.(?:[cm]?js|map|json)$/.test(file.path)) return file;
    const text = Buffer.from(file.contents).toString('utf8');
    const renamed = named(text).replace(INLINE_MAP, (_, head: string, map: string) => (
      head + Buffer.from(named(Buffer.from(map, 'base64').toString('utf8'))).toString('base64')
    ));
    return renamed === text ? file : { ...file, contents: Buffer.from(renamed) };
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
