import * as fs from 'fs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { resolveHandler } from './private/bundling/handler';
import { bundlingComplaint } from './private/checks/bundling-options';
import { checkKind, DURATION, RUNTIME } from './private/checks/kind';
import { FunctionSettings, mergeSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { problem } from './private/problem';

/**
 * Settings of the Lambda functions that are made from handlers.
 *
 * Everything that `lambda.FunctionOptions` has, and what bundling a handler needs.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say', memorySize: 1024 } },
 *   defaults: { memorySize: 256, environment: { TABLE_NAME: table.tableName } },
 *   authorizer: WebsocketAuthorizer.none(),
 * });
 */
export interface WebsocketFunctionOptions extends lambda.FunctionOptions {
  /**
   * The Lambda runtime. Only runtimes of the Node.js family: a function in another language is a `function` target.
   *
   * It is a fixed version, so that an upgrade of aws-cdk-lib never changes the runtime of a deployed function.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
   * @default lambda.Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * How the handler is bundled.
   *
   * Handlers with equal options are built by one esbuild run. `nodeModules`, `commandHooks`, `preCompilation`,
   * `forceDockerBundling` and a `dockerImage` cannot be expressed in it: a handler with one of those is bundled by
   * `NodejsFunction` on its own, as in plain aws-cdk-lib. Relative paths in it start at `projectRoot`.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.BundlingOptions.html
   * @default - minified CommonJS for the runtime, AWS SDK for JavaScript v3 left out (the runtime has it), no source map
   */
  readonly bundling?: BundlingOptions;

  /**
   * Path to the lock file of the package manager. It is read only for a handler that `NodejsFunction` bundles.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.NodejsFunctionProps.html
   * @default - the lock file found by walking up from the working directory of the app
   */
  readonly depsLockFilePath?: string;

  /**
   * The directory that bundling runs in: relative paths in `bundling` start here.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.NodejsFunctionProps.html
   * @default - the working directory of the app
   */
  readonly projectRoot?: string;

  /**
   * The folder that relative paths of handlers start in, and that the ids of their functions are relative to.
   *
   * The id of a function has the path of its handler, `Handler-src/chat.say`: with another path it is another function. An app
   * that is started from several folders (the root of a monorepo here, its own package there) has the same ids everywhere
   * with `handlerRoot: path.join(__dirname, '..')`. A relative path starts in the working directory of the app.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
   * @default - the working directory of the app; for a handler with an absolute path the folder of the package of the app
   */
  readonly handlerRoot?: string;
}

/** A fixed version: `NODEJS_LATEST` would change with aws-cdk-lib. */
const DEFAULT_RUNTIME = lambda.Runtime.NODEJS_24_X;

/** A handler with its settings complete and checked; throws what is wrong with them. */
export function planHandler(
  scope: Construct, property: string, handler: string, own: FunctionSettings, defaults: WebsocketFunctionOptions,
): HandlerUse {
  const { handlerRoot, ...settings } = { runtime: DEFAULT_RUNTIME, ...mergeSettings(defaults, own) };
  const of = (setting: string): string => property.replace(/handler$/, setting);
  checkFolder('handlerRoot', handlerRoot);
  const resolved = resolveHandler(handler, handlerRoot);
  if ('reason' in resolved) throw problem(scope, property, handler, resolved);

  checkKind(scope, of('timeout'), settings.timeout, DURATION);
  checkKind(scope, of('runtime'), settings.runtime, RUNTIME);
  if (settings.runtime.family !== lambda.RuntimeFamily.NODEJS) {
    throw problem(scope, of('runtime'), settings.runtime.name, {
      reason: 'is not a Node.js runtime, and a handler is bundled for Node.js',
      remedy: 'make the function with its own construct and give it as `function`',
    });
  }
  const found = bundlingComplaint(settings.bundling ?? {});
  if (found) throw problem(scope, of(`bundling.${found.option}`), found.value, found.complaint);
  checkFolder('projectRoot', settings.projectRoot);
  return { property, handler: resolved, settings };

  function checkFolder(setting: string, folder?: string): void {
    if (folder === undefined || fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    throw problem(scope, of(setting), folder, {
      reason: fs.existsSync(folder) ? 'is a file' : 'is not there',
      remedy: 'name a directory, relative to the one that the app runs in or absolute',
    });
  }
}
