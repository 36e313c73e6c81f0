import * as fs from 'fs';
import * as path from 'path';
import { Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Recipe } from '../bundling/bundler';
import { BuiltExport } from '../bundling/esbuild';

/** The type of the metadata entry in the cloud assembly. A contract with `local/`, which reads it. */
export const HANDLER_METADATA = 'cdk-websocket-service:handler';

/** Options that may contain absolute paths. */
const PATH_OPTIONS = ['tsconfig', 'inject', 'alias'];

/**
 * Adds the data for rebuilding a handler to the cloud assembly: the local gateway does that on every save, without running the app.
 *
 * The data goes into the metadata of the manifest, never into the template. Paths are relative to the folder of the manifest, so that an
 * assembly can move together with its sources, and contains no path of this machine.
 */
export function addHandlerMetadata(made: lambda.Function, handler: BuiltExport, { directory, options }: Recipe): void {
  // If cdk.out is below a symbolic link, `..` means another folder.
  const assembly = fs.realpathSync(Stage.of(made)!.outdir);
  made.node.defaultChild!.node.addMetadata(HANDLER_METADATA, {
    file: posix(path.relative(assembly, handler.file)),
    exportName: handler.exportName,
    handlerId: handler.id,
    ...handler.wrapper && { wrapper: handler.wrapper },
    directory: posix(path.relative(assembly, directory)),
    options: Object.fromEntries(Object.entries(options).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, json(PATH_OPTIONS.includes(name) ? withoutMachine(value, directory) : value)]];
    })),
  });
}

/** A regular expression is `{ "pattern": "..." }` in JSON. */
function json(value: unknown): unknown {
  return value instanceof RegExp ? { pattern: value.source } : value;
}

/** Makes absolute paths relative to esbuild's working directory. */
function withoutMachine(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutMachine(item, directory));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMachine(item, directory)]));
  }
  if (typeof value !== 'string' || !path.isAbsolute(value)) return value;
  const relative = posix(path.relative(directory, value));
  return relative.startsWith('../') ? relative : `./${relative}`;
}

function posix(file: string): string {
  return file.split(path.sep).join('/');
}
