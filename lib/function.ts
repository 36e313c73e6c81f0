import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { fitsOneBuild } from './private/bundling/esbuild-options';
import { resolveHandler } from './private/bundling/handler';
import { Checks } from './private/checks/checks';
import { DURATION, RUNTIME } from './private/checks/kind';
import { checkCombination, checkSettings, FunctionSettings, mergeSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { Fault } from './private/problem';

/**
 * Settings of the Lambda functions that the service makes from handlers.
 *
 * The options of `lambda.FunctionOptions`, plus an alias that is published on every change, the retention of logs, and options for
 * bundling a handler. `snapStart` is an error: Lambda does not support it for Node.js.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say', memorySize: 1024 } },
 *   defaults: { memorySize: 256, environment: { TABLE_NAME: table.tableName } },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketFunctionOptions extends lambda.FunctionOptions {
  /**
   * The Lambda runtime, which must be one of Node.js. Use a `function` target for other languages.
   *
   * The default is a fixed version, so that an upgrade of aws-cdk-lib never changes the runtime of a deployed function.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
   * @default lambda.Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * How the handler is bundled.
   *
   * Handlers with equal options are built by one esbuild run. A handler with `nodeModules`, `commandHooks`, `forceDockerBundling` or
   * `dockerImage` is bundled on its own by `NodejsFunction`, as in plain aws-cdk-lib, since one esbuild run cannot do that. Relative
   * paths are resolved against `projectRoot`.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.BundlingOptions.html
   * @default - minified CommonJS for the runtime, without the AWS SDK for JavaScript v3 (the runtime has it), no source map
   */
  readonly bundling?: BundlingOptions;

  /**
   * Path to the lock file of the package manager. Only handlers that `NodejsFunction` bundles use it.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.NodejsFunctionProps.html
   * @default - the lock file found by walking up from the working directory of the app
   */
  readonly depsLockFilePath?: string;

  /**
   * The directory that bundling runs in: relative paths in `bundling` are resolved against it.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.NodejsFunctionProps.html
   * @default - the working directory of the app
   */
  readonly projectRoot?: string;

  /**
   * A JavaScript module that runs the build, for example with plugins of esbuild.
   *
   * The default export of the module receives the build options and returns the result of `esbuild.build` (docs/bundling.md). The script
   * runs in a separate process, once for all handlers with equal options, and cannot be combined with `nodeModules`, `commandHooks` or
   * Docker. A relative path is resolved against `projectRoot`.
   *
   * @see https://esbuild.github.io/plugins/
   * @default - esbuild without plugins
   */
  readonly buildScript?: string;

  /**
   * The folder that handler paths, and the construct ids of their functions, are relative to.
   *
   * The construct id of a function contains the path of its handler (`Handler-src/chat.say`), so another path replaces the function. An app
   * that is started from different folders (the root of a monorepo, or its own package) keeps the same ids
   * with `handlerRoot: path.join(__dirname, '..')`. A relative path is resolved against the working directory of the app.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
   * @default - the working directory of the app; for handlers with an absolute path, the folder of the app's package
   */
  readonly handlerRoot?: string;

  /**
   * The name of an alias through which API Gateway invokes the function. Every change of code or settings publishes a version and points
   * the alias to it.
   *
   * 1 to 128 letters, digits, hyphens and underscores, not only digits, and not a token. `service.function(key)` is still the function;
   * `service.alias(key)` is the alias, for example for `addAutoScaling`. `currentVersionOptions` applies to the versions, and is an
   * error without an alias.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
   * @default - no alias: API Gateway invokes the latest code ($LATEST)
   */
  readonly alias?: string;

  /**
   * The number of execution environments of the alias that Lambda keeps initialized, to avoid cold starts. AWS charges for each of them.
   *
   * A whole number, at most `reservedConcurrentExecutions` if that is set. `0` on a route overrides `defaults`. An error without `alias`.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
   * @default 0
   */
  readonly provisionedConcurrentExecutions?: number;

  /**
   * How long the logs of the function are kept. Each function gets its own log group with this retention, and permission to write to
   * that log group only.
   *
   * Replaces the `logRetention` of aws-cdk-lib, which is deprecated and needs an extra function. The log group is retained
   * when the stack is deleted, unless you call `RemovalPolicies.of(service).destroy()`. An error together with `logGroup`
   * or `logRetention`; a route that sets one of the three inherits neither of the others from `defaults`.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - the retention of `logGroup`; without one, Lambda creates a log group that never expires
   */
  readonly logGroupRetention?: RetentionDays;
}

/**
 * A function that routes invoke, with the keys of these routes.
 *
 * @example
 * for (const { function: fn } of service.functions) table.grantReadWriteData(fn);
 */
export interface WebsocketRouteFunction {
  /** The function of the handler, or the function that is given as `function`. */
  readonly function: lambda.IFunction;

  /**
   * The alias through which the function of a handler is invoked.
   *
   * @default - no alias: the function itself is invoked
   */
  readonly alias?: lambda.Alias;

  /** The keys of its routes, in alphabetical order. */
  readonly routeKeys: string[];
}

/** A fixed version: `NODEJS_LATEST` would change with aws-cdk-lib. */
const DEFAULT_RUNTIME = lambda.Runtime.NODEJS_24_X;

/** Checks a handler and completes its settings. `checks` are the checks of the object that has the option `handler`. */
export function planHandler(checks: Checks, handler: string, own: FunctionSettings, defaults: WebsocketFunctionOptions): HandlerUse {
  const { handlerRoot, ...settings } = { runtime: DEFAULT_RUNTIME, ...mergeSettings(defaults, own) };
  checks.that('handlerRoot', handlerRoot, folderFault);
  const resolved = resolveHandler(handler, handlerRoot);
  if ('reason' in resolved) throw checks.refuse('handler', handler, resolved);

  checkSettings(checks, own);
  checkCombination(checks, own, defaults);
  checks.kind('timeout', settings.timeout, DURATION);
  checks.kind('runtime', settings.runtime, RUNTIME);
  if (settings.runtime.family !== lambda.RuntimeFamily.NODEJS) {
    checks.refuse('runtime', settings.runtime.name, {
      reason: 'is not a Node.js runtime, and a handler is bundled for Node.js',
      remedy: 'make the function with its own construct and give it as `function`',
    });
  }
  checkBundling(checks.of('bundling'), settings.bundling ?? {});
  checks.that('projectRoot', settings.projectRoot, folderFault);
  checks.that('buildScript', settings.buildScript, (script) => buildScriptFault(script, settings));
  return { property: checks.pathOf('handler'), handler: resolved, settings };
}

function folderFault(folder: string): Fault | undefined {
  if (fs.existsSync(folder) && fs.statSync(folder).isDirectory()) return undefined;
  return {
    reason: fs.existsSync(folder) ? 'is a file' : 'does not exist',
    remedy: 'name a directory, relative to the one that the app runs in or absolute',
  };
}

function buildScriptFault(script: string, { projectRoot, bundling = {} }: FunctionSettings): Fault | undefined {
  const file = path.resolve(projectRoot ?? '.', script);
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    return { reason: `names no file: there is no ${file}`, remedy: 'write the path relative to `projectRoot`, or an absolute one' };
  }
  if (fitsOneBuild(bundling, projectRoot)) return undefined;
  return {
    reason: 'cannot be combined with options of `bundling` that need extra steps '
      + '(`nodeModules`, `commandHooks`, `environment`, Docker, some esbuildArgs)',
    remedy: 'leave those options out, and do in the script what they do',
  };
}

/** A line that only an ES module may have. */
const IMPORT = /^\s*import\b\s*[\w$*{'"]/m;

export function checkBundling(checks: Checks, { sourceMap, sourceMapMode, banner, footer, define = {}, format }: BundlingOptions): void {
  if (sourceMap === false && sourceMapMode !== undefined) {
    checks.refuse('sourceMapMode', sourceMapMode, {
      reason: 'says how to write a source map, but `sourceMap` is false', remedy: 'leave one of them out',
    });
  }
  const defined = Object.entries(define).map(([name, value]) => [`define["${name}"]`, value]);
  for (const [name, value] of [['banner', banner], ['footer', footer], ...defined]) {
    checks.that(name!, value, () => (Token.isUnresolved(value) ? KNOWN_TOO_LATE : undefined));
  }
  const code = banner?.replace(/\/\*[\s\S]*?\*\//g, '') ?? '';
  if (format === OutputFormat.ESM || !IMPORT.test(code)) return;
  checks.refuse('banner', banner, {
    reason: 'contains an import, which only an ES module may have, and the bundle is CommonJS',
    remedy: 'set `format: OutputFormat.ESM`, or use `require`',
  });
}

const KNOWN_TOO_LATE: Fault = {
  reason: 'is known only at deployment, but the code is bundled before that', remedy: 'put the value into `environment`',
};
