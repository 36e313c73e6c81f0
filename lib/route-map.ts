import { Annotations } from 'aws-cdk-lib';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { ConnectAuthorizer } from './authorizer';
import { WebsocketFunctionOptions } from './function';
import { NamedFunctions, planNamedFunctions, WebsocketNamedFunction } from './named-function';
import { Checks } from './private/checks/checks';
import { OBJECT, withMember } from './private/checks/kind';
import { checkSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { ownMembers } from './private/members';
import { Fault, takeAll } from './private/problem';
import { routeCountFault } from './private/routes/route-keys';
import { planRoute, RoutePlan, predefinedFor, WebsocketServiceRoute } from './route';

/**
 * A route map, and the options that all of its routes share.
 *
 * @internal
 */
export interface WebsocketRouteMap {
  /**
   * The routes by route key: `$connect`, `$disconnect`, `$default`, and the values of the selection expression.
   *
   * From 1 to 300 (a quota of API Gateway). In Python, pass each as `WebsocketServiceRoute(...)`, so that editors and Python
   * check the arguments.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
   */
  readonly routes: { [routeKey: string]: WebsocketServiceRoute };

  /**
   * Functions by keys of your own, which routes name by `functionKey`, with settings that override `defaults`.
   *
   * Also for functions that no route invokes: they are bundled together with the others, may manage connections, and find the callback
   * URLs in their environment. In Python, pass each as `WebsocketNamedFunction(...)`.
   *
   * @default - the functions of the handlers that routes and authorizer name
   */
  readonly functions?: { [functionKey: string]: WebsocketNamedFunction };

  /**
   * Decides who may connect.
   *
   * If the routes have no `$connect`, one is added for the authorizer: without a function, unless tokens come as a subprotocol, which
   * `$connect` must select.
   *
   * @default - anyone may connect, with a warning; `ConnectAuthorizer.none()` prevents the warning
   */
  readonly authorizer?: ConnectAuthorizer;

  /**
   * Settings of every function that is made from a handler, including the handler of the authorizer.
   *
   * Settings of a route override these; environments and bundling options are merged key by key.
   *
   * @default - the defaults of lambda.Function (128 MB, 3 seconds), and lambda.Runtime.NODEJS_24_X
   */
  readonly defaults?: WebsocketFunctionOptions;

  /**
   * How handlers are bundled: short for `defaults.bundling`.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.BundlingOptions.html
   * @default - minified CommonJS for the runtime, without the AWS SDK for JavaScript v3, no source map
   */
  readonly bundling?: BundlingOptions;

  /**
   * Whether the functions of the routes may send to, look up and close connections of all stages.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   * @default true
   */
  readonly manageConnections?: boolean;

  /**
   * Whether to set the callback URLs in the environment of the functions: `WEBSOCKET_CALLBACK_URLS` is a JSON object with the URLs of all
   * stages, `WEBSOCKET_CALLBACK_URL` the URL of the first stage. This works in every stage, with and without a custom domain:
   * `JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage]`.
   *
   * Covers the functions of handlers, and `function` targets defined in the same stack, including functions behind an alias or
   * a version. A variable that is already set is kept. A function that cannot get the variables causes a warning.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
   * @default true
   */
  readonly callbackUrlEnvironment?: boolean;

  /**
   * The number of nested stacks for the routes, each with its function, integration, permission and responses.
   *
   * A stack is limited to 500 resources. Targets that several routes share go into nested stacks of their own. Changing the number moves
   * routes to other stacks, which CloudFormation cannot do in one deployment (docs/limits.md): choose it before the first one.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
   * @default 0 - everything is in the stack of the service
   */
  readonly nestedStacks?: number;
}

const AUTHORIZER = withMember(
  'a ConnectAuthorizer', '_plan', 'ConnectAuthorizer.function(fn), or ConnectAuthorizer.custom(authorizer) for one of aws-cdk-lib',
);

/** The routes themselves and the authorizer are checked by `planRouteMap`. */
export function checkRouteMap(
  checks: Checks, { routes, functions, authorizer, defaults, bundling, nestedStacks }: WebsocketRouteMap,
): void {
  checks.kind('authorizer', authorizer, AUTHORIZER);
  checks.kind('routes', routes, { ...OBJECT, example: "{ say: { handler: 'src/messages.say' } }" });
  checks.kind('functions', functions, { ...OBJECT, example: "{ messages: { handler: 'src/messages.main' } }" });
  checks.kind('defaults', defaults, { ...OBJECT, example: '{ memorySize: 512 }' });
  checks.kind('bundling', bundling, { ...OBJECT, example: '{ minify: false }' });
  checks.that('routes', Object.keys(routes ?? {}).length, routeCountFault);
  checks.that('nestedStacks', nestedStacks, nestedStacksFault);
  checks.that('defaults.functionName', defaults?.functionName, () => SHARED_NAME);
  checkSettings(checks.of('defaults'), defaults ?? {});
  if (bundling && defaults?.bundling) {
    checks.refuse('bundling', Object.keys(bundling), {
      reason: 'is the same setting as `defaults.bundling`, which is given too',
      remedy: 'keep one of them',
    });
  }
}

const SHARED_NAME: Fault = { reason: 'would be the name of every function', remedy: 'set `functionName` on the routes' };

/** Checks the routes and the authorizer, and throws one error for all of them. */
export function planRouteMap(
  scope: Construct,
  { routes, functions, authorizer }: WebsocketRouteMap,
  defaults: WebsocketFunctionOptions,
  plan: typeof planRoute = planRoute,
): { readonly routes: RoutePlan[]; readonly functions: NamedFunctions; readonly authorizerHandler?: HandlerUse } {
  const named = planNamedFunctions(scope, functions, defaults);
  let authorizerHandler: HandlerUse | undefined;
  const planned = takeAll(scope, [
    ...Object.entries(routes).map(([key, options]) => () => [plan(scope, key, options, defaults, named)]),
    () => {
      authorizerHandler = authorizer?._plan(scope, defaults, named);
      return [];
    },
  ]);
  return { routes: planned.flat(), functions: named, authorizerHandler };
}

/** A route `connect` gets messages with that action. For handshakes, the key is `$connect`. */
export function warnOfPlainKeys(scope: Construct, keys: readonly string[]): void {
  for (const key of keys) {
    const predefined = predefinedFor(key);
    if (predefined === undefined || keys.includes(predefined)) continue;
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:plainRouteKey',
      `the route ${key} gets messages that select "${key}", and there is no route ${predefined}: did you mean \`${predefined}\`?`,
    );
  }
}

export function handlerDefaults({ defaults, bundling }: WebsocketRouteMap): WebsocketFunctionOptions {
  return { ...ownMembers(defaults ?? {}), bundling: bundling ?? defaults?.bundling };
}

/** With more nested stacks, each would hold fewer than 6 of the at most 300 routes. */
const MOST_STACKS = 50;

export function nestedStacksFault(count: number): Fault | undefined {
  if (Number.isInteger(count) && count >= 0 && count <= MOST_STACKS) return undefined;
  return { reason: 'is not a number of nested stacks', remedy: `use a whole number from 0 to ${MOST_STACKS}` };
}
