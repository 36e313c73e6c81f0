import { CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ConnectAuthorizer, WebsocketAuthorizerFunctionOptions, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';
import { identitySourceFault } from '../lib/authorizer';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});',
    'src/messages.ts': 'export const connect = async () => ({});',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(authorizer?: ConnectAuthorizer): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: { $connect: { handler: 'src/messages.connect' } }, authorizer });
}

describe('identitySource and authorizerName', () => {
  const sources = ['route.request.header.Authorization', 'route.request.querystring.token', 'stageVariables.colour', 'context.stage'];

  test.each<[string, () => ConnectAuthorizer]>([
    ['handler', () => ConnectAuthorizer.handler('src/auth.authorize', { identitySource: sources, authorizerName: 'Gate' })],
    ['function', () => ConnectAuthorizer.function(inlineFunction(stack, 'Fn'), { identitySource: sources, authorizerName: 'Gate' })],
  ])('are those of the authorizer of a %s', (_kind, authorizer) => {
    // WHEN
    service(authorizer());

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { IdentitySource: sources, Name: 'Gate' });
  });

  test('a source that is a token is let through', () => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Given');

    // WHEN
    service(ConnectAuthorizer.handler('src/auth.authorize', { identitySource: [parameter.valueAsString] }));

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { IdentitySource: [{ Ref: 'Given' }] });
  });

  test('a list of sources that is a token is let through', () => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Given', { type: 'CommaDelimitedList' });
    const identitySource = Token.asList(parameter.value);

    // WHEN
    service(ConnectAuthorizer.function(inlineFunction(stack, 'Fn'), { identitySource }));

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { IdentitySource: { Ref: 'Given' } });
  });

  const other = 'is not the form that WebSocket APIs require';
  const anything = 'use route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<name>';
  test.each<[string, string, string]>([
    ['method.request.header.Authorization', other, 'write "route.request.header.Authorization"'],
    ['$request.querystring.token', other, 'write "route.request.querystring.token"'],
    ['$context.stage', other, 'write "context.stage"'],
    ['Authorization', 'is not an identity source', anything],
  ])('fails for the source %s', (source, reason, remedy) => {
    const message = `Stack/Chat: authorizer.identitySource: ${JSON.stringify(source)} ${reason}; ${remedy}`;
    const options = { identitySource: [sources[0], source] };
    expect(() => service(ConnectAuthorizer.handler('src/auth.authorize', options))).toThrow(new Error(message));
    stack = quickStack();
    expect(() => service(ConnectAuthorizer.function(inlineFunction(stack, 'Fn'), options))).toThrow(new Error(message));
  });
});

describe('an authorizer that is not there leaves no open door', () => {
  const FUNCTION = 'is not a Lambda function; use lambda.Function.fromFunctionArn(this, \'Imported\', arn) for an ARN';
  const CUSTOM = 'is not an IWebSocketRouteAuthorizer; use new WebSocketLambdaAuthorizer(\'Authorizer\', fn)';
  const HANDLER = 'is not a string; use \'src/messages.send\'';
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:auth';

  test.each<[string, () => ConnectAuthorizer, string]>([
    ['function(undefined)', () => ConnectAuthorizer.function(undefined as never), `authorizer.function: (not set) ${FUNCTION}`],
    ['function(null)', () => ConnectAuthorizer.function(null as never), `authorizer.function: null ${FUNCTION}`],
    ['function(ARN)', () => ConnectAuthorizer.function(ARN as never), `authorizer.function: "${ARN}" ${FUNCTION}`],
    ['custom(undefined)', () => ConnectAuthorizer.custom(undefined as never), `authorizer.custom: (not set) ${CUSTOM}`],
    ['custom(null)', () => ConnectAuthorizer.custom(null as never), `authorizer.custom: null ${CUSTOM}`],
    ['custom(a function)', () => ConnectAuthorizer.custom(inlineFunction(stack, 'Fn') as never), `authorizer.custom: Stack/Fn ${CUSTOM}`],
    ['handler(undefined)', () => ConnectAuthorizer.handler(undefined as never), `authorizer.handler: (not set) ${HANDLER}`],
    ['handler(null)', () => ConnectAuthorizer.handler(null as never), `authorizer.handler: null ${HANDLER}`],
  ])('fails for %s', (_call, authorizer, message) => {
    const made = authorizer();
    expect(() => service(made)).toThrow(new Error(`Stack/Chat: ${message}`));
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Api', 0);
  });

  const kind = 'is not a ConnectAuthorizer; use ConnectAuthorizer.function(fn), or ConnectAuthorizer.custom(authorizer) for one of aws-cdk-lib';

  test('fails for a function as `authorizer`', () => {
    const authorizer = inlineFunction(stack, 'Fn');
    expect(() => service(authorizer as never)).toThrow(new Error(`Stack/Chat: authorizer: Stack/Fn ${kind}`));
  });

  test('fails for an authorizer of aws-cdk-lib as `authorizer`', () => {
    const authorizer = new WebSocketLambdaAuthorizer('Auth', inlineFunction(stack, 'Fn'));
    expect(() => service(authorizer as never)).toThrow(new Error(
      `Stack/Chat: authorizer: WebSocketLambdaAuthorizer { ${Object.keys(authorizer).join(', ')} } ${kind}`,
    ));
  });

  test.each<[unknown, string]>([
    ['src/auth.authorize', '"src/auth.authorize"'],
    [null, 'null'],
    [{ handler: 'src/auth.authorize' }, '{ handler }'],
  ])('fails for %j as `authorizer`', (authorizer, shown) => {
    expect(() => service(authorizer as never)).toThrow(new Error(`Stack/Chat: authorizer: ${shown} ${kind}`));
  });

  test('fails for an option that an authorizer function does not have', () => {
    const options = { identitySources: ['route.request.querystring.token'] } as WebsocketAuthorizerFunctionOptions;
    const authorizer = ConnectAuthorizer.function(inlineFunction(stack, 'Fn'), options);
    expect(() => service(authorizer)).toThrow(new Error(
      'Stack/Chat: authorizer.identitySources: ["route.request.querystring.token"]: there is no option `identitySources`; did you mean `identitySource`?',
    ));
  });

  test.each<[string, object, string]>([
    ['timeout', { timeout: 30 }, '30 is not a Duration; use Duration.seconds(30)'],
    ['runtime', { runtime: 'nodejs22.x' }, '"nodejs22.x" is not a lambda.Runtime; use lambda.Runtime.NODEJS_24_X'],
  ])('fails for a `%s` of another kind', (name, options, message) => {
    const authorizer = ConnectAuthorizer.handler('src/auth.authorize', options);
    expect(() => service(authorizer)).toThrow(new Error(`Stack/Chat: authorizer.${name}: ${message}`));
  });
});

describe('identity sources', () => {
  test.each([
    'route.request.header.Authorization', 'route.request.header.X-Api-Key', 'route.request.querystring.token', 'stageVariables.tenant',
    'context.identity.sourceIp',
  ])('%s is an identity source', (source) => {
    expect(identitySourceFault(source)).toBeUndefined();
  });

  test('a token is let through', () => {
    expect(identitySourceFault(Lazy.string({ produce: () => 'method.request.header.Auth' }))).toBeUndefined();
  });

  test.each([
    ['REST', 'method.request.header.Auth', 'route.request.header.Auth'],
    ['REST', 'method.request.querystring.token', 'route.request.querystring.token'],
    ['HTTP', '$request.header.Auth', 'route.request.header.Auth'],
    ['HTTP', '$request.querystring.token', 'route.request.querystring.token'],
    ['HTTP', '$context.identity.sourceIp', 'context.identity.sourceIp'],
    ['HTTP', '$stageVariables.tenant', 'stageVariables.tenant'],
    ['a mixed', '$route.request.header.Auth', 'route.request.header.Auth'],
    ['a mixed', '$route.request.querystring.token', 'route.request.querystring.token'],
    ['a short', 'request.header.Auth', 'route.request.header.Auth'],
    ['a short', 'request.querystring.token', 'route.request.querystring.token'],
  ])('fails with the right spelling for %s form: %s', (_, source, right) => {
    expect(identitySourceFault(source)).toEqual({ reason: 'is not the form that WebSocket APIs require', remedy: `write "${right}"` });
  });

  test('the right spelling is an identity source itself', () => {
    const remedy = identitySourceFault('method.request.header.Auth')?.remedy;

    expect(identitySourceFault(/"(.+)"/.exec(remedy ?? '')?.[1] ?? '')).toBeUndefined();
  });

  test.each([
    '', 'token', 'header.Auth', 'route.request.header', 'route.request.header.', 'route.request.querystring.', 'method.request.header.',
    '$context.', 'context.', 'stageVariables', 'route.request.body.token', 'route.request.header.My Header', 'route.request.header.Auth ',
    ' route.request.header.Auth', 'route.request.header.$x', 'ROUTE.request.header.Auth', '$request.body.token',
  ])('%j is refused', (source) => {
    expect(identitySourceFault(source)).toEqual({
      reason: 'is not an identity source',
      remedy: 'use route.request.header.<name>, route.request.querystring.<name>, stageVariables.<name> or context.<name>',
    });
  });
});
