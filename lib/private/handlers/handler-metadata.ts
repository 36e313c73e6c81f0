import * as fs from 'fs';
import * as path from 'path';
import { Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Recipe } from '../bundling/bundler';
import { Handler } from '../bundling/handler';

/** The type of the entry in the cloud assembly; `local/` reads it, so it stays as it is. */
export const HANDLER_METADATA = 'cdk-websocket-service:handler';

/** Options that may hold paths of this machine. */
const PATH_OPTIONS = ['tsconfig', 'inject', 'alias'];

/**
 * Leaves in the cloud assembly what it takes to build the handler again: the local gateway does so on every save, without
 * the app.
 *
 * It goes to the metadata beside the manifest, never into the template. Paths are relative to the folder of the manifest,
 * so an assembly can move together with its sources, and no name of this machine gets into it.
 */
export function addHandlerMetadata(made: lambda.Function, handler: Handler, { directory, options }: Recipe): void {
  // A link in the way of cdk.out would lead `..` elsewhere.
  const assembly = fs.realpathSync(Stage.of(made)!.outdir);
  made.node.defaultChild!.node.addMetadata(HANDLER_METADATA, {
    file: posix(path.relative(assembly, handler.file)),
    exportName: handler.exportName,
    handlerId: handler.id,
    directory: posix(path.relative(assembly, directory)),
    options: Object.fromEntries(Object.entries(options).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, json(PATH_OPTIONS.includes(name) ? withoutMachine(value, directory) : value)]];
    })),
  });
}

/** The same as JSON: patterns as `{ "pattern": "..." }`. */
function json(value: unknown): unknown {
  return value instanceof RegExp ? { pattern: value.source } : value;
}

/** Absolute paths made relative to the directory that esbuild works in, where it looks for relative ones. */
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
