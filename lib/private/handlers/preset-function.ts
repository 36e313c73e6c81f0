import * as fs from 'fs';
import * as path from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionSettings } from './function-settings';
import { setUpFunction } from './function-setup';
import { AssetCode } from '../bundling/asset-code';
import { LIBRARY_FOLDER } from '../library-folder';
import { withoutUndefined } from '../members';
import { problem } from '../problem';

/**
 * A function of this library: `lib/lambda/<bundleName>.ts`, bundled when the library was compiled.
 *
 * @param settings of the user, whose bundling options have no effect
 * @param environment all variables that the function reads; they override the user's, and an `undefined` one is not set
 */
export function presetFunction(
  scope: Construct, id: string, bundleName: string, settings: FunctionSettings, environment: Record<string, string | undefined>,
): lambda.Function {
  const {
    bundling, depsLockFilePath, projectRoot, handlerRoot, buildScript, runtime = lambda.Runtime.NODEJS_24_X, ...others
  } = settings;
  if (runtime.family !== lambda.RuntimeFamily.NODEJS) {
    throw problem(scope, 'defaults.runtime', runtime.name, {
      reason: 'is not a Node.js runtime, and the service makes a function of its own from it',
      remedy: 'set it where the functions in that language are made',
    });
  }
  return setUpFunction(scope, id, others, (parent, name, options) => new lambda.Function(parent, name, {
    ...options,
    runtime,
    handler: 'index.handler',
    code: new AssetCode([{ path: 'index.js', contents: fs.readFileSync(bundleFile(bundleName)) }]),
    environment: withoutUndefined({ ...options.environment, ...environment }),
  }));
}

function bundleFile(name: string): string {
  return path.join(LIBRARY_FOLDER, 'lambda', `${name}.bundle.js`);
}
