import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketService, WebsocketTokenSource } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { quickStack } from './_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': 'export const connect = async () => ({}); export const foo = connect;' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const FOO = { foo: { handler: 'src/messages.foo' } };
const CONNECT = { $connect: { handler: 'src/messages.connect' } };

function service(tokenSources?: WebsocketTokenSource[], routes: object = FOO, defaults?: WebsocketFunctionOptions): WebsocketService {
  const authorizer = ConnectAuthorizer.jwt({ issuer: 'https://login.example.com/', audience: ['chat'], tokenSources });
  return new WebsocketService(stack, 'Chat', { routes: { ...routes }, authorizer, defaults });
}

test.each<[string, WebsocketTokenSource[] | undefined, string, string[]]>([
  ['no source: the parameter token', undefined, 'querystring:token', ['route.request.querystring.token']],
  ['a parameter', [WebsocketTokenSource.queryString('jwt')], 'querystring:jwt', ['route.request.querystring.jwt']],
  ['a header', [WebsocketTokenSource.header('Authorization')], 'header:Authorization', ['route.request.header.Authorization']],
  ['a cookie', [WebsocketTokenSource.cookie('__Host-id')], 'cookie:__Host-id', ['route.request.header.Cookie']],
  ['a subprotocol', [WebsocketTokenSource.subprotocol('bearer')], 'subprotocol:bearer', ['route.request.header.Sec-WebSocket-Protocol']],
  ['several, of which API Gateway would want all', [WebsocketTokenSource.cookie('id'), WebsocketTokenSource.queryString('token')],
    'cookie:id querystring:token', []],
])('the function and API Gateway know it: %s', (_kind, sources, variable, identitySource) => {
  // WHEN
  service(sources);

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ JWT_TOKEN_SOURCES: variable }) } });
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { IdentitySource: identitySource });
});

const CHARACTERS = 'use letters, digits, underscores, dots and hyphens';
test.each<[WebsocketTokenSource, string]>([
  [WebsocketTokenSource.queryString(''), `"querystring:" is not a name of a query parameter that API Gateway accepts; ${CHARACTERS}`],
  [WebsocketTokenSource.queryString('a&b'), `"querystring:a&b" is not a name of a query parameter that API Gateway accepts; ${CHARACTERS}`],
  [WebsocketTokenSource.header('X Token'), `"header:X Token" is not a name of a header that API Gateway accepts; ${CHARACTERS}`],
  [WebsocketTokenSource.header('cookie'), '"header:cookie" holds all cookies; use WebsocketTokenSource.cookie(name)'],
  [WebsocketTokenSource.header('Sec-WebSocket-Protocol'),
    '"header:Sec-WebSocket-Protocol" holds all subprotocols that the client offers; use WebsocketTokenSource.subprotocol(name)'],
  [WebsocketTokenSource.cookie('a=b'), `"cookie:a=b" is not a legal name of a cookie; ${CHARACTERS}`],
  [WebsocketTokenSource.subprotocol('a,b'), `"subprotocol:a,b" is not a legal subprotocol; ${CHARACTERS}, for example "bearer"`],
])('a name that no client could send fails: %#', (source, message) => {
  expect(() => service([source])).toThrow(new Error(`Stack/Chat: authorizer.tokenSources: ${message}`));
});

describe('$connect selects the subprotocol', () => {
  const BEARER = [WebsocketTokenSource.subprotocol('bearer')];
  const ECHO = { Environment: { Variables: { SUBPROTOCOL: 'bearer' } } };

  test('by a function that is made for it', () => {
    // WHEN
    const chat = service(BEARER, FOO, { memorySize: 256, environment: { LEVEL: 'all' } });

    // THEN
    const template = Template.fromStack(stack);
    const echo = chat.node.findChild('ConnectEcho') as lambda.Function;
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler', Runtime: 'nodejs24.x', MemorySize: 256, Environment: { Variables: { LEVEL: 'all', SUBPROTOCOL: 'bearer' } },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: stack.resolve(echo.functionArn) });
    template.resourceCountIs('AWS::IAM::Policy', 1);
    expect(chat.function('$connect')).toBe(echo);
  });

  test('itself if the service has one', () => {
    service(BEARER, { ...FOO, ...CONNECT });
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::Lambda::Function', ECHO, 0);
  });

  test('only if tokens come beside one', () => {
    service([WebsocketTokenSource.cookie('id')]);
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::Lambda::Function', ECHO, 0);
  });
});
