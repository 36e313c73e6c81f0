import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnModel, WebSocketApi, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { ModelDefinition, modelNameFault, modelNameFrom, ModelResources, ModelUse, RouteModelsPlan } from '../../../lib/private/routes/model-resources';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;
let home: Construct;
let api: WebSocketApi;
let models: ModelResources;

beforeEach(() => {
  stack = quickStack();
  home = new Construct(stack, 'Chat');
  api = new WebSocketApi(home, 'Api');
  models = new ModelResources(home, api);
});

function route(routeKey: string, returnResponse = false): WebSocketRoute {
  return new WebSocketRoute(home, `Route-${routeKey}`, {
    webSocketApi: api, routeKey, returnResponse, integration: new WebSocketMockIntegration('Mock'),
  });
}

const plan = (rest: Partial<RouteModelsPlan>): RouteModelsPlan => ({ requestModels: [], responseModels: [], ...rest });
const use = (key: string, definition: ModelDefinition, property = 'a'): ModelUse => ({ property, key, definition });
const definition = (rest: Partial<ModelDefinition> = {}): ModelDefinition => ({ schema: { type: 'object' }, contentType: 'application/json', ...rest });

/** Name and number of users of each model. */
function made(): Record<string, number> {
  const resources = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string; Properties: { Name: string } }>);
  const users = resources.flatMap(([, resource]) => (resource as { DependsOn?: string[] }).DependsOn ?? []);
  return Object.fromEntries(resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Model')
    .map(([id, { Properties }]) => [Properties.Name, users.filter((used) => used === id).length]));
}

test('a route names its model and waits for it', () => {
  // WHEN
  models.apply(route('send'), plan({
    requestModels: [use('$default', definition({ modelName: 'Text', description: 'what is said' }))], modelSelectionExpression: '\\$default',
  }));

  // THEN
  const template = Template.fromStack(stack);
  const [logicalId] = Object.keys(template.findResources('AWS::ApiGatewayV2::Model', {
    Properties: {
      ApiId: { Ref: stack.getLogicalId(api.node.defaultChild as never) },
      Name: 'Text',
      Description: 'what is said',
      ContentType: 'application/json',
      Schema: { type: 'object' },
    },
  }));
  template.hasResource('AWS::ApiGatewayV2::Route', {
    Properties: { RouteKey: 'send', RequestModels: { $default: 'Text' }, ModelSelectionExpression: '\\$default' },
    DependsOn: [logicalId],
  });
  expect(home.node.tryFindChild('Model-Text')).toBeDefined();
});

test('a route without models has none of the properties', () => {
  // WHEN
  models.apply(route('send', true), plan({}));

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::Model', 0);
  expect(Object.keys(Object.values(template.findResources('AWS::ApiGatewayV2::Route'))[0].Properties).sort())
    .toEqual(['ApiId', 'AuthorizationType', 'RouteKey', 'RouteResponseSelectionExpression', 'Target']);
});

test('parameters and the name of the operation', () => {
  // WHEN
  models.apply(route('$connect', true), plan({
    requestParameters: { 'route.request.querystring.token': true, 'route.request.header.X-Client': false },
    responseParameters: { 'route.response.header.X-Server': true },
    operationName: 'Connect',
  }));

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
    RequestParameters: { 'route.request.querystring.token': { Required: true }, 'route.request.header.X-Client': { Required: false } },
    OperationName: 'Connect',
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', {
    ResponseParameters: { 'route.response.header.X-Server': { Required: true } },
  });
});

test('a model is one resource for all its routes, of requests and of responses', () => {
  // GIVEN
  const shared = definition();

  // WHEN
  models.apply(route('answer', true), plan({ responseModels: [use('$default', shared)] }));
  models.apply(route('send'), plan({ requestModels: [use('$default', shared), use('text', shared)] }));

  // THEN
  expect(made()).toEqual({ AnswerResponse: 2 });
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', { ResponseModels: { $default: 'AnswerResponse' } });
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', {
    RequestModels: { $default: 'AnswerResponse', text: 'AnswerResponse' },
  });
});

test('names come from the model, else from the schema, else from the route and the key', () => {
  // WHEN
  models.apply(route('chat/send'), plan({
    requestModels: [
      use('$default', definition({ modelName: 'Mine', suggestedName: 'Its' })),
      use('one', definition({ suggestedName: 'Its' })),
      use('two', definition()),
    ],
  }));
  models.apply(route('$default'), plan({ requestModels: [use('$default', definition())] }));

  // THEN
  expect(made()).toEqual({ Mine: 1, Its: 1, ChatSendTwo: 1, Default: 1 });
});

test('the order of the keys in the map changes no name', () => {
  // GIVEN
  const shared = definition();

  // WHEN
  models.apply(route('send'), plan({ requestModels: [use('b', shared), use('a', shared)] }));

  // THEN
  expect(made()).toEqual({ SendA: 1 });
});

test('a model that exists is a name, however often it is named', () => {
  // WHEN
  models.apply(route('a'), plan({ requestModels: [use('$default', { modelName: 'Text' })] }));
  models.apply(route('b'), plan({ requestModels: [use('$default', { modelName: 'Text' })] }));

  // THEN
  expect(made()).toEqual({});
  Template.fromStack(stack).allResourcesProperties('AWS::ApiGatewayV2::Route', { RequestModels: { $default: 'Text' } });
});

test.each<[string, ModelDefinition, ModelDefinition]>([
  ['two names', definition({ modelName: 'Text' }), definition({ modelName: 'Text' })],
  ['a title and a name', definition({ suggestedName: 'Text' }), definition({ modelName: 'Text' })],
  ['one that exists', { modelName: 'Text' }, definition({ modelName: 'Text' })],
  ['one that exists, named later', definition({ modelName: 'Text' }), { modelName: 'Text' }],
])('fails for two models of one name: %s', (_, first, second) => {
  models.apply(route('a'), plan({ requestModels: [use('$default', first, 'routes["a"].requestModel')] }));

  expect(() => models.apply(route('b'), plan({ requestModels: [use('$default', second, 'routes["b"].requestModel')] }))).toThrow(new Error(
    'Stack/Chat: routes["b"].requestModel: "Text" is also the name of the model of routes["a"].requestModel, and names of '
    + 'models are unique in an API; give one of them another `modelName`, or use one WebsocketModel for both',
  ));
});

test('fails for a model of which no name can be made', () => {
  const { requestModels } = plan({ requestModels: [use('$default', definition(), 'routes["送信"].requestModel')] });

  expect(() => models.apply(route('送信'), plan({ requestModels }))).toThrow(new Error(
    'Stack/Chat: routes["送信"].requestModel: { type } has no name, and the route key has no letters or digits to make a name from; '
    + 'give the model a `modelName`',
  ));
});

describe('of another construct with the same API', () => {
  const ofApi = new Map<string, CfnModel>();
  let other: Construct;

  beforeEach(() => {
    ofApi.clear();
    new ModelResources(home, api, ofApi).apply(route('a'), plan({ requestModels: [use('$default', definition({ modelName: 'Text' }))] }));
    other = new Construct(stack, 'More');
  });

  test('a model is not made a second time', () => {
    const second = new ModelResources(other, api, ofApi);

    expect(() => second.apply(route('b'), plan({ requestModels: [use('$default', definition({ modelName: 'Text' }), 'routes["b"].requestModel')] })))
      .toThrow(new Error(
        'Stack/More: routes["b"].requestModel: "Text" is the name of a model of Stack/Chat, which has the same API; '
        + 'use WebsocketModel.existing("Text") for that one, or give this one another `modelName`',
      ));
  });

  test('a model can be named, and the route waits for it', () => {
    // WHEN
    new ModelResources(other, api, ofApi).apply(route('b'), plan({ requestModels: [use('$default', { modelName: 'Text' })] }));

    // THEN
    expect(made()).toEqual({ Text: 2 });
  });

  test('a route in another stack waits for the API only', () => {
    // GIVEN
    const guest = new Stack(stack.node.root as App, 'Guest');
    const there = new WebSocketRoute(guest, 'Route', { webSocketApi: api, routeKey: 'c', integration: new WebSocketMockIntegration('Mock') });

    // WHEN
    new ModelResources(guest, api, ofApi).apply(there, plan({ requestModels: [use('$default', { modelName: 'Text' })] }));

    // THEN
    const [{ DependsOn }] = Object.values(Template.fromStack(guest).findResources('AWS::ApiGatewayV2::Route'));
    expect(DependsOn).toBeUndefined();
  });
});

describe('names', () => {
  test.each([
    [['send-message'], 'SendMessage'],
    [['sendMessage'], 'SendMessage'],
    [['A message, 2nd edition'], 'AMessage2ndEdition'],
    [['chat/join', 'text'], 'ChatJoinText'],
    [['$default', ''], 'Default'],
    [['x'.repeat(200)], `X${'x'.repeat(127)}`],
    [['送信', ''], undefined],
  ])('a name of %j', (texts, name) => {
    expect(modelNameFrom(...texts)).toBe(name);
  });

  test.each(['A', '1', 'SendMessage', 'x'.repeat(128)])('legal: %s', (name) => {
    expect(modelNameFault(name)).toBeUndefined();
  });

  test.each([
    ['send-message', ', for example "SendMessage"'],
    ['', ''],
    ['ä', ''],
    ['x'.repeat(129), `, for example "X${'x'.repeat(127)}"`],
  ])('refused: %s', (name, example) => {
    expect(modelNameFault(name)).toEqual({ reason: 'is not a legal name of a model', remedy: `use 1 to 128 letters and digits${example}` });
  });
});
