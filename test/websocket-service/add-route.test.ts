import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketService, WebsocketServiceRoute } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const MAIN = { handler: 'src/a.main' };
const OTHER = { handler: 'src/a.other' };

function service(routes: Record<string, WebsocketServiceRoute> = { foo: MAIN }, authorizer = ConnectAuthorizer.none()): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes, authorizer, defaults: { memorySize: 256 } });
}

describe('addRoute', () => {
  test.each<[string, () => WebsocketServiceRoute]>([
    ['a handler', () => ({ ...OTHER, returnResponse: true })],
    ['a handler that is there', () => ({ handler: './src/a.ts.main' })],
    ['a function', () => ({ function: inlineFunction(stack, 'Fn') })],
    ['an integration', () => ({ integration: new WebSocketMockIntegration('Mock') })],
  ])('makes what the map would have made: %s', (_kind, options) => {
    // GIVEN
    service({ foo: MAIN, bar: options() });
    const expected = Template.fromStack(stack).toJSON();
    stack = quickStack();

    // WHEN
    service().addRoute('bar', options());

    // THEN
    expect(Template.fromStack(stack).toJSON()).toEqual(expected);
  });

  test('returns the route', () => {
    const chat = service();
    expect(chat.addRoute('bar', OTHER)).toBe(chat.route('bar'));
    expect(chat.route('bar').routeKey).toBe('bar');
  });

  test('leaves the authorizer to $connect', () => {
    // GIVEN
    const chat = service({ $connect: MAIN }, ConnectAuthorizer.iam());

    // WHEN
    chat.addRoute('bar', OTHER);

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' });
    const [bar] = Object.values(template.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey: 'bar' } }));
    expect(bar.Properties.AuthorizationType ?? 'NONE').toBe('NONE');
  });

  test('may be $connect in a service that is open', () => {
    // WHEN
    service().addRoute('$connect', OTHER);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect' });
  });

  const duplicate = (key: string) => `Stack/Chat: addRoute: "${key}" is a route of this service already; `
    + 'declare it once; `route(key)` returns what was made';

  test('fails for a key of the map', () => {
    expect(() => service().addRoute('foo', OTHER)).toThrow(new Error(duplicate('foo')));
  });

  test('fails for a key that was added', () => {
    const chat = service();
    chat.addRoute('bar', OTHER);
    expect(() => chat.addRoute('bar', OTHER)).toThrow(new Error(duplicate('bar')));
  });

  test('fails for the $connect route that was made for the authorizer', () => {
    expect(() => service({ foo: MAIN }, ConnectAuthorizer.iam()).addRoute('$connect', OTHER)).toThrow(new Error(
      'Stack/Chat: addRoute: "$connect" was made for the authorizer, since `routes` has none; put $connect into `routes`',
    ));
  });

  test('fails for a $connect route of the map as for any other', () => {
    expect(() => service({ $connect: MAIN }, ConnectAuthorizer.iam()).addRoute('$connect', OTHER)).toThrow(new Error(duplicate('$connect')));
  });

  test('fails for a $connect route that was added as for any other', () => {
    const chat = service();
    chat.addRoute('$connect', OTHER);
    expect(() => chat.addRoute('$connect', OTHER)).toThrow(new Error(duplicate('$connect')));
  });

  test('fails for a handler that is there with other settings', () => {
    expect(() => service().addRoute('bar', { ...MAIN, memorySize: 512 })).toThrow(new Error(
      'Stack/Chat: routes["bar"].handler: "src/a.main" is also routes["foo"].handler, with another `memorySize`, '
      + 'and one handler is one function; give both the same settings, put them into `defaults`, or export the handler under a second name',
    ));
  });

  test.each<[string, WebsocketServiceRoute, string]>([
    ['$bar', OTHER, 'routes: "$bar" is not a predefined route, and the $ prefix is reserved for those; '
      + 'use $connect, $disconnect or $default, or drop the $ ("bar")'],
    ['bar', {}, 'routes["bar"]: {} names no target; give exactly one of handler, functionKey, function or integration'],
  ])('fails as the map does for %s', (key, options, message) => {
    expect(() => service().addRoute(key, options)).toThrow(new Error(`Stack/Chat: ${message}`));
  });

  test('fails for the 301st route', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const chat = service(Object.fromEntries([...Array(299).keys()].map((number) => [`route${number}`, { function: fn }])));
    chat.addRoute('route300', { function: fn });

    // THEN
    expect(() => chat.addRoute('route301', { function: fn })).toThrow(new Error(
      'Stack/Chat: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
  });
});

describe('an addRoute that failed', () => {
  const conflict = 'differs from that of routes["foo"], which invokes the same function, and one function has one integration; '
    + 'give both routes the same value, or let them invoke two functions';

  test.each<[string, WebsocketServiceRoute, string]>([
    ['an option that is wrong', { ...OTHER, projectRoot: 'no' }, 'Stack/Chat: routes["bar"].projectRoot: "no" does not exist; '
      + 'name a directory, relative to the one that the app runs in or absolute'],
    ['a timeout unlike that of the handler', { ...MAIN, integrationTimeout: Duration.seconds(5) },
      `Stack/Chat: routes["bar"].integrationTimeout: 5 seconds ${conflict}`],
    ['a setting that the function refuses', { ...OTHER, description: 'x'.repeat(257) },
      'Function description can not be longer than 256 characters but has 257 characters.'],
  ])('fails the synthesis with the same error, also if it is caught: %s', (_case, options, message) => {
    // GIVEN
    const chat = service();

    // WHEN
    expect(() => chat.addRoute('bar', options)).toThrow(new Error(message));

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(`  [Stack/Chat] ${message}`);
  });

  test('fails the synthesis of WebsocketRoutes, too', () => {
    // GIVEN
    const routes = new WebsocketRoutes(stack, 'More', { service: service(), routes: { bar: OTHER } });
    const message = 'Stack/More: addRoute: "bar" is a route of this service already; declare it once; `route(key)` returns what was made';

    // WHEN
    expect(() => routes.addRoute('bar', OTHER)).toThrow(new Error(message));

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(`  [Stack/More] ${message}`);
  });

  test('an error of aws-cdk-lib begins at the line of the user, and keeps the construct that it names', () => {
    const reserved = { ...OTHER, environment: { AWS_REGION: 'eu-west-1' } };
    let stacked = '';
    try {
      service().addRoute('bar', reserved);
    } catch (error) {
      stacked = (error as Error).stack!;
    }

    expect(stacked.split('\n').find((line) => line.startsWith('    at '))).toContain('add-route.test.ts');
    expect(stacked).not.toMatch(/lib.private|aws-cdk-lib.aws-lambda.lib/);
    expect(stacked).toContain('Relates to construct:');
  });
});

describe('route and function', () => {
  test('return what was made', () => {
    // WHEN
    const chat = service({ foo: MAIN, bar: { handler: './src/a.main' } });

    // THEN
    expect(chat.function('foo')).toBeInstanceOf(lambda.Function);
    expect(chat.function('bar')).toBe(chat.function('foo'));
    expect(chat.route('foo')).not.toBe(chat.route('bar'));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: stack.resolve(chat.function('foo').functionArn),
    });
  });

  test('the function may be given more', () => {
    // WHEN
    const fn = service().function('foo') as lambda.Function;
    fn.addEnvironment('TABLE', 'talks');

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TABLE: 'talks', WEBSOCKET_CALLBACK_URL: Match.anyValue() } },
    });
  });

  test.each(['route', 'function'] as const)('fails: %s of a key that is no route', (method) => {
    const chat = service({ foo: MAIN, bar: OTHER, $default: MAIN });
    expect(() => chat[method]('fo')).toThrow(new Error(
      `Stack/Chat: ${method}: "fo" is not a route of this service; its routes are $default, bar and foo`,
    ));
  });

  test('fails: function of a route with an integration', () => {
    const chat = service({ foo: { integration: new WebSocketMockIntegration('Mock') } });
    expect(() => chat.function('foo')).toThrow(new Error(
      'Stack/Chat: function: "foo" has an `integration`, which may not invoke a function; '
      + 'reach the route by `route(key)`, or give the function as `function`',
    ));
  });
});

describe('metric', () => {
  test('is that of the stage, by name', () => {
    // WHEN
    const chat = service();

    // THEN
    const { namespace, metricName, dimensions, statistic } = chat.metric('ConnectCount', { statistic: 'Sum' }).toMetricConfig().metricStat!;
    expect({ namespace, metricName, statistic }).toEqual({ namespace: 'AWS/ApiGateway', metricName: 'ConnectCount', statistic: 'Sum' });
    expect(stack.resolve(dimensions)).toEqual([
      { name: 'ApiId', value: stack.resolve(chat.api.apiId) },
      { name: 'Stage', value: 'dev' },
    ]);
  });
});
