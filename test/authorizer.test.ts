import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketIamAuthorizer, WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketServiceRoute, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack, warnings } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});',
    'src/messages.ts': 'export const connect = async () => ({}); export const foo = connect;',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const CONNECT = { $connect: { handler: 'src/messages.connect' } };
const FOO = { foo: { handler: 'src/messages.foo' } };
const MOCK = { IntegrationType: 'MOCK' };

function service(
  authorizer?: ConnectAuthorizer, routes: Record<string, WebsocketServiceRoute> = CONNECT, defaults?: WebsocketFunctionOptions,
): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes, authorizer, defaults });
}

function arn(chat: WebsocketService, rest: string): unknown {
  return stack.resolve(`arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/${rest}`);
}

function authorizerId(): string {
  return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Authorizer'))[0];
}

function invocationUri(fn: lambda.IFunction): unknown {
  return stack.resolve(`arn:${stack.partition}:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${fn.functionArn}/invocations`);
}

describe('an authorizer guards $connect and nothing else', () => {
  const IAM = { AuthorizationType: 'AWS_IAM', AuthorizerId: Match.absent() };
  const CUSTOM = { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: Match.stringLikeRegexp('Auth') } };
  const fn = () => inlineFunction(stack, 'Fn');
  const kinds: Array<[string, () => ConnectAuthorizer, object]> = [
    ['a handler', () => ConnectAuthorizer.handler('src/auth.authorize'), CUSTOM],
    ['a function', () => ConnectAuthorizer.function(fn()), CUSTOM],
    ['IAM', () => ConnectAuthorizer.iam(), IAM],
    ['an authorizer of aws-cdk-lib', () => ConnectAuthorizer.custom(new WebSocketLambdaAuthorizer('Auth', fn())), CUSTOM],
    ['an authorizer of aws-cdk-lib without a function', () => ConnectAuthorizer.custom(new WebSocketIamAuthorizer()), IAM],
    [
      'an authorizer of your own',
      () => ConnectAuthorizer.custom({ bind: () => ({ authorizationType: 'CUSTOM', authorizerId: 'own' }) }),
      { AuthorizationType: 'CUSTOM', AuthorizerId: 'own' },
    ],
  ];

  test.each(kinds)('%s', (_kind, authorizer, expected) => {
    // WHEN
    service(authorizer(), { ...CONNECT, ...FOO });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', ...expected });
    const [foo] = Object.values(template.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey: 'foo' } }));
    expect([foo.Properties.AuthorizerId, foo.Properties.AuthorizationType ?? 'NONE']).toEqual([undefined, 'NONE']);
    template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Integration', MOCK, 0);
    expect(warnings(stack)).toEqual([]);
  });

  test.each(kinds)('%s, on a $connect route that is made for it', (_kind, authorizer, expected) => {
    // WHEN
    const chat = service(authorizer(), FOO);

    // THEN
    const template = Template.fromStack(stack);
    const [mock] = Object.keys(template.findResources('AWS::ApiGatewayV2::Integration', { Properties: MOCK }));
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$connect',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: mock }]] },
      ...expected,
    });
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 2);
    expect(chat.route('$connect').routeKey).toBe('$connect');
  });
});

describe('a handler', () => {
  test('is a function with an authorizer of the API and one permission, that of this authorizer', () => {
    // WHEN
    const chat = service(ConnectAuthorizer.handler('src/auth.authorize'), FOO);

    // THEN
    const template = Template.fromStack(stack);
    const [fn] = Object.keys(template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.authorize' } }));
    const [authorizer] = Object.values(template.findResources('AWS::ApiGatewayV2::Authorizer'));
    expect(authorizer.Properties).toEqual({
      ApiId: stack.resolve(chat.api.apiId),
      AuthorizerType: 'REQUEST',
      AuthorizerUri: expect.anything(),
      Name: 'Authorizer',
      IdentitySource: [],
    });
    expect(JSON.stringify(authorizer.Properties.AuthorizerUri)).toContain(`{"Fn::GetAtt":["${fn}","Arn"]},"/invocations"`);
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'))
      .filter(({ Properties }) => Properties.FunctionName['Fn::GetAtt'][0] === fn);
    expect(permissions.map(({ Properties }) => Properties)).toEqual([{
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [fn, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': ['', [
          'arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':',
          stack.resolve(chat.api.apiId), '/authorizers/', { Ref: authorizerId() },
        ]],
      },
    }]);
  });

  test('has the settings of its own, over the defaults', () => {
    // WHEN
    const authorizer = ConnectAuthorizer.handler('src/auth.authorize', { memorySize: 128, environment: { KEY: 'own' } });
    service(authorizer, FOO, { memorySize: 512, environment: { KEY: 'all', TABLE: 'talks' } });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.authorize', MemorySize: 128 });
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.foo', MemorySize: 512 });
    const [fn] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.authorize' } }));
    expect(fn.Properties.Environment.Variables).toEqual({ KEY: 'own', TABLE: 'talks' });
  });

  test('gets neither the callback URL nor the grant', () => {
    // WHEN
    service(ConnectAuthorizer.handler('src/auth.authorize'), FOO);

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.authorize', Environment: Match.absent() });
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('messages.*foo') }] });
  });

  test('may be the target of routes as well: one function with both permissions', () => {
    // WHEN
    const chat = service(ConnectAuthorizer.handler('./src/messages.ts.connect'), { ...CONNECT, bar: CONNECT.$connect });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 2);
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: arn(chat, 'dev/*') });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/authorizers/', { Ref: authorizerId() }])] },
    });
  });

  test('fails if it is the target of a route with other settings', () => {
    const authorizer = ConnectAuthorizer.handler('src/messages.connect', { memorySize: 1024 });
    expect(() => service(authorizer)).toThrow(new Error(
      'Stack/Chat: authorizer.handler: "src/messages.connect" is also routes["$connect"].handler, with another `memorySize`, '
      + 'and one handler is one function; give both the same settings, put them into `defaults`, or export the handler under a second name',
    ));
  });

  test.each<[string, string]>([
    ['src/auth', '"src/auth" names no export; write path/to/file.export, for example "src/auth.handler"'],
    ['src.authorize', '"src.authorize" names the folder "src"; name a file in it, for example "src/index.authorize"'],
  ])('fails for %s', (handler, message) => {
    expect(() => service(ConnectAuthorizer.handler(handler))).toThrow(new Error(`Stack/Chat: authorizer.handler: ${message}`));
  });
});

describe('a function', () => {
  test('gets an authorizer of the API and one permission, that of this authorizer', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    service(ConnectAuthorizer.function(fn), FOO);

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { AuthorizerUri: invocationUri(fn) });
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', {
      FunctionName: stack.resolve(fn.functionArn),
      SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/authorizers/', { Ref: authorizerId() }])] },
    }, 1);
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { FunctionName: stack.resolve(fn.functionArn) }, 1);
  });

  test('gets neither the callback URL nor the grant', () => {
    // WHEN
    service(ConnectAuthorizer.function(inlineFunction(stack, 'Fn')), FOO);

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.handler', Environment: Match.absent() });
    template.resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('may be the target of routes as well', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    const chat = service(ConnectAuthorizer.function(fn), { $connect: { function: fn }, foo: { function: fn } });

    // THEN
    const template = Template.fromStack(stack);
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { FunctionName: stack.resolve(fn.functionArn) }, 2);
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: arn(chat, 'dev/*') });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { WEBSOCKET_CALLBACK_URL: Match.anyValue() } } });
  });

  test('may be an alias', () => {
    // GIVEN
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: inlineFunction(stack, 'Fn').currentVersion });

    // WHEN
    service(ConnectAuthorizer.function(alias), FOO);

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { AuthorizerUri: invocationUri(alias) });
    template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: stack.resolve(alias.functionArn) });
  });

  test('warns if it is imported and CDK makes no permission', () => {
    // GIVEN
    const fn = lambda.Function.fromFunctionArn(stack, 'Imported', 'arn:aws:lambda:eu-west-1:123456789012:function:auth');

    // WHEN
    service(ConnectAuthorizer.function(fn), FOO);

    // THEN
    expect(warnings(stack).filter((warning) => warning.startsWith('/Stack/Chat'))).toEqual([
      '/Stack/Chat: API Gateway may not invoke Stack/Imported: CDK makes no permission for this imported function. Once the API exists, '
      + 'run: aws lambda add-permission --function-name arn:aws:lambda:eu-west-1:123456789012:function:auth --statement-id StackChatB7C274CF-authorizer '
      + '--action lambda:InvokeFunction --principal apigateway.amazonaws.com '
      + '--source-arn \'arn:aws:execute-api:<region>:<account>:<api id>/authorizers/<authorizer id>\' '
      + '[ack: cdk-websocket-service:permissionNotMade]',
    ]);
  });

  test('of another stack, imported into the same account, gets its permission', () => {
    // GIVEN
    const fn = lambda.Function.fromFunctionAttributes(stack, 'Imported', {
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:auth',
      sameEnvironment: true,
    });

    // WHEN
    service(ConnectAuthorizer.function(fn), FOO);

    // THEN
    expect(warnings(stack)).toEqual([]);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:auth',
    });
  });
});

describe('a service open to the public', () => {
  test.each<[string, Record<string, WebsocketServiceRoute>]>([
    ['with a $connect route', CONNECT],
    ['without a $connect route', FOO],
  ])('warns %s', (_case, routes) => {
    // WHEN
    service(undefined, routes);

    // THEN
    expect(warnings(stack)).toEqual([
      '/Stack/Chat: anyone may connect: give `authorizer`, or `ConnectAuthorizer.none()` if that is intended '
      + '[ack: cdk-websocket-service:openToPublic]',
    ]);
  });

  test('is what none() says: no warning, no authorizer, no route of ours', () => {
    // WHEN
    service(ConnectAuthorizer.none(), FOO);

    // THEN
    expect(warnings(stack)).toEqual([]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
  });
});
