import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as apigwv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { invocationUri } from '../../../lib/private/routes/invocation';
import { makeConnectMock, RouteIntegrations, SharedIntegration } from '../../../lib/private/routes/route-integrations';
import { ServiceAddress } from '../../../lib/private/service-address';
import { inlineFunction, quickStack, warnings } from '../../_helpers/quick-app';
import { permissionCommand } from '../_helpers/permission-command';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:imported';

let stack: Stack;
let scope: Construct;
let api: apigwv2.WebSocketApi;
let integrations: RouteIntegrations;

beforeEach(() => {
  stack = quickStack();
  scope = new Construct(stack, 'Chat');
  api = new apigwv2.WebSocketApi(stack, 'Api');
  integrations = new RouteIntegrations(scope, api, address('dev'));
});

function address(...stageNames: string[]): ServiceAddress {
  return new ServiceAddress(scope, { apiId: api.apiId, stageNames });
}

function route(routeKey: string, integration: apigwv2.WebSocketRouteIntegration): void {
  new apigwv2.WebSocketRoute(stack, `Route-${routeKey}`, { webSocketApi: api, routeKey, integration });
}

function targets(): unknown[] {
  const routes = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Route'));
  return [...new Set(routes.map(({ Properties }) => JSON.stringify(Properties.Target)))];
}

describe('the integration of a function', () => {
  test('is one for all routes, with one permission for the stage, both below the home that is given', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    for (const key of ['a', 'b', 'c']) route(key, integrations.forFunction(fn, () => fn, key, {}));

    // THEN
    const template = Template.fromStack(stack);
    const [permission] = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permission.Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.resolve(fn.functionArn),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: stack.resolve(`arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${api.apiId}/dev/*`),
    });
    const [integration] = Object.values(template.findResources('AWS::ApiGatewayV2::Integration'));
    expect(integration.Properties).toEqual({
      ApiId: stack.resolve(api.apiId),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: stack.resolve(invocationUri(scope, fn)),
    });
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    expect(targets()).toHaveLength(1);
    expect(fn.node.tryFindChild('Integration')).toBeInstanceOf(apigwv2.WebSocketIntegration);
    expect(fn.node.tryFindChild('RoutePermission')).toBeInstanceOf(lambda.CfnPermission);
  });

  test('is known afterwards', () => {
    const fn = inlineFunction(stack, 'Fn');
    expect(integrations.has(fn)).toBe(false);
    integrations.forFunction(fn, () => fn, 'a', {});
    expect(integrations.has(fn)).toBe(true);
  });

  test('asks for a home once only', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const homes: Construct[] = [];
    const home = () => homes[homes.push(new Construct(scope, `Home${homes.length}`)) - 1];

    // WHEN
    for (const key of ['a', 'b']) integrations.forFunction(fn, home, key, {});

    // THEN
    expect(homes).toHaveLength(1);
  });

  test('of two functions are two', () => {
    // WHEN
    for (const id of ['A', 'B']) {
      const fn = inlineFunction(stack, id);
      route(id, integrations.forFunction(fn, () => fn, id, {}));
    }

    // THEN
    expect(targets()).toHaveLength(2);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 2);
  });

  test('fails for a second route that wants another', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    integrations.forFunction(fn, () => fn, 'a', { contentHandling: apigwv2.ContentHandling.CONVERT_TO_TEXT });

    // THEN
    expect(() => integrations.forFunction(fn, () => fn, 'b', {})).toThrow(new Error(
      'Stack/Chat: routes["b"].contentHandling: (not set) differs from that of routes["a"], which invokes the same function, '
      + 'and one function has one integration; give both routes the same value, or let them invoke two functions',
    ));
  });
});

describe('several stages', () => {
  const source = (stageName: string): unknown => stack.resolve(
    `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${api.apiId}/${stageName}/*`,
  );

  beforeEach(() => { integrations = new RouteIntegrations(scope, api, address('dev', 'beta')); });

  test('are each permitted to invoke a function, the first by the permission that it had alone', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    integrations.forFunction(fn, () => fn, 'a', {});

    // THEN
    const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties.SourceArn)).toEqual([source('dev'), source('beta')]);
    expect(['RoutePermission', 'RoutePermission-beta'].map((id) => fn.node.tryFindChild(id) instanceof lambda.CfnPermission)).toEqual([true, true]);
  });

  test('are each a command for an imported function', () => {
    // WHEN
    integrations.forFunction(lambda.Function.fromFunctionArn(stack, 'Imported', ARN), () => new Construct(scope, 'Home'), 'a', {});

    // THEN
    const sources = warnings(stack).map((warning) => /--statement-id (\S+) .*--source-arn '([^']+)'/.exec(warning)?.slice(1));
    expect(sources).toEqual([
      ['StackChatB7C274CF-routes', 'arn:aws:execute-api:<region>:<account>:<api id>/dev/*'],
      ['StackChatB7C274CF-routes-beta', 'arn:aws:execute-api:<region>:<account>:<api id>/beta/*'],
    ]);
  });
});

describe('an imported function', () => {
  const SOURCE = 'arn:aws:execute-api:<region>:<account>:<api id>/dev/*';
  const ours = () => warnings(stack).filter((warning) => warning.startsWith('/Stack/Chat'));

  test.each<[string, () => lambda.IFunction]>([
    ['fromFunctionArn', () => lambda.Function.fromFunctionArn(stack, 'Imported', ARN)],
    ['skipPermissions', () => lambda.Function.fromFunctionAttributes(stack, 'Imported', { functionArn: ARN, skipPermissions: true })],
  ])('for which CDK makes no permission (%s) is a warning', (_how, make) => {
    // GIVEN
    const fn = make();

    // WHEN
    integrations.forFunction(fn, () => new Construct(scope, 'Home'), 'a', {});
    integrations.forFunction(fn, () => new Construct(scope, 'Home'), 'b', {});

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 0);
    expect(ours()).toEqual([permissionCommand('Stack/Imported', ARN, 'routes', SOURCE)]);
  });

  test('of the same environment has its permission', () => {
    // GIVEN
    const fn = lambda.Function.fromFunctionAttributes(stack, 'Imported', { functionArn: ARN, sameEnvironment: true });

    // WHEN
    integrations.forFunction(fn, () => new Construct(scope, 'Home'), 'a', {});

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', { FunctionName: ARN });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('an integration of the user', () => {
  test('is one for all its routes, and permits each of them', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const shared = new WebSocketLambdaIntegration('Shared', fn);

    // WHEN
    for (const key of ['a', 'b']) route(key, integrations.forIntegration(shared, key, scope));

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    expect(targets()).toHaveLength(1);
    const sources = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => JSON.stringify(Properties.SourceArn));
    expect(sources.sort()).toEqual(['a', 'b'].map((key) => JSON.stringify(
      stack.resolve(`arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${api.apiId}/*${key}`),
    )));
  });

  test('keeps every property that aws-cdk-lib would give it', () => {
    // GIVEN
    class Everything extends apigwv2.WebSocketRouteIntegration {
      public bind(): apigwv2.WebSocketRouteIntegrationConfig {
        return {
          type: apigwv2.WebSocketIntegrationType.AWS,
          uri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
          method: 'POST',
          contentHandling: apigwv2.ContentHandling.CONVERT_TO_TEXT,
          requestParameters: { 'integration.request.header.A': '\'b\'' },
          requestTemplates: { 'application/json': '{}' },
          templateSelectionExpression: '\\$default',
          passthroughBehavior: apigwv2.PassthroughBehavior.NEVER,
        };
      }
    }

    // WHEN
    route('ours', integrations.forIntegration(new Everything('Everything'), 'ours', scope));
    route('theirs', new Everything('Everything'));

    // THEN
    const [ours, theirs] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Integration'));
    expect(Object.keys(ours.Properties)).toHaveLength(9);
    expect(ours.Properties).toEqual(theirs.Properties);
  });

  test('that is another object is another integration', () => {
    // WHEN
    for (const key of ['a', 'b']) route(key, integrations.forIntegration(new WebSocketMockIntegration('Mock'), key, scope));

    // THEN
    expect(targets()).toHaveLength(2);
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::ApiGatewayV2::Integration', { IntegrationType: 'MOCK' }, 2);
  });

  test('may serve two APIs', () => {
    // GIVEN
    const shared = new WebSocketMockIntegration('Mock');
    const other = new apigwv2.WebSocketApi(stack, 'OtherApi');
    const others = new RouteIntegrations(new Construct(stack, 'Other'), other, address('dev'));

    // WHEN
    route('a', integrations.forIntegration(shared, 'a', scope));
    new apigwv2.WebSocketRoute(stack, 'OtherRoute', { webSocketApi: other, routeKey: 'a', integration: others.forIntegration(shared, 'a', new Construct(stack, 'a')) });

    // THEN
    const template = Template.fromStack(stack);
    for (const { apiId } of [api, other]) {
      template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Integration', { ApiId: stack.resolve(apiId) }, 1);
    }
  });
});

test('two routes without options of the integration can share it, whatever other options they have', () => {
  // GIVEN
  const fn = inlineFunction(stack, 'Fn');

  // WHEN
  const first = integrations.forFunction(fn, () => fn, 'a', { integrationTimeout: undefined });

  // THEN
  expect(integrations.forFunction(fn, () => fn, 'b', {})).toBe(first);
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', { TimeoutInMillis: Match.absent() });
});

describe('SharedIntegration', () => {
  const made = (): apigwv2.WebSocketIntegration => new apigwv2.WebSocketIntegration(stack, 'Integration', {
    webSocketApi: api, integrationType: apigwv2.WebSocketIntegrationType.MOCK, integrationUri: '',
  });

  test('every route targets the integration that exists', () => {
    // GIVEN
    const integration = made();
    const shared = new SharedIntegration(integration);

    // WHEN
    for (const routeKey of ['foo', 'bar']) new apigwv2.WebSocketRoute(stack, routeKey, { webSocketApi: api, routeKey, integration: shared });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Route', {
      Target: stack.resolve(`integrations/${integration.integrationId}`),
    }, 2);
  });

  test('fails to be bound, since nothing is left to make', () => {
    // GIVEN
    const integration = made();

    // THEN
    expect(() => new SharedIntegration(integration).bind()).toThrow(new Error('Stack/Integration is bound already'));
  });
});

test('the mock of $connect responds with 200 to every client', () => {
  // WHEN
  route('$connect', makeConnectMock(stack, api));

  // THEN
  const template = Template.fromStack(stack);
  const [[id, integration]] = Object.entries(template.findResources('AWS::ApiGatewayV2::Integration'));
  expect(integration.Properties).toEqual({
    ApiId: stack.resolve(api.apiId),
    IntegrationType: 'MOCK',
    IntegrationUri: '',
    RequestTemplates: { $default: '{"statusCode":200}' },
    TemplateSelectionExpression: '\\$default',
  });
  const [response] = Object.values(template.findResources('AWS::ApiGatewayV2::IntegrationResponse'));
  expect(response.Properties).toEqual({
    ApiId: stack.resolve(api.apiId),
    IntegrationId: { Ref: id },
    IntegrationResponseKey: '$default',
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { Target: { 'Fn::Join': ['', ['integrations/', { Ref: id }]] } });
});
