import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { planHandler, WebsocketFunctionOptions } from './function';
import { Checks } from './private/checks/checks';
import { OBJECT, RUNTIME, STRING, withMember } from './private/checks/kind';
import { checkCombination, checkSettings, functionSettings, mergeSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { nearest } from './private/nearest';
import { Fault, list, takeAll } from './private/problem';

/**
 * A function of a service under a key of its own: for functions that no route invokes, for two functions of one handler, and for code that
 * is deployed as it is.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   functions: {
 *     messages: { handler: 'src/messages.main', memorySize: 512 },
 *     broadcast: { handler: 'src/broadcast.main' }, // for a queue or a schedule, with the rights and addresses of the service
 *   },
 *   routes: { $default: { functionKey: 'messages' }, say: { functionKey: 'messages' } },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketNamedFunction extends WebsocketFunctionOptions {
  /** The handler to bundle, `path/to/file.export`; with `code`, the handler as Lambda calls it. */
  readonly handler: string;

  /**
   * Code that is deployed as it is, in any runtime that Lambda has. Options for bundling do not apply.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.Code.html
   * @default - the handler is bundled
   */
  readonly code?: lambda.Code;
}

/** The functions of a service by their keys, checked, with nothing created yet. */
export type NamedFunctions = ReadonlyMap<string, HandlerUse>;

const NAMED_FUNCTION = { ...OBJECT, example: "{ handler: 'src/messages.main' }" };
const CODE = withMember('a lambda.Code', 'bind', "lambda.Code.fromAsset('dist/messages.zip')");

/** Options that say how a handler is bundled. */
const BUNDLING = ['bundling', 'buildScript', 'depsLockFilePath', 'projectRoot', 'handlerRoot'] as const;

/** Checks the map of functions, and throws one error for all of them. */
export function planNamedFunctions(
  scope: Construct, functions: { [functionKey: string]: WebsocketNamedFunction } = {}, defaults: WebsocketFunctionOptions,
): NamedFunctions {
  return new Map(takeAll(scope, Object.entries(functions).map(([key, options]) => () => {
    const fault = functionKeyFault(key);
    if (fault) new Checks(scope).refuse('functions', key, fault);
    const checks = new Checks(scope, `functions["${key}"]`);
    checks.required('', options, NAMED_FUNCTION);
    checks.required('handler', options.handler, STRING);
    checks.kind('code', options.code, CODE);
    return [key, options.code ? planCode(checks, key, options, defaults) : planBundled(checks, key, options, defaults)] as const;
  })));
}

/** The function that a route or an authorizer names by its key. */
export function namedFunction(checks: Checks, key: string, functions: NamedFunctions): HandlerUse {
  checks.required('functionKey', key, STRING);
  const found = functions.get(key);
  if (found) return found;
  const keys = [...functions.keys()];
  const meant = nearest(key, keys);
  const remedy = keys.length === 0 ? 'give `functions` with that key, or use `handler`' : `\`functions\` has ${list(keys)}`;
  throw checks.refuse('functionKey', key, {
    reason: 'is not a key of `functions`', remedy: meant === undefined ? remedy : `did you mean \`${meant}\`?`,
  });
}

function planBundled(checks: Checks, key: string, options: WebsocketNamedFunction, defaults: WebsocketFunctionOptions): HandlerUse {
  const use = planHandler(checks, options.handler, functionSettings('WebsocketNamedFunction', options), defaults);
  // Two functions may have one handler.
  return { ...use, handler: { ...use.handler, id: `${use.handler.id} (${key})` }, functionKey: key };
}

function planCode(checks: Checks, key: string, options: WebsocketNamedFunction, defaults: WebsocketFunctionOptions): HandlerUse {
  const own = functionSettings('WebsocketNamedFunction', options);
  const unused = BUNDLING.find((name) => own[name] !== undefined);
  if (unused) {
    checks.refuse(unused, own[unused], { reason: 'is for a handler that is bundled, but `code` is given', remedy: 'keep one of them' });
  }
  const settings = { runtime: lambda.Runtime.NODEJS_24_X, ...mergeSettings(defaults, own) };
  for (const name of BUNDLING) delete (settings as Partial<Record<string, unknown>>)[name];
  checkSettings(checks, own);
  checkCombination(checks, own, defaults);
  checks.kind('runtime', settings.runtime, RUNTIME);
  return {
    property: checks.pathOf('handler'),
    handler: { file: '', exportName: options.handler, id: key },
    settings,
    functionKey: key,
    code: options.code,
  };
}

function functionKeyFault(key: string): Fault | undefined {
  if (/^[\w-]{1,128}$/.test(key)) return undefined;
  return { reason: 'is not a legal key of a function', remedy: 'use 1 to 128 letters, digits, hyphens and underscores' };
}
