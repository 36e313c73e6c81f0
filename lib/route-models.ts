import { Token } from 'aws-cdk-lib';
import { WebsocketModel } from './model';
import { Checks } from './private/checks/checks';
import { BOOLEAN, Kind, OBJECT, STRING, withMember } from './private/checks/kind';
import { Fault } from './private/problem';
import { ModelUse, RouteModelsPlan } from './private/routes/model-resources';

/**
 * The options of a route about the shape of messages, parameters and responses.
 *
 * @internal
 */
export interface WebsocketRouteModelOptions {
  /**
   * The model that every message of the route must match. API Gateway responds to other messages with the frame `Invalid request body` and
   * does not invoke the target. Short for `requestModels: { $default: ... }`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
   * @default - messages are not validated
   */
  readonly requestModel?: WebsocketModel;

  /**
   * Models by the value of `modelSelectionExpression`; `$default` is for all other values. A message without a model is rejected.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
   * @default - messages are not validated
   */
  readonly requestModels?: { [key: string]: WebsocketModel };

  /**
   * The part of a message that selects its model: `$request.body.<path>`, or text with `${request.body.<path>}` in it.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - the model `$default` for every message
   */
  readonly modelSelectionExpression?: string;

  /**
   * Parameters of the `$connect` request (`route.request.querystring.<name>`, `route.request.header.<name>`), and whether each is required.
   *
   * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
   * @default - no parameters are declared
   */
  readonly requestParameters?: { [name: string]: boolean };

  /**
   * Models of the response of a two-way route, usually `$default`. They document the API: API Gateway does not validate responses.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-routeresponse.html
   * @default - the response is not documented
   */
  readonly responseModels?: { [key: string]: WebsocketModel };

  /**
   * Parameters of the response of a two-way route, and whether each is always present.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-routeresponse.html
   * @default - no parameters are declared
   */
  readonly responseParameters?: { [name: string]: boolean };

  /**
   * The name of the operation for generated clients, in 1 to 64 characters.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-route.html
   * @default - the operation has no name
   */
  readonly operationName?: string;
}

const MODEL = withMember(
  'a WebsocketModel', '_define', "WebsocketModel.fromSchema({ type: 'object' }), or WebsocketModel.fromFile('schemas/send-message.json')",
);
const MODELS: Kind = { ...OBJECT, example: '{ $default: model }' };
const PARAMETERS: Kind = { ...OBJECT, example: "{ 'route.request.querystring.token': true }" };
const REQUIRED: Kind = { ...BOOLEAN, example: 'true for a parameter that must be there' };
const OPERATION: Kind = { ...STRING, example: "'SendMessage'" };
const EXPRESSION: Kind = { ...STRING, example: "'$request.body.type'" };

/** Selects the model `$default`. The backslash makes the expression literal text: `$default` alone would be a variable. */
const ALWAYS_DEFAULT = '\\$default';

export function planRouteModels(
  checks: Checks, routeKey: string, options: WebsocketRouteModelOptions, returnResponse?: boolean,
): RouteModelsPlan {
  checkKinds(checks, options);
  checks.length('operationName', options.operationName, 1, 64);
  checkRequest(checks, routeKey, options);
  checkRequestParameters(checks, routeKey, options);
  checkResponse(checks, options, returnResponse);

  const { requestModel, modelSelectionExpression, requestParameters, responseParameters, operationName } = options;
  const requestModels = requestModel
    ? [modelUse(checks.of('requestModel'), '$default', requestModel)]
    : modelUses(checks.of('requestModels'), options.requestModels);
  return {
    requestModels,
    // Without an expression API Gateway checks nothing.
    modelSelectionExpression: modelSelectionExpression ?? (requestModels.length > 0 ? ALWAYS_DEFAULT : undefined),
    requestParameters,
    responseModels: modelUses(checks.of('responseModels'), options.responseModels),
    responseParameters,
    operationName,
  };
}

function modelUses(checks: Checks, models: { [key: string]: WebsocketModel } = {}): ModelUse[] {
  return Object.entries(models).filter(([, model]) => model !== undefined)
    .map(([key, model]) => modelUse(checks.of(`["${key}"]`), key, model));
}

function modelUse(checks: Checks, key: string, model: WebsocketModel): ModelUse {
  checks.required('', model, MODEL);
  return { property: checks.property, key, definition: model._define(checks) };
}

function checkKinds(checks: Checks, options: WebsocketRouteModelOptions): void {
  checks.kind('requestModel', options.requestModel, MODEL);
  checks.kind('requestModels', options.requestModels, MODELS);
  checks.kind('modelSelectionExpression', options.modelSelectionExpression, EXPRESSION);
  checks.kind('requestParameters', options.requestParameters, PARAMETERS);
  checks.kind('responseModels', options.responseModels, MODELS);
  checks.kind('responseParameters', options.responseParameters, PARAMETERS);
  checks.kind('operationName', options.operationName, OPERATION);
  for (const name of ['requestParameters', 'responseParameters'] as const) {
    for (const [parameter, required] of Object.entries(options[name] ?? {})) {
      if (!Token.isUnresolved(required)) checks.required(`${name}["${parameter}"]`, required, REQUIRED);
    }
  }
}

function checkRequest(checks: Checks, routeKey: string, options: WebsocketRouteModelOptions): void {
  const { requestModel, requestModels, modelSelectionExpression: expression } = options;
  const keys = Object.entries(requestModels ?? {}).flatMap(([key, model]) => model === undefined ? [] : [key]);
  const given = (['requestModel', 'requestModels', 'modelSelectionExpression'] as const).find((name) => options[name] !== undefined);
  if (given && (routeKey === '$connect' || routeKey === '$disconnect')) {
    checks.refuse(given, routeKey, {
      reason: 'has no messages that a model could describe',
      remedy: routeKey === '$connect' ? 'declare what the handshake must have as `requestParameters`' : 'leave it out',
    });
  }
  if (requestModel && requestModels) {
    checks.refuse('requestModel', keys, { reason: 'are the keys of `requestModels`, which is given too', remedy: 'keep one of them' });
  }
  if (requestModels && keys.length === 0) {
    checks.refuse('requestModels', requestModels, { reason: 'has no model', remedy: 'leave it out, or give { $default: model }' });
  }
  if (expression !== undefined && !requestModel && !requestModels) {
    checks.refuse('modelSelectionExpression', expression, { reason: 'has no models to select from', remedy: 'give `requestModels`' });
  }
  if (expression === undefined && keys.some((key) => key !== '$default')) {
    checks.refuse('requestModels', keys, {
      reason: 'are keys that nothing selects', remedy: 'give `modelSelectionExpression`, for example $request.body.type',
    });
  }
  checks.that('modelSelectionExpression', expression, selectionExpressionFault);
}

function checkRequestParameters(checks: Checks, routeKey: string, options: WebsocketRouteModelOptions): void {
  const names = Object.keys(options.requestParameters ?? {});
  if (options.requestParameters !== undefined && routeKey !== '$connect') {
    checks.refuse('requestParameters', names, {
      reason: 'are parameters of a handshake, and only $connect has one',
      remedy: 'declare them on $connect; `requestModel` describes what a message must have',
    });
  }
  for (const name of names) checks.that('requestParameters', name, requestParameterFault);
}

function checkResponse(checks: Checks, options: WebsocketRouteModelOptions, returnResponse?: boolean): void {
  for (const name of ['responseModels', 'responseParameters'] as const) {
    const value = options[name];
    if (value === undefined || returnResponse) continue;
    checks.refuse(name, Object.keys(value), {
      reason: 'describe a response, but the route sends none', remedy: 'set `returnResponse: true`, or leave them out',
    });
  }
}

const REQUEST_PARAMETER = /^route\.request\.(?:header|querystring)\.[^\s$]+$/;

/** Spellings of a parameter in REST APIs and selection expressions, and short forms. */
const OTHER_SPELLING = /^(?:\$?(?:route\.|method\.)?request\.)?(header|querystring)\.([^\s$]+)$/;

/**
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
 */
export function requestParameterFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || REQUEST_PARAMETER.test(name)) return undefined;
  const [, kind, rest] = OTHER_SPELLING.exec(name) ?? [];
  if (kind) return { reason: 'is not the form that WebSocket APIs require', remedy: `write "route.request.${kind}.${rest}"` };
  return { reason: 'is not a parameter of a handshake', remedy: 'use route.request.querystring.<name> or route.request.header.<name>' };
}

/** `request.body` and the JSONPath of a value in it: `.action`, `.meta.kind`, `.items[0].type`, `['my key']`. */
const BODY_PATH = /^request\.body(?=[.[])[^\s${}[]*(?:\[[^${}]+\][^\s${}]*)?(?<!\.)$/;

const SELECTION_REMEDY = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

/**
 * For routes and for models.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function selectionExpressionFault(expression: string): Fault | undefined {
  if (Token.isUnresolved(expression)) return undefined;
  if (expression.trim() === '') return { reason: 'is empty', remedy: SELECTION_REMEDY };
  if (BODY_PATH.test(expression)) return { reason: 'is literal text without its $', remedy: `write "$${expression}"` };
  if (expression.startsWith('$') && !expression.startsWith('${')) return variableFault(expression.slice(1));

  const variables = [...expression.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]);
  const literal = expression.replace(/\$\{[^}]*\}/g, '').replace(/\\\$/g, '');
  if (literal.includes('$')) {
    return { reason: 'has a $ that does not begin a ${variable}', remedy: `${SELECTION_REMEDY}; a literal $ is written \\$` };
  }
  return variables.map(variableFault).find((fault) => fault !== undefined);
}

function variableFault(variable: string): Fault | undefined {
  if (BODY_PATH.test(variable)) return undefined;
  const root = variable.match(/^(request\.(header|querystring|path)|context|stageVariables)\b/)?.[1];
  if (root) {
    return { reason: `selects by ${root}, but a message is routed by its body alone`, remedy: SELECTION_REMEDY };
  }
  return { reason: `does not name a value in the body ("${variable}")`, remedy: SELECTION_REMEDY };
}
