import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { WebsocketModel } from './model';
import { BOOLEAN, checkKind, Kind, OBJECT, requireKind, STRING, withMember } from './private/checks/kind';
import { requestParameterComplaint } from './private/checks/request-parameter';
import { selectionExpressionComplaint } from './private/checks/selection-expression';
import { checkLength } from './private/checks/text-length';
import { ModelUse, RouteModelsPlan } from './private/models/route-models';
import { Complaint, problem } from './private/problem';

/**
 * What a route says of messages, parameters and responses.
 *
 * @example
 * service.addRoute('say', {
 *   handler: 'src/messages.say',
 *   requestModel: WebsocketModel.fromFile('schemas/say.json'),
 * });
 */
export interface WebsocketRouteModelOptions {
  /**
   * What every message of the route must look like; API Gateway answers any other with the frame `Invalid request body`, and the
   * target is not invoked. Short for `requestModels: { $default: ... }`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
   * @default - messages are not checked
   */
  readonly requestModel?: WebsocketModel;

  /**
   * Models by what `modelSelectionExpression` gives; `$default` is for all the rest. A message for which there is none is refused.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
   * @default - messages are not checked
   */
  readonly requestModels?: { [key: string]: WebsocketModel };

  /**
   * What in a message selects its model: `$request.body.<path>`, or text with `${request.body.<path>}` in it.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - every message has the model `$default`
   */
  readonly modelSelectionExpression?: string;

  /**
   * What the request of `$connect` has, `route.request.querystring.<name>` or `route.request.header.<name>`, and whether it must.
   *
   * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
   * @default - no parameters are declared
   */
  readonly requestParameters?: { [name: string]: boolean };

  /**
   * Models of the response of a two-way route, `$default` first of all. They describe it, for whoever reads the API: API Gateway checks no
   * responses.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-routeresponse.html
   * @default - the response is not described
   */
  readonly responseModels?: { [key: string]: WebsocketModel };

  /**
   * Parameters of the response of a two-way route, and whether it always has them.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-routeresponse.html
   * @default - no parameters are declared
   */
  readonly responseParameters?: { [name: string]: boolean };

  /**
   * The name of the operation, in 1 to 64 characters: generated clients have it.
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

/** What selects the model if there is but one. The backslash makes it text: `$default` would be a variable. */
const ALWAYS_DEFAULT = '\\$default';

/** What a route says of models, checked; throws what is wrong with it. */
export function planRouteModels(
  scope: Construct, property: string, routeKey: string, options: WebsocketRouteModelOptions, returnResponse?: boolean,
): RouteModelsPlan {
  checkKinds(scope, property, options);
  checkLength(scope, `${property}.operationName`, options.operationName, 1, 64);
  checkRequest(scope, property, routeKey, options);
  checkRequestParameters(scope, property, routeKey, options);
  checkResponse(scope, property, options, returnResponse);

  const { requestModel, modelSelectionExpression, requestParameters, responseParameters, operationName } = options;
  const requestModels = requestModel
    ? [{ property: `${property}.requestModel`, key: '$default', definition: requestModel._define(scope, `${property}.requestModel`) }]
    : modelUses(scope, `${property}.requestModels`, options.requestModels);
  return {
    requestModels,
    // Without an expression API Gateway checks nothing.
    modelSelectionExpression: modelSelectionExpression ?? (requestModels.length > 0 ? ALWAYS_DEFAULT : undefined),
    requestParameters,
    responseModels: modelUses(scope, `${property}.responseModels`, options.responseModels),
    responseParameters,
    operationName,
  };
}

function modelUses(scope: Construct, property: string, models: { [key: string]: WebsocketModel } = {}): ModelUse[] {
  return Object.entries(models).filter(([, model]) => model !== undefined).map(([key, model]) => {
    const place = `${property}["${key}"]`;
    requireKind(scope, place, model, MODEL);
    return { property: place, key, definition: model._define(scope, place) };
  });
}

function checkKinds(scope: Construct, property: string, options: WebsocketRouteModelOptions): void {
  checkKind(scope, `${property}.requestModel`, options.requestModel, MODEL);
  checkKind(scope, `${property}.requestModels`, options.requestModels, MODELS);
  checkKind(scope, `${property}.modelSelectionExpression`, options.modelSelectionExpression, EXPRESSION);
  checkKind(scope, `${property}.requestParameters`, options.requestParameters, PARAMETERS);
  checkKind(scope, `${property}.responseModels`, options.responseModels, MODELS);
  checkKind(scope, `${property}.responseParameters`, options.responseParameters, PARAMETERS);
  checkKind(scope, `${property}.operationName`, options.operationName, OPERATION);
  for (const name of ['requestParameters', 'responseParameters'] as const) {
    for (const [parameter, required] of Object.entries(options[name] ?? {})) {
      if (!Token.isUnresolved(required)) requireKind(scope, `${property}.${name}["${parameter}"]`, required, REQUIRED);
    }
  }
}

function checkRequest(scope: Construct, property: string, routeKey: string, options: WebsocketRouteModelOptions): void {
  const { requestModel, requestModels, modelSelectionExpression: expression } = options;
  const keys = Object.entries(requestModels ?? {}).flatMap(([key, model]) => model === undefined ? [] : [key]);
  const complain = (name: keyof WebsocketRouteModelOptions, value: unknown, complaint: Complaint): Error => (
    problem(scope, `${property}.${name}`, value, complaint));

  const given = (['requestModel', 'requestModels', 'modelSelectionExpression'] as const).find((name) => options[name] !== undefined);
  if (given && (routeKey === '$connect' || routeKey === '$disconnect')) {
    throw complain(given, routeKey, {
      reason: 'has no messages that a model could describe',
      remedy: routeKey === '$connect' ? 'declare what the handshake must have as `requestParameters`' : 'leave it out',
    });
  }
  if (requestModel && requestModels) {
    throw complain('requestModel', keys, { reason: 'are the keys of `requestModels`, which is given too', remedy: 'keep one of them' });
  }
  if (requestModels && keys.length === 0) {
    throw complain('requestModels', requestModels, { reason: 'has no model', remedy: 'leave it out, or give { $default: model }' });
  }
  if (expression !== undefined && !requestModel && !requestModels) {
    throw complain('modelSelectionExpression', expression, { reason: 'selects among no models', remedy: 'give `requestModels`' });
  }
  if (expression === undefined && keys.some((key) => key !== '$default')) {
    throw complain('requestModels', keys, {
      reason: 'are keys among which nothing selects', remedy: 'give `modelSelectionExpression`, for example $request.body.type',
    });
  }
  const complaint = expression === undefined ? undefined : selectionExpressionComplaint(expression);
  if (complaint) throw complain('modelSelectionExpression', expression, complaint);
}

function checkRequestParameters(scope: Construct, property: string, routeKey: string, options: WebsocketRouteModelOptions): void {
  const names = Object.keys(options.requestParameters ?? {});
  if (options.requestParameters !== undefined && routeKey !== '$connect') {
    throw problem(scope, `${property}.requestParameters`, names, {
      reason: 'are parameters of a handshake, and only $connect has one',
      remedy: 'declare them on $connect; what a message must have is said by `requestModel`',
    });
  }
  for (const name of names) {
    const complaint = requestParameterComplaint(name);
    if (complaint) throw problem(scope, `${property}.requestParameters`, name, complaint);
  }
}

function checkResponse(scope: Construct, property: string, options: WebsocketRouteModelOptions, returnResponse?: boolean): void {
  for (const name of ['responseModels', 'responseParameters'] as const) {
    const value = options[name];
    if (value === undefined || returnResponse) continue;
    throw problem(scope, `${property}.${name}`, Object.keys(value), {
      reason: 'are of a response, and the route sends none', remedy: 'set `returnResponse: true`, or leave them out',
    });
  }
}
