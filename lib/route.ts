import { Duration, Token } from 'aws-cdk-lib';
import { ContentHandling, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { planHandler, WebsocketFunctionOptions } from './function';
import { namedFunction, NamedFunctions } from './named-function';
import { Checks } from './private/checks/checks';
import { DURATION, FUNCTION, INTEGRATION, OBJECT, STRING } from './private/checks/kind';
import { functionSettings } from './private/handlers/function-settings';
import { HandlerUse } from './private/handlers/handler-functions';
import { integrationTimeoutFault } from './private/integrations/integration-plan';
import { nearest } from './private/nearest';
import { Fault, list } from './private/problem';
import { INVOCATION_OPTIONS } from './private/routes/invocation';
import { RouteModelsPlan } from './private/routes/model-resources';
import { RouteIntegration } from './route-integration';
import { planRouteModels, WebsocketRouteModelOptions } from './route-models';
import { checkRouteSettings, routeSettings, WebsocketRouteSettings } from './route-settings';

/**
 * A route: exactly one target (`handler`, `functionKey`, `function` or `integration`), and settings of the function of a handler.
 *
 * Function settings (`memorySize`, `timeout`, `environment`, ...) apply to `handler` only.
 *
 * @example
 * service.addRoute('say', { handler: 'src/messages.say', returnResponse: true, timeout: Duration.seconds(10) });
 */
export interface WebsocketServiceRoute extends WebsocketFunctionOptions, WebsocketRouteSettings, WebsocketRouteModelOptions {
  /**
   * The handler to bundle: `path/to/file.export`, for example `src/messages.fallback`.
   *
   * The path is absolute or relative to the working directory of the app (or `handlerRoot`). The file is TypeScript or JavaScript; its
   * extension may be omitted. Routes that name the same handler share one function.
   *
   * @default - another target is given
   */
  readonly handler?: string;

  /**
   * The key of a function in `functions` of the service.
   *
   * @default - another target is given
   */
  readonly functionKey?: string;

  /**
   * An existing Lambda function, alias or version.
   *
   * @default - another target is given
   */
  readonly function?: lambda.IFunction;

  /**
   * Any other integration: a queue, a bus, a table, an HTTP backend, a mock and others by `RouteIntegration`, or one of aws-cdk-lib.
   *
   * The integration manages its own permissions. The construct id of an integration that several routes share comes from the first of
   * their keys. Use `function` instead of a `WebSocketLambdaIntegration`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
   * @default - another target is given
   */
  readonly integration?: WebSocketRouteIntegration;

  /**
   * Whether the route is two-way: the `body` that the target returns is sent to the client that sent the message.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
   * @default false
   */
  readonly returnResponse?: boolean;

  /**
   * Whether a client needs an API key of a usage plan (`service.addUsagePlan(...)`) to connect. For `$connect` only.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default false
   */
  readonly apiKeyRequired?: boolean;

  /**
   * How long API Gateway waits for the function, from 50 milliseconds to 29 seconds.
   *
   * Routes that share a function share this timeout, since it belongs to the integration. `timeout` is the timeout of the function.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
   * @default Duration.seconds(29)
   */
  readonly integrationTimeout?: Duration;

  /**
   * How API Gateway converts the payload between text and binary.
   *
   * Routes that share a function share this setting, since it belongs to the integration.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
   * @default - the payload is passed through
   */
  readonly contentHandling?: ContentHandling;
}

/** Exactly one of the three, unless the route is one that the library adds. */
export interface RouteTarget {
  readonly handler?: HandlerUse;
  readonly function?: lambda.IFunction;
  readonly integration?: WebSocketRouteIntegration;
}

/** A route whose options are checked, with nothing created yet. */
export interface RoutePlan extends Pick<
  WebsocketServiceRoute, 'returnResponse' | 'apiKeyRequired' | 'integrationTimeout' | 'contentHandling'
> {
  readonly routeKey: string;
  readonly target: RouteTarget;
  readonly settings: WebsocketRouteSettings;
  readonly models?: RouteModelsPlan;
}

const TARGETS = ['handler', 'functionKey', 'function', 'integration'] as const;

const TARGET_MISSING: Fault = { reason: 'names no target', remedy: `give exactly one of ${list(TARGETS, 'or')}` };

const API_KEY_MISPLACED: Fault = {
  reason: 'is for $connect only: a message carries no key', remedy: 'set it on the $connect route, which protects all others',
};

/** Checks a route of the route map. Names of options are checked before, with the whole map. */
export function planRoute(
  scope: Construct, routeKey: string, options: WebsocketServiceRoute, defaults: WebsocketFunctionOptions, functions: NamedFunctions,
): RoutePlan {
  const fault = routeKeyFault(routeKey);
  if (fault) new Checks(scope).refuse('routes', routeKey, fault);
  const checks = new Checks(scope, `routes["${routeKey}"]`);
  checks.required('', options, typeof options === 'string' ? { ...OBJECT, example: `{ handler: '${options as string}' }` } : OBJECT);
  const { returnResponse, apiKeyRequired, integrationTimeout, contentHandling } = options;
  checkTargets(checks, options);
  checkInvocation(checks, options);
  checkRouteSettings(checks, options);
  if (apiKeyRequired && routeKey !== '$connect') checks.refuse('apiKeyRequired', apiKeyRequired, API_KEY_MISPLACED);
  const models = planRouteModels(checks, routeKey, options, returnResponse);
  const settings = routeSettings(options);
  const target = planTarget(checks, options, defaults, functions);
  return { routeKey, target, returnResponse, apiKeyRequired, integrationTimeout, contentHandling, settings, models };
}

function planTarget(
  checks: Checks, options: WebsocketServiceRoute, defaults: WebsocketFunctionOptions, functions: NamedFunctions,
): RouteTarget {
  if (options.functionKey !== undefined) return { handler: namedFunction(checks, options.functionKey, functions) };
  if (options.handler === undefined) return { function: options.function, integration: options.integration };
  return { handler: planHandler(checks, options.handler, functionSettings('WebsocketServiceRoute', options), defaults) };
}

/** Checks a route that `addRoute` adds. */
export function planAddedRoute(
  scope: Construct, routeKey: string, options: WebsocketServiceRoute, defaults: WebsocketFunctionOptions, functions: NamedFunctions,
): RoutePlan {
  const checks = new Checks(scope, `routes["${routeKey}"]`);
  checks.names('WebsocketServiceRoute', options);
  const plan = planRoute(scope, routeKey, options, defaults, functions);
  checks.values('WebsocketServiceRoute', options);
  return plan;
}

function checkTargets(checks: Checks, options: WebsocketServiceRoute): void {
  checks.kind('handler', options.handler, STRING);
  checks.kind('functionKey', options.functionKey, STRING);
  checks.kind('function', options.function, FUNCTION);
  checks.kind('integration', options.integration, INTEGRATION);
  if (options.integration instanceof RouteIntegration) options.integration._check(checks.scope, checks.pathOf('integration'));
  const given = TARGETS.filter((target) => options[target] !== undefined);
  if (given.length === 0) checks.refuse('', options, TARGET_MISSING);
  if (given.length > 1) checks.refuse('', given, { ...TARGET_MISSING, reason: 'names more than one target' });
  const settings = Object.keys(functionSettings('WebsocketServiceRoute', options));
  if (options.handler === undefined && settings.length > 0) {
    checks.refuse('', settings, {
      reason: `sets up a function, but \`${given[0]}\` brings its own`,
      remedy: options.functionKey === undefined ? 'set it where that is made, or use `handler`' : 'set it in `functions`',
    });
  }
}

function checkInvocation(checks: Checks, options: WebsocketServiceRoute): void {
  const { integration, integrationTimeout } = options;
  checks.kind('integrationTimeout', integrationTimeout, DURATION);
  checks.that('integrationTimeout', integrationTimeout, integrationTimeoutFault);
  for (const name of INVOCATION_OPTIONS) {
    if (integration === undefined || options[name] === undefined) continue;
    checks.refuse(name, options[name], {
      reason: 'is a property of the integration, but `integration` has its own',
      remedy: 'set it where the integration is made',
    });
  }
}

const PREDEFINED = ['$connect', '$disconnect', '$default'];

/** The predefined route that a key without a $ may have been meant for. */
export function predefinedFor(key: string): string | undefined {
  return PREDEFINED.find((predefined) => predefined === `$${key.toLowerCase()}`);
}

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function routeKeyFault(key: string): Fault | undefined {
  const remedy = 'name the value of the selection expression that selects the route, for example "sendMessage"';
  if (typeof key !== 'string') return { reason: 'is not a string', remedy };
  if (Token.isUnresolved(key)) return { reason: 'is not known before deployment', remedy };
  if (key === '') return { reason: 'is empty', remedy };
  if (key.startsWith('$') && !PREDEFINED.includes(key)) {
    const [bare, meant] = [key.replace(/^\$+/, ''), nearest(key, PREDEFINED)];
    return {
      reason: 'is not a predefined route, and the $ prefix is reserved for those',
      remedy: meant === undefined
        ? `use $connect, $disconnect or $default${bare && `, or drop the $ ("${bare}")`}`
        : `did you mean \`${meant}\`?`,
    };
  }
  if (key !== key.trim() || /\p{Cc}/u.test(key)) {
    return { reason: 'has white space around it or a control character in it', remedy: 'remove it' };
  }
  return undefined;
}
