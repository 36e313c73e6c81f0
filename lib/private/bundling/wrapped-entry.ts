import * as fs from 'fs';
import * as path from 'path';
import { LIBRARY_FOLDER } from '../library-folder';

/** The function of lib/runtime/tracked.ts around a handler: `tracked` if its connections are recorded. */
export type HandlerWrapper = 'tracked' | 'invoked';

/** The module that is bundled around the handlers of a service with a connection store. */
const WRAPPER_MODULE = path.join(LIBRARY_FOLDER, 'runtime', 'tracked.mjs');

/** Stands for the path of the module, which must not reach the output. */
const ALIAS = 'websocket-runtime:';

/** The folder of the module in an app that has installed the library. */
const INSTALLED = 'node_modules/cdk-websocket-service/lib/runtime/';

const INLINE_MAP = /(\/\/# sourceMappingURL=data:application\/json;base64,)([A-Za-z0-9+/=]+)/;

/** The option of esbuild by which it finds the module. */
export const WRAPPER_ALIAS: Readonly<Record<string, string>> = { [ALIAS]: WRAPPER_MODULE };

/** The source of the entry, which exports the handler within its wrapper. @param file the alias of the handler's file */
export function wrappedEntry(wrapper: HandlerWrapper, exportName: string, file: string): string {
  return `import{${exportName} as h}from${JSON.stringify(file)};import{${wrapper} as f}from${JSON.stringify(ALIAS)};`
    + `const w=f(h);export{w as ${exportName}}`;
}

/**
 * Names the files of the runtime as in an app that has the library in its own node_modules, wherever the library is: a handler that does
 * not even mention it gets the same bundle on every machine. Only comments and source maps name files, so that no position changes.
 *
 * @param directory esbuild's working directory, which names of files are relative to
 */
export function withInstalledNames<F extends { readonly path: string; readonly contents: Uint8Array }>(files: F[], directory: string): F[] {
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

const IMPORT = /^[ \t]*(?:import|export)\s*\{([^{}]*)\}\s*from\s*['"]cdk-websocket-service['"]/gm;
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
