import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketJwtAuthorizerOptions, WebsocketService, WebsocketTokenSource } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { bundleOf, quickStack, warnings } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': 'export const connect = async () => ({}); export const foo = connect;' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const FOO = { foo: { handler: 'src/messages.foo' } };
const ISSUER = { issuer: 'https://login.example.com/', audience: ['chat'] };

function service(options: Partial<WebsocketJwtAuthorizerOptions> = {}, defaults?: WebsocketFunctionOptions, routes: object = FOO): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { ...routes },
    authorizer: ConnectAuthorizer.jwt({ ...ISSUER, ...options }),
    apiKeySelectionExpression: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY,
    defaults,
  });
}

function authorizerFunction(chat: WebsocketService): lambda.Function {
  return chat.node.findChild('AuthorizerFunction') as lambda.Function;
}

function resource(construct: lambda.Function): Record<string, unknown> {
  return Template.fromStack(stack).findResources('AWS::Lambda::Function')[stack.getLogicalId(construct.node.defaultChild as lambda.CfnFunction)]
    .Properties as Record<string, unknown>;
}

function variables(chat: WebsocketService): unknown {
  return (resource(authorizerFunction(chat)).Environment as { Variables: unknown }).Variables;
}

describe('the function', () => {
  test('is the authorizer of the API, and may be invoked by it alone', () => {
    // WHEN
    const chat = service();

    // THEN
    const template = Template.fromStack(stack);
    const fn = stack.resolve(authorizerFunction(chat).functionArn);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      Name: 'Authorizer',
      AuthorizerUri: { 'Fn::Join': ['', Match.arrayWith([fn, '/invocations'])] },
    });
    template.resourcePropertiesCountIs('AWS::Lambda::Permission', { FunctionName: fn }, 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: fn, SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/authorizers/', { Ref: Match.stringLikeRegexp('Authorizer') }])] },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
    template.resourceCountIs('AWS::IAM::Policy', 1);
    expect(warnings(stack)).toEqual([]);
  });

  test('is one file, whatever bundling options the app has', () => {
    // WHEN
    const chat = service();

    // THEN
    const [[name, text]] = Object.entries(bundleOf((stack.node.root as App).synth(), authorizerFunction(chat)));
    expect(name).toBe('index.js');
    expect(text).toContain('JWT_ISSUER');
    expect(text).not.toMatch(/require\("(?!(node:)?(crypto|https|stream|util)")/);
  });

  test('has the runtime of handlers, and 10 seconds for the first token', () => {
    expect(resource(authorizerFunction(service()))).toMatchObject({ Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 10 });
  });

  test('has its own settings over the defaults, but nothing of bundling', () => {
    // WHEN
    const chat = service(
      { memorySize: 256, environment: { LEVEL: 'own' } },
      {
        memorySize: 512,
        timeout: Duration.seconds(5),
        runtime: lambda.Runtime.NODEJS_22_X,
        bundling: { minify: false },
        projectRoot: '.',
        environment: { LEVEL: 'all', TABLE: 'talks' },
      },
    );

    // THEN
    expect(resource(authorizerFunction(chat))).toMatchObject({ MemorySize: 256, Timeout: 5, Runtime: 'nodejs22.x' });
    expect(variables(chat)).toMatchObject({ LEVEL: 'own', TABLE: 'talks' });
  });

  test('does not take from variables of handlers what the options leave open', () => {
    // WHEN
    const taken = { JWT_JWKS_URI: 'https://evil.example.com', JWT_ISSUER: 'x', COGNITO_USER_POOL_ID: 'x', JWT_SCOPES: 'x' };
    const chat = service({}, { environment: { ...taken, TABLE: 'talks' } });

    // THEN
    expect(variables(chat)).toEqual({
      JWT_ISSUER: ISSUER.issuer, JWT_AUDIENCE: 'chat', JWT_TOKEN_SOURCES: 'querystring:token', TABLE: 'talks',
    });
  });

  test('fails for a runtime that is not Node.js', () => {
    const routes = { foo: { function: lambda.Function.fromFunctionName(stack, 'F', 'f') } };
    expect(() => service({}, { runtime: lambda.Runtime.PYTHON_3_13 }, routes)).toThrow(new Error(
      'Stack/Chat: defaults.runtime: "python3.13" is not a Node.js runtime, and the service makes a function of its own from it; '
      + 'set it where the functions in that language are made',
    ));
  });

  test('fails for a variable of its own', () => {
    expect(() => service({ environment: { JWT_SCOPES: 'read' } })).toThrow(new Error(
      'Stack/Chat: authorizer.environment: "JWT_SCOPES" is a variable by which the service sets up this function; '
      + 'use the option of the authorizer that it is for',
    ));
  });
});

describe('options', () => {
  test('become variables', () => {
    const chat = service({ scopes: ['read', 'write'], principalClaim: 'email', usageIdentifierClaim: 'plan', authorizerName: 'Tokens' });

    expect(variables(chat)).toMatchObject({
      JWT_SCOPES: 'read write', JWT_PRINCIPAL_CLAIM: 'email', JWT_USAGE_IDENTIFIER_CLAIM: 'plan',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { Name: 'Tokens' });
  });

  test('may be known at deployment only', () => {
    const list = new CfnParameter(stack, 'Scopes', { type: 'CommaDelimitedList' }).valueAsList;

    expect(variables(service({ scopes: list }))).toMatchObject({ JWT_SCOPES: { 'Fn::Join': [' ', { Ref: 'Scopes' }] } });
  });

  const EMPTY = 'is empty, so that nobody could connect';
  const SOURCE = "use WebsocketTokenSource.queryString('token')";
  test.each<[string, object, string]>([
    ['no scope', { scopes: [] }, 'scopes: [] is empty; name a scope, or leave `scopes` out'],
    ['an empty scope', { scopes: ['read', ''] }, 'scopes: "" is not a name; name a scope, or leave `scopes` out'],
    ['two scopes in one', { scopes: ['read write'] }, 'scopes: "read write" has white space in it; give each name as an element of its own'],
    ['scopes as text', { scopes: 'read' }, 'scopes: "read" is not a list; name a scope, or leave `scopes` out'],
    ['an empty claim', { principalClaim: '' }, 'principalClaim: "" is not the name of a claim; name one, or leave it out'],
    ['another claim', { usageIdentifierClaim: 7 }, "usageIdentifierClaim: 7 is not a string; use 'sub'"],
    ['a timeout in seconds', { timeout: 7 }, 'timeout: 7 is not a Duration; use Duration.seconds(30)'],
    ['no source', { tokenSources: [] }, `tokenSources: [] ${EMPTY}; use [WebsocketTokenSource.queryString('token')]`],
    ['one source', { tokenSources: WebsocketTokenSource.cookie('a') },
      "tokenSources: WebsocketTokenSource { place, name } is not a list; use [WebsocketTokenSource.queryString('token')]"],
    ['text as source', { tokenSources: ['token'] }, `tokenSources: "token" is not a WebsocketTokenSource; ${SOURCE}`],
    ['two subprotocols', { tokenSources: [WebsocketTokenSource.subprotocol('a'), WebsocketTokenSource.subprotocol('b')] },
      'tokenSources: ["a","b"] are several subprotocols, and `$connect` selects one; let all clients offer the same'],
  ])('fail: %s', (_kind, options, message) => {
    expect(() => service(options)).toThrow(new Error(`Stack/Chat: authorizer.${message}`));
  });
});
