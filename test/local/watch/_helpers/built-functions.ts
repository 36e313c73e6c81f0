import * as fs from 'fs';
import * as path from 'path';
import type { LambdaFunction } from '../../../../lib/local/assembly/local-app';
import { buildHandlers } from '../../../../lib/private/bundling/esbuild';
import { HandlerWrapper } from '../../../../lib/private/bundling/wrapped-entry';
import { handler } from '../../../_helpers/builds';

const PLAIN = { platform: 'node', format: 'cjs', target: 'node20', minify: true, sourcemap: false };

/** A function of this handler in the working directory, as an assembly of now would have it: `Test/<handler id>`. */
export function builtFunction(name: string, options: Record<string, unknown> = PLAIN, wrapper?: HandlerWrapper): LambdaFunction {
  const { file, exportName, id } = handler(name);
  const directory = path.resolve('cdk.out', `asset.${encodeURIComponent(id)}`);
  for (const built of buildHandlers([{ file, exportName, id, wrapper }], process.cwd(), options).handlers.get(id)!.files) {
    fs.mkdirSync(path.dirname(path.join(directory, built.path)), { recursive: true });
    fs.writeFileSync(path.join(directory, built.path), built.contents);
  }
  return {
    id: `Test/${id}`,
    path: `Test/Chat/${id}`,
    name: id,
    arn: `arn:aws:lambda:us-east-1:123456789012:function:${id}`,
    region: 'us-east-1',
    account: '123456789012',
    runtime: 'nodejs20.x',
    handler: `index.${exportName}`,
    timeout: 3000,
    memorySize: 128,
    environment: {},
    unresolved: [],
    code: { directory },
    layers: [],
    build: { file, exportName, handlerId: id, ...wrapper && { wrapper }, directory: process.cwd(), options },
  };
}

/** Options as the construct sets them without any `bundling` of the user. */
export const OPTIONS: Readonly<Record<string, unknown>> = PLAIN;
