import { CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ContentHandling } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';
import { predefinedFor, routeKeyFault } from '../lib/route';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({ 'src/messages.ts': 'export const foo = async () => ({});', 'src/lib/index.ts': 'export const foo = 1;' });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(foo: WebsocketServiceRoute, others: Record<string, WebsocketServiceRoute> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: { foo, ...others }, authorizer: ConnectAuthorizer.none() });
}

const HANDLER = { handler: 'src/messages.foo' };

describe('returnResponse', () => {
  test('makes a two-way route with its route response', () => {
    // WHEN
    const chat = service({ ...HANDLER, returnResponse: true });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'foo', RouteResponseSelectionExpression: '$default' });
    template.hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', {
      ApiId: stack.resolve(chat.api.apiId),
      RouteId: stack.resolve(chat.route('foo').routeId),
      RouteResponseKey: '$default',
    });
  });

  test.each([undefined, false])('is off if it is %s', (returnResponse) => {
    // WHEN
    service({ ...HANDLER, returnResponse });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'foo', RouteResponseSelectionExpression: Match.absent() });
    template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 0);
  });

  test('is of one route, and others of the same function stay one-way', () => {
    // WHEN
    const chat = service({ ...HANDLER, returnResponse: true }, { bar: HANDLER });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', { RouteId: stack.resolve(chat.route('foo').routeId) });
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
  });

  test('makes a two-way route with an existing integration', () => {
    // WHEN
    service({ integration: new WebSocketMockIntegration('Mock'), returnResponse: true });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
  });
});

describe('integrationTimeout and contentHandling', () => {
  test('are properties of the integration, and `timeout` is that of the function', () => {
    // WHEN
    service({
      ...HANDLER,
      timeout: Duration.minutes(5),
      integrationTimeout: Duration.seconds(7),
      contentHandling: ContentHandling.CONVERT_TO_BINARY,
    });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      TimeoutInMillis: 7000,
      ContentHandlingStrategy: 'CONVERT_TO_BINARY',
    });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300 });
  });

  test('are left to API Gateway by default', () => {
    // WHEN
    service(HANDLER);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      TimeoutInMillis: Match.absent(),
      ContentHandlingStrategy: Match.absent(),
    });
  });

  test('are given to an existing function, too', () => {
    // WHEN
    service({ function: inlineFunction(stack, 'Fn'), integrationTimeout: Duration.millis(50), contentHandling: ContentHandling.CONVERT_TO_TEXT });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      TimeoutInMillis: 50,
      ContentHandlingStrategy: 'CONVERT_TO_TEXT',
    });
  });

  test.each([Duration.seconds(29), Duration.millis(50)])('may be %s', (integrationTimeout) => {
    // WHEN
    service({ ...HANDLER, integrationTimeout });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', { TimeoutInMillis: integrationTimeout.toMilliseconds() });
  });

  test('a timeout that is a token is let through', () => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Given', { type: 'Number' });

    // WHEN
    service({ ...HANDLER, integrationTimeout: Duration.millis(parameter.valueAsNumber) });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Integration', { TimeoutInMillis: { Ref: 'Given' } });
  });

  test.each<[Duration, string]>([
    [Duration.seconds(30), '30 seconds'],
    [Duration.millis(49), '49 millis'],
  ])('fails for a timeout of %s', (integrationTimeout, shown) => {
    expect(() => service({ ...HANDLER, integrationTimeout })).toThrow(new Error(
      `Stack/Chat: routes["foo"].integrationTimeout: ${shown} is not between 50 milliseconds and 29 seconds, the bounds of API Gateway; `
      + 'choose a time between them; a function may run on for longer, and answer through the callback URL',
    ));
  });

  test.each<[string, Partial<WebsocketServiceRoute>, string]>([
    ['integrationTimeout', { integrationTimeout: Duration.seconds(5) }, '5 seconds'],
    ['contentHandling', { contentHandling: ContentHandling.CONVERT_TO_TEXT }, '"CONVERT_TO_TEXT"'],
  ])('fails for `%s` beside `integration`', (name, options, shown) => {
    expect(() => service({ integration: new WebSocketMockIntegration('Mock'), ...options })).toThrow(new Error(
      `Stack/Chat: routes["foo"].${name}: ${shown} is a property of the integration, but \`integration\` has its own; `
      + 'set it where the integration is made',
    ));
  });

  test.each<[string, Partial<WebsocketServiceRoute>, string]>([
    ['integrationTimeout', { integrationTimeout: Duration.seconds(5) }, '5 seconds'],
    ['contentHandling', { contentHandling: ContentHandling.CONVERT_TO_TEXT }, '"CONVERT_TO_TEXT"'],
  ])('fails for routes of one function with another `%s`', (name, options, shown) => {
    expect(() => service({ ...HANDLER, ...options }, { bar: HANDLER })).toThrow(new Error(
      `Stack/Chat: routes["foo"].${name}: ${shown} differs from that of routes["bar"], which invokes the same function, `
      + 'and one function has one integration; give both routes the same value, or let them invoke two functions',
    ));
  });
});

describe('the target', () => {
  test('fails without a target', () => {
    expect(() => service({ returnResponse: true })).toThrow(new Error(
      'Stack/Chat: routes["foo"]: { returnResponse } names no target; give exactly one of handler, functionKey, function or integration',
    ));
  });

  test('fails if there are two', () => {
    expect(() => service({ ...HANDLER, function: inlineFunction(stack, 'Fn') })).toThrow(new Error(
      'Stack/Chat: routes["foo"]: ["handler","function"] names more than one target; give exactly one of handler, functionKey, function or integration',
    ));
  });

  test('fails if there are three', () => {
    const options = { ...HANDLER, function: inlineFunction(stack, 'Fn'), integration: new WebSocketMockIntegration('Mock') };
    expect(() => service(options)).toThrow(new Error(
      'Stack/Chat: routes["foo"]: ["handler","function","integration"] names more than one target; '
      + 'give exactly one of handler, functionKey, function or integration',
    ));
  });

  test('fails for function settings beside `function`', () => {
    expect(() => service({ function: inlineFunction(stack, 'Fn'), memorySize: 512, environment: { A: 'b' } })).toThrow(new Error(
      'Stack/Chat: routes["foo"]: ["memorySize","environment"] sets up a function, but `function` brings its own; '
      + 'set it where that is made, or use `handler`',
    ));
  });

  test('fails for function settings beside `integration`', () => {
    expect(() => service({ integration: new WebSocketMockIntegration('Mock'), timeout: Duration.seconds(5) })).toThrow(new Error(
      'Stack/Chat: routes["foo"]: ["timeout"] sets up a function, but `integration` brings its own; '
      + 'set it where that is made, or use `handler`',
    ));
  });

  test('may have function settings that are undefined', () => {
    // WHEN
    service({ function: inlineFunction(stack, 'Fn'), memorySize: undefined });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Route', 1);
  });

  test('fails for an authorizer on a route', () => {
    // The type has no such key; a map that was written in JavaScript, or built up in a variable, may have it.
    const options = { ...HANDLER, authorizer: 'auth' };
    expect(() => service(options)).toThrow(new Error(
      'Stack/Chat: routes["foo"].authorizer: "auth" is not an option of a route: an authorizer protects $connect, and thereby every route; '
      + 'give it as `authorizer` of the service',
    ));
  });
});

describe('the handler', () => {
  const at = 'Stack/Chat: routes["foo"].handler:';
  test.each<[string, string, () => string]>([
    ['a file without an export', 'src/messages', () => `${at} "src/messages" names no export; `
      + 'write path/to/file.export, for example "src/messages.handler"'],
    ['a file with its extension, without an export', 'src/messages.ts', () => `${at} "src/messages.ts" names no export; `
      + 'write path/to/file.export, for example "src/messages.ts.handler"'],
    ['a missing file', 'src/nowhere.main', () => `${at} "src/nowhere.main" names no file: there is no "src/nowhere" with one of `
      + `.ts .tsx .mts .cts .js .jsx .mjs .cjs in ${folder.path}; `
      + 'write the path relative to the directory that the app runs in, or an absolute one'],
    ['a folder', 'src/lib.foo', () => `${at} "src/lib.foo" names the folder "src/lib"; name a file in it, for example "src/lib/index.foo"`],
    ['an empty string', '', () => `${at} "" names no export; write path/to/file.export, for example ".handler"`],
  ])('fails for %s', (_case, handler, message) => {
    expect(() => service({ handler })).toThrow(new Error(message()));
  });

  test('fails for a token', () => {
    const handler = new CfnParameter(stack, 'Given').valueAsString;
    expect(() => service({ handler })).toThrow(new Error(
      `${at} ${JSON.stringify(handler)} is not known before deployment; write the path and the export as a literal`,
    ));
  });
});

test.each<[string, string, string]>([
  ['', 'is empty', 'name the value of the selection expression that selects the route, for example "sendMessage"'],
  [
    '$conect', 'is not a predefined route, and the $ prefix is reserved for those',
    'did you mean `$connect`?',
  ],
  [' foo', 'has white space around it or a control character in it', 'remove it'],
])('fails for the route key %j', (key, reason, remedy) => {
  expect(() => service(HANDLER, { [key]: HANDLER })).toThrow(new Error(
    `Stack/Chat: routes: ${JSON.stringify(key)} ${reason}; ${remedy}`,
  ));
});

test('fails for a route key that is a token', () => {
  const key = new CfnParameter(stack, 'Given').valueAsString;
  expect(() => service(HANDLER, { [key]: HANDLER })).toThrow(new Error(
    `Stack/Chat: routes: ${JSON.stringify(key)} is not known before deployment; `
    + 'name the value of the selection expression that selects the route, for example "sendMessage"',
  ));
});

describe('route keys', () => {
  const remedy = 'name the value of the selection expression that selects the route, for example "sendMessage"';

  test.each([
    '$connect', '$disconnect', '$default', 'foo', 'sendMessage', 'chat/join', 'chat--join', '%2F', '1', 'true', 'send message', 'größe', 'a$b', '-',
  ])('%j is a route key', (key) => {
    expect(routeKeyFault(key)).toBeUndefined();
  });

  test('an empty key is refused', () => {
    expect(routeKeyFault('')).toEqual({ reason: 'is empty', remedy });
  });

  test('a key that is a token is refused: ids are made of it', () => {
    expect(routeKeyFault(Lazy.string({ produce: () => 'foo' }))).toEqual({ reason: 'is not known before deployment', remedy });
  });

  test.each([
    ['$message', 'use $connect, $disconnect or $default, or drop the $ ("message")'],
    ['$Connect', 'did you mean `$connect`?'],
    ['$conect', 'did you mean `$connect`?'],
    ['$disconect', 'did you mean `$disconnect`?'],
    ['$defualt', 'did you mean `$default`?'],
    ['$default ', 'did you mean `$default`?'],
    ['$$message', 'use $connect, $disconnect or $default, or drop the $ ("message")'],
    ['$', 'use $connect, $disconnect or $default'],
  ])('%j is refused: the prefix is reserved', (key, way) => {
    expect(routeKeyFault(key)).toEqual({ reason: 'is not a predefined route, and the $ prefix is reserved for those', remedy: way });
  });

  test.each<[string, string | undefined]>([
    ['connect', '$connect'], ['Disconnect', '$disconnect'], ['DEFAULT', '$default'], ['conect', undefined], ['$connect', undefined], ['', undefined],
  ])('%j is most likely %j', (key, predefined) => {
    expect(predefinedFor(key)).toBe(predefined);
  });

  test.each([' foo', 'foo ', ' ', '\tfoo', 'foo\n', 'foo\nbar', 'foo\u0000', 'a\u007fb'])('%j is rejected: the character is invisible', (key) => {
    expect(routeKeyFault(key)).toEqual({ reason: 'has white space around it or a control character in it', remedy: 'remove it' });
  });
});
