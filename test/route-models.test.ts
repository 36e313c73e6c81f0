import { Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketModel, WebsocketService } from '../lib';
import { inlineFunction, quickStack } from './_helpers/quick-app';
import { requestParameterFault, selectionExpressionFault, WebsocketRouteModelOptions } from '../lib/route-models';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function service(routeKey: string, options: WebsocketRouteModelOptions, returnResponse?: boolean): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { [routeKey]: { function: inlineFunction(stack, 'Fn'), returnResponse, ...options } }, authorizer: ConnectAuthorizer.none(),
  });
}

function hasRoute(properties: object): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', properties);
}

const text = WebsocketModel.fromSchema({ title: 'text' });
const image = WebsocketModel.fromSchema({ title: 'image' });

test('requestModel checks every message: the expression is the literal $default', () => {
  service('send', { requestModel: text });

  hasRoute({ RequestModels: { $default: 'Text' }, ModelSelectionExpression: '\\$default' });
});

test('requestModels without an expression are $default alone', () => {
  service('send', { requestModels: { $default: text } });

  hasRoute({ RequestModels: { $default: 'Text' }, ModelSelectionExpression: '\\$default' });
});

test('requestModels are selected by modelSelectionExpression', () => {
  service('send', { requestModels: { image, text, $default: text }, modelSelectionExpression: '$request.body.type' });

  hasRoute({ RequestModels: { image: 'Image', text: 'Text', $default: 'Text' }, ModelSelectionExpression: '$request.body.type' });
});

test('modelSelectionExpression may go with requestModel, and be a token', () => {
  service('send', { requestModel: text, modelSelectionExpression: Lazy.string({ produce: () => '$request.body.type' }) });

  hasRoute({ RequestModels: { $default: 'Text' }, ModelSelectionExpression: '$request.body.type' });
});

test('requestParameters of $connect', () => {
  service('$connect', { requestParameters: { 'route.request.querystring.token': true, 'route.request.header.X-Client': false } });

  hasRoute({
    RequestParameters: { 'route.request.querystring.token': { Required: true }, 'route.request.header.X-Client': { Required: false } },
  });
});

test('responseModels and responseParameters of a two-way route', () => {
  service('send', { responseModels: { $default: text }, responseParameters: { 'route.response.header.X-Server': false } }, true);

  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', {
    ResponseModels: { $default: 'Text' }, ResponseParameters: { 'route.response.header.X-Server': { Required: false } },
  });
});

test('operationName', () => {
  service('send', { operationName: 'SendMessage' });

  hasRoute({ OperationName: 'SendMessage' });
});

test('a model without a name is named after its first route, whatever the order of the map', () => {
  // GIVEN
  const requestModel = WebsocketModel.fromSchema({});
  const fn = inlineFunction(stack, 'Fn');

  // WHEN
  const chat = new WebsocketService(stack, 'Chat', {
    routes: { b: { function: fn, requestModel }, a: { function: fn, requestModel } }, authorizer: ConnectAuthorizer.none(),
  });
  chat.addRoute('0', { function: fn, requestModel });

  // THEN
  Template.fromStack(stack).resourcePropertiesCountIs('AWS::ApiGatewayV2::Route', { RequestModels: { $default: 'A' } }, 3);
  expect(chat.node.tryFindChild('Model-A')).toBeDefined();
});

const MODEL = "is not a WebsocketModel; use WebsocketModel.fromSchema({ type: 'object' }), or WebsocketModel.fromFile('schemas/send-message.json')";
const EXPRESSION = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

test.each<[string, string, WebsocketRouteModelOptions, string]>([
  ['both', 'send', { requestModel: text, requestModels: { text } },
    'requestModel: ["text"] are the keys of `requestModels`, which is given too; keep one of them'],
  ['no models', 'send', { requestModels: {} }, 'requestModels: {} has no model; leave it out, or give { $default: model }'],
  ['a model that is undefined', 'send', { requestModels: { $default: undefined as never } },
    'requestModels: { $default } has no model; leave it out, or give { $default: model }'],
  ['nothing that selects', 'send', { requestModels: { text, $default: text } },
    'requestModels: ["text","$default"] are keys that nothing selects; give `modelSelectionExpression`, for example $request.body.type'],
  ['nothing to select', 'send', { modelSelectionExpression: '$request.body.type' },
    'modelSelectionExpression: "$request.body.type" has no models to select from; give `requestModels`'],
  ['another grammar', 'send', { requestModels: { text }, modelSelectionExpression: '$type' },
    `modelSelectionExpression: "$type" does not name a value in the body ("type"); ${EXPRESSION}`],
  ['a model of $connect', '$connect', { requestModel: text },
    'requestModel: "$connect" has no messages that a model could describe; declare what the handshake must have as `requestParameters`'],
  ['models of $disconnect', '$disconnect', { requestModels: { $default: text } },
    'requestModels: "$disconnect" has no messages that a model could describe; leave it out'],
  ['an expression of $disconnect', '$disconnect', { modelSelectionExpression: '$request.body.type' },
    'modelSelectionExpression: "$disconnect" has no messages that a model could describe; leave it out'],
  ['parameters of a message', 'send', { requestParameters: { 'route.request.header.X-Client': true } },
    'requestParameters: ["route.request.header.X-Client"] are parameters of a handshake, and only $connect has one; '
    + 'declare them on $connect; `requestModel` describes what a message must have'],
  ['a parameter of REST APIs', '$connect', { requestParameters: { 'method.request.querystring.token': true } },
    'requestParameters: "method.request.querystring.token" is not the form that WebSocket APIs require; write "route.request.querystring.token"'],
  ['models of no response', 'send', { responseModels: { $default: text } },
    'responseModels: ["$default"] describe a response, but the route sends none; set `returnResponse: true`, or leave them out'],
  ['parameters of no response', 'send', { responseParameters: { a: true, b: true } },
    'responseParameters: ["a","b"] describe a response, but the route sends none; set `returnResponse: true`, or leave them out'],
  ['no name of an operation', 'send', { operationName: '' }, 'operationName: "" has 0 characters; use 1 to 64'],
  ['a long name of an operation', 'send', { operationName: 'x'.repeat(65) }, `operationName: "${'x'.repeat(65)}" has 65 characters; use 1 to 64`],
])('fails for %s', (_, routeKey, options, message) => {
  expect(() => service(routeKey, options)).toThrow(new Error(`Stack/Chat: routes["${routeKey}"].${message}`));
});

test.each<[string, object, string]>([
  ['requestModel', { requestModel: { type: 'object' } }, `requestModel: { type } ${MODEL}`],
  ['requestModels', { requestModels: [text] }, 'requestModels: [WebsocketModel { source, definition }] is not an object; use { $default: model }'],
  ['a request model', { requestModels: { $default: 'Text' } }, `requestModels["$default"]: "Text" ${MODEL}`],
  ['modelSelectionExpression', { modelSelectionExpression: 1 }, 'modelSelectionExpression: 1 is not a string; use \'$request.body.type\''],
  ['requestParameters', { requestParameters: ['a'] },
    'requestParameters: ["a"] is not an object; use { \'route.request.querystring.token\': true }'],
  ['a request parameter', { requestParameters: { a: 'true' } },
    'requestParameters["a"]: "true" is not a boolean; use true for a parameter that must be there'],
  ['responseModels', { responseModels: 'Text' }, 'responseModels: "Text" is not an object; use { $default: model }'],
  ['a response model', { responseModels: { $default: null } }, `responseModels["$default"]: null ${MODEL}`],
  ['a response parameter', { responseParameters: { a: {} } },
    'responseParameters["a"]: {} is not a boolean; use true for a parameter that must be there'],
  ['operationName', { operationName: 1 }, 'operationName: 1 is not a string; use \'SendMessage\''],
])('fails for another kind of value: %s', (_, options, message) => {
  expect(() => service('send', options as WebsocketRouteModelOptions, true)).toThrow(new Error(`Stack/Chat: routes["send"].${message}`));
});

describe('names of request parameters', () => {
  test.each(['route.request.querystring.token', 'route.request.header.X-Client', Lazy.string({ produce: () => '?' })])('legal: %s', (name) => {
    expect(requestParameterFault(name)).toBeUndefined();
  });

  test.each([
    ['method.request.querystring.token', 'route.request.querystring.token'],
    ['request.header.X-Client', 'route.request.header.X-Client'],
    ['$request.header.X-Client', 'route.request.header.X-Client'],
    ['querystring.token', 'route.request.querystring.token'],
  ])('%s is nearly right', (name, right) => {
    expect(requestParameterFault(name)).toEqual({ reason: 'is not the form that WebSocket APIs require', remedy: `write "${right}"` });
  });

  test.each(['token', 'route.request.body.token', 'route.request.path.token', 'route.request.header.', ''])('%j is refused', (name) => {
    expect(requestParameterFault(name)).toEqual({
      reason: 'is not a parameter of a handshake', remedy: 'use route.request.querystring.<name> or route.request.header.<name>',
    });
  });
});

describe('selection expressions', () => {
  const remedy = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

  test.each([
    ['one value', '$request.body.action'],
    ['a value further down', '$request.body.meta.kind'],
    ['a value in a list', '$request.body.items[0].type'],
    ['a list at the top', '$request.body[0]'],
    ['a key in quotes', "$request.body['action']"],
    ['a key with a space', "$request.body['my key']"],
    ['a key with a space further down', "$request.body.meta['my key'].kind"],
    ['a key with a hyphen', '$request.body.x-action'],
    ['a filter with an index', '$request.body.items[?(@.a[0] == 1)].type'],
    ['one value, wrapped', '${request.body.action}'],
    ['several values with text between them', '${request.body.service}/${request.body.action}'],
    ['text around a value', 'v1-${request.body.action}-x'],
    ['a key with a space, wrapped', "${request.body['my key']}"],
    ['text alone', 'messages'],
    ['an escaped $', '\\$default'],
    ['an escaped $ beside a value', '\\$${request.body.action}'],
  ])('legal: %s', (_, expression) => {
    expect(selectionExpressionFault(expression)).toBeUndefined();
  });

  test('a token is let through', () => {
    expect(selectionExpressionFault(Lazy.string({ produce: () => '$wrong' }))).toBeUndefined();
  });

  test.each(['', ' ', '\n'])('%j is refused as empty', (expression) => {
    expect(selectionExpressionFault(expression)).toEqual({ reason: 'is empty', remedy });
  });

  test('a forgotten $ is refused', () => {
    expect(selectionExpressionFault('request.body.action')).toEqual({
      reason: 'is literal text without its $', remedy: 'write "$request.body.action"',
    });
  });

  test.each([
    ['$request.header.Action', 'request.header'],
    ['$request.querystring.action', 'request.querystring'],
    ['$request.path.action', 'request.path'],
    ['$context.routeKey', 'context'],
    ['$stageVariables.action', 'stageVariables'],
    ['${context.stage}', 'context'],
    ['${request.body.action}-${request.header.Action}', 'request.header'],
  ])('%s is refused: only the body counts', (expression, root) => {
    expect(selectionExpressionFault(expression)).toEqual({ reason: `selects by ${root}, but a message is routed by its body alone`, remedy });
  });

  test.each([
    ['$action', 'action'],
    ['$request', 'request'],
    ['$request.body', 'request.body'],
    ['$request.body.', 'request.body.'],
    ['$request.body.action.', 'request.body.action.'],
    ['$request.body[', 'request.body['],
    ['$request.body[]', 'request.body[]'],
    ['$request.body["a', 'request.body["a'],
    ['$request.bodyaction', 'request.bodyaction'],
    ['$request.Body.action', 'request.Body.action'],
    ['$request.body.my key', 'request.body.my key'],
    ['$request.body.action ', 'request.body.action '],
    ['$request.body.a$request.body.b', 'request.body.a$request.body.b'],
    ['$request.body.{a}', 'request.body.{a}'],
    ['$contextual.a', 'contextual.a'],
    ['$', ''],
    ['${}', ''],
    ['${action}', 'action'],
    ['${request.body.action}/${request.body}', 'request.body'],
  ])('%s is refused: it names nothing in the body', (expression, variable) => {
    expect(selectionExpressionFault(expression)).toEqual({ reason: `does not name a value in the body ("${variable}")`, remedy });
  });

  test.each([
    'a$b', 'x/$request.body.action', ' $request.body.action', '${request.body.action', '${request.body.action}/$request.body.b', '${request.body.a}$',
  ])('%s is refused: a stray $', (expression) => {
    expect(selectionExpressionFault(expression)).toEqual({
      reason: 'has a $ that does not begin a ${variable}',
      remedy: `${remedy}; a literal $ is written \\$`,
    });
  });
});
