import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketAwsIntegration, WebSocketLambdaIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { FLAG_SETS } from '../_helpers/flags';
import { inlineFunction, quickStack, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/lifecycle.ts': 'export const connect = async () => ({}); export const disconnect = connect;',
    'src/messages.ts': 'export const fallback = async () => ({}); export const foo = fallback;',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(routes: Record<string, WebsocketServiceRoute>, id = 'Chat'): WebsocketService {
  return new WebsocketService(stack, id, { routes, authorizer: ConnectAuthorizer.none() });
}

function integrationsByRoute(): Record<string, string> {
  const routes = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Route'));
  return Object.fromEntries(routes.map(({ Properties }) => [Properties.RouteKey, Properties.Target['Fn::Join'][1][1].Ref]));
}

function sourceArn(chat: WebsocketService, rest: string): unknown {
  return stack.resolve(`arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/${rest}`);
}

const SERVICE: Record<string, WebsocketServiceRoute> = {
  $connect: { handler: 'src/lifecycle.connect' },
  $disconnect: { handler: './src/lifecycle.ts.connect' },
  $default: { handler: 'src/messages.fallback' },
  foo: { handler: 'src/messages.foo', returnResponse: true },
};

describe.each(FLAG_SETS)('a service %s', (_name, context) => {
  beforeEach(() => { stack = quickStack(context); });

  test('has one function, integration and permission for each handler, and a route for each key', () => {
    // WHEN
    service(SERVICE);

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 4);
    template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
    for (const type of ['AWS::Lambda::Function', 'AWS::ApiGatewayV2::Integration', 'AWS::Lambda::Permission', 'AWS::IAM::Role']) {
      template.resourceCountIs(type, 3);
    }
    const integrations = integrationsByRoute();
    expect(integrations.$connect).toBe(integrations.$disconnect);
    expect(new Set(Object.values(integrations)).size).toBe(3);
  });

  test('permits API Gateway to invoke each function for this API and stage, on all routes', () => {
    // WHEN
    const chat = service(SERVICE);

    // THEN
    const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties)).toEqual(['$connect', '$default', 'foo'].map((key) => ({
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.resolve(chat.function(key).functionArn),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sourceArn(chat, 'dev/*'),
    })));
  });

  test('gives each function the callback URL and what it needs to use it, and nothing more', () => {
    // WHEN
    const chat = service(SERVICE);

    // THEN
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          WEBSOCKET_CALLBACK_URL: stack.resolve(chat.callbackUrl),
          WEBSOCKET_CALLBACK_URLS: stack.resolve(`{"dev":"${chat.callbackUrl}"}`),
        },
      },
    });
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(policies).toHaveLength(3);
    for (const { Properties } of policies) {
      expect(Properties.PolicyDocument.Statement).toEqual([{
        Action: 'execute-api:ManageConnections',
        Effect: 'Allow',
        Resource: sourceArn(chat, 'dev/*/@connections/*'),
      }]);
    }
    expect(warnings(stack)).toEqual([]);
  });

  test('is deployed on every change, to a stage of this API', () => {
    // WHEN
    const chat = service(SERVICE);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      ApiId: stack.resolve(chat.api.apiId), AutoDeploy: true, StageName: 'dev',
    });
    expect(chat.stage.stageName).toBe('dev');
  });
});

test('url and callbackUrl are built of the API, never of the stage', () => {
  // WHEN
  const chat = service(SERVICE);

  // THEN
  const rest = [stack.resolve(chat.api.apiId), '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/dev'];
  expect(stack.resolve(chat.url)).toEqual({ 'Fn::Join': ['', ['wss://', ...rest]] });
  expect(stack.resolve(chat.callbackUrl)).toEqual({ 'Fn::Join': ['', ['https://', ...rest]] });
});

describe('a function target', () => {
  test('has one integration and one permission, the grant and the callback URL, for all its routes', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    const chat = service({ a: { function: fn }, b: { function: fn }, c: { function: fn, returnResponse: true } });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: stack.resolve(fn.functionArn), SourceArn: sourceArn(chat, 'dev/*'),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: stack.resolve(chat.callbackUrl) } },
    });
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [stack.resolve(fn.role!.roleName)] });
    expect(chat.function('b')).toBe(fn);
  });

  test('may be an alias: it is what is invoked and permitted, its role gets the grant, its function the URL', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });

    // WHEN
    const chat = service({ a: { function: alias } });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: stack.resolve(alias.functionArn) });
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationUri: { 'Fn::Join': ['', Match.arrayWith([stack.resolve(alias.functionArn), '/invocations'])] },
    });
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [stack.resolve(fn.role!.roleName)] });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: stack.resolve(chat.callbackUrl) } },
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('and its alias are two targets', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion });

    // WHEN
    service({ a: { function: alias }, b: { function: fn } });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 2);
    expect(new Set(Object.values(integrationsByRoute())).size).toBe(2);
  });

  test('that has a callback URL of its own keeps it, with a warning', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn', { environment: { WEBSOCKET_CALLBACK_URL: 'https://example.com' } });

    // WHEN
    service({ a: { function: fn } });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: 'https://example.com' } },
    });
    expect(warnings(stack)).toEqual([kept('Chat')]);
  });

  test('of two services has both permissions and grants, and the URL of the first, with a warning', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    const [chat, talk] = ['Chat', 'Talk'].map((id) => service({ a: { function: fn } }, id));

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
    for (const each of [chat, talk]) template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: sourceArn(each, 'dev/*') });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const statements: Array<{ Resource: unknown }> = policy.Properties.PolicyDocument.Statement;
    const resources = statements.flatMap(({ Resource }) => Resource);
    expect(resources).toEqual([chat, talk].map((each) => sourceArn(each, 'dev/*/@connections/*')));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: stack.resolve(chat.callbackUrl) } },
    });
    const talks = kept('Talk').replace('WEBSOCKET_CALLBACK_URL', 'WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS').replace('is not that', 'are not those');
    expect(warnings(stack)).toEqual([talks]);
  });

  function kept(id: string): string {
    return `/Stack/${id}: Stack/Fn keeps the WEBSOCKET_CALLBACK_URL that it has, which is not that of this service. Take the URL from the event `
      + '(requestContext.domainName and stage), or set `callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlKept]';
  }
});

describe('an integration target', () => {
  test('may be a Lambda integration that several routes share: one integration, a permission for each route', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const shared = new WebSocketLambdaIntegration('Shared', fn);

    // WHEN
    const chat = service({ b: { integration: shared }, a: { integration: shared } });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
    for (const key of ['a', 'b']) template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: sourceArn(chat, `*${key}`) });
    expect(new Set(Object.values(integrationsByRoute())).size).toBe(1);
  });

  test('gets neither the callback URL nor the grant: its function is not ours to change', () => {
    // WHEN
    service({ a: { integration: new WebSocketLambdaIntegration('Own', inlineFunction(stack, 'Fn')) } });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('may be a mock, and one of a service of AWS', () => {
    // WHEN
    service({
      a: { integration: new WebSocketMockIntegration('Mock', { requestTemplates: { 'application/json': '{"statusCode":200}' } }) },
      b: {
        integration: new WebSocketAwsIntegration('Put', {
          integrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
          integrationMethod: 'POST',
          passthroughBehavior: PassthroughBehavior.NEVER,
        }),
      },
    });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode":200}' },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS',
      IntegrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
      IntegrationMethod: 'POST',
      PassthroughBehavior: 'NEVER',
    });
  });
});

test('the same handler in two services is two functions', () => {
  // WHEN
  service({ a: { handler: 'src/messages.foo' } });
  service({ a: { handler: 'src/messages.foo' } }, 'Talk');

  // THEN
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
});

test('fails for one handler with unequal settings', () => {
  expect(() => service({
    a: { handler: 'src/messages.foo', memorySize: 256, environment: { A: 'b' } },
    b: { handler: './src/messages.foo', memorySize: 512 },
  })).toThrow(new Error(
    'Stack/Chat: routes["b"].handler: "src/messages.foo" is also routes["a"].handler, with another `memorySize` and `environment`, '
    + 'and one handler is one function; give both the same settings, put them into `defaults`, or export the handler under a second name',
  ));
});
