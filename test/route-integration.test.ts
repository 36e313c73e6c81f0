import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, RouteIntegration, WebsocketServiceRoute, WebsocketService } from '../lib';
import { inlineFunction, quickStack, warnings } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function service(routes: { [key: string]: WebsocketServiceRoute }, id = 'Chat'): WebsocketService {
  return new WebsocketService(stack, id, { routes, authorizer: ConnectAuthorizer.none() });
}

const queue = () => new sqs.Queue(stack, 'Queue');

function targets(): unknown[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.Target);
}

describe('in a WebsocketService', () => {
  test('routes with one integration share it, with its role and its response, below a construct of its own', () => {
    // GIVEN
    const integration = RouteIntegration.sqs(queue());

    // WHEN
    const chat = service({ b: { integration }, a: { integration } });

    // THEN
    const template = Template.fromStack(stack);
    for (const type of ['AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::IntegrationResponse', 'AWS::IAM::Role', 'AWS::IAM::Policy']) {
      template.resourceCountIs(type, 1);
    }
    const [id] = Object.keys(template.findResources('AWS::ApiGatewayV2::Integration'));
    expect(targets()).toEqual([1, 2].map(() => ({ 'Fn::Join': ['', ['integrations/', { Ref: id }]] })));
    expect(chat.node.findChild('Integration-a').node.children.map(({ node }) => node.id)).toEqual(['Role', 'Integration', 'Response-$default']);
    expect(warnings(stack)).toEqual([]);
  });

  test('a function that it invokes is permitted for the stages of the service, and for no other', () => {
    // WHEN
    const chat = new WebsocketService(stack, 'Chat', {
      routes: { ask: { integration: RouteIntegration.lambda(inlineFunction(stack, 'Fn')) } },
      authorizer: ConnectAuthorizer.none(),
      additionalStages: { beta: {} },
    });

    // THEN
    const sources = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties.SourceArn);
    expect(sources).toEqual(['dev', 'beta'].map((stageName) => stack.resolve(
      `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.apiId}/${stageName}/*`,
    )));
  });

  test('two integrations of one queue are two, each with its own role', () => {
    // GIVEN
    const shared = queue();

    // WHEN
    service({ a: { integration: RouteIntegration.sqs(shared) }, b: { integration: RouteIntegration.sqs(shared) } });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 2);
  });

  test('one integration may serve two services', () => {
    // GIVEN
    const integration = RouteIntegration.ping();

    // WHEN
    const apis = ['One', 'Two'].map((id) => service({ ping: { integration, returnResponse: true } }, id).api);

    // THEN
    const template = Template.fromStack(stack);
    for (const { apiId } of apis) template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Integration', { ApiId: stack.resolve(apiId) }, 1);
  });

  test('a two-way route has its response', () => {
    // WHEN
    service({ ping: { integration: RouteIntegration.ping(), returnResponse: true } });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', { RouteResponseKey: '$default' });
  });

  test('addRoute accepts one too', () => {
    // WHEN
    service({ ping: { integration: RouteIntegration.ping() } }).addRoute('store', { integration: RouteIntegration.sqs(queue()) });

    // THEN
    expect(targets()).toHaveLength(2);
  });

  test('what is wrong with its options is an error', () => {
    expect(() => service({ ask: { integration: RouteIntegration.http('example.com') } })).toThrow(new Error(
      'Stack/Chat: routes["ask"].integration.url: "example.com" is not an http or https URL; '
      + 'write "https://<host>/<path>"; ${stageVariables.<name>} may replace anything after https://',
    ));
  });
});

describe('in any WebSocketApi', () => {
  let api: WebSocketApi;
  beforeEach(() => {
    api = new WebSocketApi(stack, 'Api');
    new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'dev', autoDeploy: true });
  });

  test('routes with one integration share it, below the first of them', () => {
    // GIVEN
    const integration = RouteIntegration.sqs(queue());

    // WHEN
    for (const key of ['a', 'b']) api.addRoute(key, { integration });

    // THEN
    const [first, second] = targets();
    expect(first).toEqual(second);
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    expect(stack.node.tryFindChild('Api')!.node.findAll().map(({ node }) => node.path)).toContain('Stack/Api/a-Route/Integration/Role');
  });

  test('what is wrong with its options is an error', () => {
    expect(() => api.addRoute('a', { integration: RouteIntegration.http('example.com') })).toThrow(new Error(
      'Stack/Api/a-Route/Integration: integration.url: "example.com" is not an http or https URL; '
      + 'write "https://<host>/<path>"; ${stageVariables.<name>} may replace anything after https://',
    ));
  });

  test('another API has its own', () => {
    // GIVEN
    const integration = RouteIntegration.ping();

    // WHEN
    for (const to of [api, new WebSocketApi(stack, 'Other')]) to.addRoute('a', { integration });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
  });

  test('cannot be bound by another construct', () => {
    const route = api.addRoute('a', { integration: RouteIntegration.ping() });
    expect(() => RouteIntegration.ping().bind({ route, scope: stack })).toThrow(new Error(
      'Stack/Api/a-Route: a RouteIntegration is bound by its route; pass it as `integration` of a route',
    ));
  });
});

describe('the target', () => {
  const names = Object.getOwnPropertyNames(RouteIntegration).filter((name) => !['length', 'name', 'prototype'].includes(name));

  const make = (factory: string, target: unknown) => {
    const options = { source: 'chat', attributes: { a: 'b' }, aliases: [] };
    (RouteIntegration as unknown as Record<string, (target: unknown, options: object) => RouteIntegration>)[factory](target, options)._check(stack, 'integration');
  };

  test.each<[string, string, string]>([
    ['sqs', 'queue', "is not an SQS queue; use sqs.Queue.fromQueueArn(this, 'Imported', arn) for an ARN"],
    ['sns', 'topic', "is not an SNS topic; use sns.Topic.fromTopicArn(this, 'Imported', arn) for an ARN"],
    ['eventBridge', 'bus', "is not an event bus; use events.EventBus.fromEventBusArn(this, 'Imported', arn) for an ARN"],
    ['stepFunctions', 'machine', "is not a state machine; use sfn.StateMachine.fromStateMachineArn(this, 'Imported', arn) for an ARN"],
    ['dynamoDbPut', 'table', "is not a DynamoDB table; use dynamodb.Table.fromTableArn(this, 'Imported', arn) for an ARN"],
    ['kinesis', 'stream', "is not a Kinesis stream; use kinesis.Stream.fromStreamArn(this, 'Imported', arn) for an ARN"],
    ['lambda', 'fn', "is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN"],
    ['lambdaAlias', 'fn', "is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN"],
  ])('%s refuses an ARN instead of its target, and a missing one', (factory, option, message) => {
    expect(() => make(factory, 'arn:aws:any')).toThrow(new Error(`Stack: integration.${option}: "arn:aws:any" ${message}`));
    stack = quickStack();
    expect(() => make(factory, undefined)).toThrow(new Error(`Stack: integration.${option}: (not set) ${message}`));
  });

  test.each(['http', 'httpProxy'])('%s rejects a URL that is not a string', (factory) => {
    expect(() => make(factory, new URL('https://example.com'))).toThrow(new Error(
      "Stack: integration.url: URL {} is not a string; use 'https://example.com'",
    ));
  });

  test.each(names.filter((name) => !['aws', 'mock', 'ping'].includes(name)))('%s checks it', (factory) => {
    expect(() => make(factory, 5)).toThrow(/^Stack: integration\.\w+: 5 is not /);
  });

  test('one service is not another', () => {
    expect(() => make('sns', new sqs.Queue(stack, 'Queue'))).toThrow('integration.topic: Stack/Queue is not an SNS topic');
  });
});
