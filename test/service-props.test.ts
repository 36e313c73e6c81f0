import { CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { IpAddressType, WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';
import { tagCountFault, tagFault } from '../lib/service-props';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/messages.ts': 'export const fallback = async () => ({});' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const ROUTES = { $default: { handler: 'src/messages.fallback' } };

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: ROUTES, authorizer: ConnectAuthorizer.none(), ...props });
}

describe('the API and the stage', () => {
  test('have the defaults of serverless.yml and nothing else', () => {
    // WHEN
    const chat = service();

    // THEN
    const template = Template.fromStack(stack);
    expect(Object.values(template.findResources('AWS::ApiGatewayV2::Api')).map(({ Properties }) => Properties)).toEqual([{
      Name: 'Chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }]);
    expect(Object.values(template.findResources('AWS::ApiGatewayV2::Stage')).map(({ Properties }) => Properties)).toEqual([{
      ApiId: stack.resolve(chat.api.apiId),
      AutoDeploy: true,
      StageName: 'dev',
    }]);
  });

  const API = 'AWS::ApiGatewayV2::Api';
  const STAGE = 'AWS::ApiGatewayV2::Stage';
  test.each<[keyof WebsocketServiceProps, Partial<WebsocketServiceProps>, string, object]>([
    ['apiName', { apiName: 'talk' }, API, { Name: 'talk' }],
    ['description', { description: 'People talk' }, API, { Description: 'People talk' }],
    ['routeSelectionExpression', { routeSelectionExpression: '$request.body.kind' }, API, { RouteSelectionExpression: '$request.body.kind' }],
    ['ipAddressType', { ipAddressType: IpAddressType.DUAL_STACK }, API, { IpAddressType: 'dualstack' }],
    ['disableExecuteApiEndpoint', { disableExecuteApiEndpoint: false }, API, { DisableExecuteApiEndpoint: false }],
    ['apiVersion', { apiVersion: '7' }, API, { Version: '7' }],
    ['apiKeySelectionExpression', {
      apiKeySelectionExpression: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY,
      authorizer: ConnectAuthorizer.jwt({ issuer: 'https://issuer.example.com', audience: ['chat'] }),
    }, API, {
      ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey',
    }],
    ['disableSchemaValidation', { disableSchemaValidation: true }, API, { DisableSchemaValidation: true }],
    ['stageName', { stageName: 'prod' }, STAGE, { StageName: 'prod' }],
    ['stageVariables', { stageVariables: { colour: 'blue' } }, STAGE, { StageVariables: { colour: 'blue' } }],
    ['detailedMetricsEnabled', { detailedMetricsEnabled: true }, STAGE, { DefaultRouteSettings: { DetailedMetricsEnabled: true } }],
    ['throttle', { throttle: { rateLimit: 5, burstLimit: 9 } }, STAGE, {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9 },
    }],
  ])('take `%s`', (_name, props, type, expected) => {
    // WHEN
    service(props);

    // THEN
    Template.fromStack(stack).hasResourceProperties(type, expected);
  });

  test('are named by the last part of the construct path, not by the whole', () => {
    // WHEN
    new WebsocketService(stack, 'Talk', { routes: ROUTES, authorizer: ConnectAuthorizer.none() });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { Name: 'Talk' });
  });
});

describe('stageName', () => {
  test('is in the URLs, the callback variable, the permission and the grant', () => {
    // WHEN
    const chat = service({ stageName: 'prod' });

    // THEN
    const address = `${chat.api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}/prod`;
    expect(stack.resolve([chat.url, chat.callbackUrl])).toEqual(stack.resolve([`wss://${address}`, `https://${address}`]));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: stack.resolve(`https://${address}`) } },
    });
    const arn = `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/prod`;
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: stack.resolve(`${arn}/*`) });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Resource: stack.resolve(`${arn}/*/@connections/*`) })] },
    });
  });

  test.each<[string, string]>([
    ['$default', '"$default" is a stage of HTTP APIs, and a WebSocket API cannot have it'],
    ['', '"" is not a legal stage name'],
    ['v1.2', '"v1.2" is not a legal stage name'],
    ['a/b', '"a/b" is not a legal stage name'],
  ])('fails for %j', (stageName, fault) => {
    expect(() => service({ stageName })).toThrow(new Error(
      `Stack/Chat: stageName: ${fault}; use 1 to 128 letters, digits, hyphens and underscores, for example "dev"`,
    ));
  });
});

describe('tokens', () => {
  test.each(['stageName', 'routeSelectionExpression', 'apiName', 'description'] as const)('are let through as `%s`', (property) => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Given');

    // WHEN
    service({ [property]: parameter.valueAsString });

    // THEN
    const template = Template.fromStack(stack);
    const resources = { ...template.findResources('AWS::ApiGatewayV2::Api'), ...template.findResources('AWS::ApiGatewayV2::Stage') };
    const values = Object.values(resources).flatMap(({ Properties }) => Object.values(Properties));
    expect(values).toContainEqual({ Ref: 'Given' });
  });

  test('as stage name are part of the URL', () => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Given');

    // WHEN
    const chat = service({ stageName: parameter.valueAsString });

    // THEN
    expect(stack.resolve(chat.url)).toEqual({
      'Fn::Join': ['', [
        'wss://', stack.resolve(chat.api.apiId), '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/', { Ref: 'Given' },
      ]],
    });
  });
});

describe('routes', () => {
  const fn = () => inlineFunction(stack, 'Fn');
  const many = (count: number) => {
    const target = fn();
    return Object.fromEntries([...Array(count).keys()].map((number) => [`route${number}`, { function: target }]));
  };

  test('may be 300', () => {
    // WHEN
    service({ routes: many(300) });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Route', 300);
  });

  test('fails for 301', () => {
    expect(() => service({ routes: many(301) })).toThrow(new Error(
      'Stack/Chat: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
  });

  test('may be 299 and the $connect route that an authorizer needs', () => {
    // WHEN
    service({ routes: many(299), authorizer: ConnectAuthorizer.iam() });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Route', 300);
  });

  test('fails for 300 and the $connect route that an authorizer needs', () => {
    expect(() => service({ routes: many(300), authorizer: ConnectAuthorizer.iam() })).toThrow(new Error(
      'Stack/Chat: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
  });

  test('fails for none', () => {
    expect(() => service({ routes: {} })).toThrow(new Error(
      'Stack/Chat: routes: 0 routes are not enough; declare one, for example { $default: { handler: \'src/messages.fallback\' } }',
    ));
  });
});

describe('what JavaScript lets through', () => {
  test.each<[string, string]>([
    ['stagename', 'did you mean `stageName`?'],
    ['colour', 'the options are those of WebsocketServiceProps'],
  ])('fails for %s, a property that a service does not have', (name, remedy) => {
    expect(() => service({ [name]: 'prod' } as Partial<WebsocketServiceProps>)).toThrow(
      `Stack/Chat: ${name}: "prod": there is no option \`${name}\`; ${remedy}`,
    );
  });

  test('one that is undefined is none', () => {
    // WHEN
    service({ stagename: undefined } as Partial<WebsocketServiceProps>);

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Stage', 1);
  });

  test('fails without routes', () => {
    expect(() => service({ routes: undefined })).toThrow(new Error(
      'Stack/Chat: routes: 0 routes are not enough; declare one, for example { $default: { handler: \'src/messages.fallback\' } }',
    ));
  });
});

const REMEDY = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

test.each<[string, string]>([
  ['', 'is empty'],
  ['$context.routeKey', 'selects by context, but a message is routed by its body alone'],
  ['$request.header.action', 'selects by request.header, but a message is routed by its body alone'],
  ['$request.body', 'does not name a value in the body ("request.body")'],
])('fails for the selection expression %j', (routeSelectionExpression, reason) => {
  expect(() => service({ routeSelectionExpression })).toThrow(new Error(
    `Stack/Chat: routeSelectionExpression: ${JSON.stringify(routeSelectionExpression)} ${reason}; ${REMEDY}`,
  ));
});

describe('options that are inherited', () => {
  class Fast {
    public readonly handler: string = 'src/messages.fallback';
    public get memorySize(): number { return 1024; }
  }

  test('are those of the route, of `defaults` and of the service', () => {
    class Props {
      public get routes(): WebsocketServiceProps['routes'] { return { $default: new Fast() }; }
      public get authorizer(): ConnectAuthorizer { return ConnectAuthorizer.none(); }
      public get nestedStacks(): number { return 0; }
      public get manageConnections(): boolean { return false; }
    }

    const chat = new WebsocketService(stack, 'Inherited', new Props());
    const other = service({ defaults: Object.create({ memorySize: 2048 }) as object });

    expect((chat.function('$default').node.defaultChild as CfnFunction).memorySize).toBe(1024);
    expect((other.function('$default').node.defaultChild as CfnFunction).memorySize).toBe(2048);
    expect(chat.node.findAll().filter((child) => child instanceof CfnPolicy)).toEqual([]);
  });
});

describe('arguments of methods that JavaScript lets through', () => {
  const SIZE = 'use { throttle: { rateLimit: 100, burstLimit: 200 } }';
  test.each<[string, (chat: WebsocketService, value: never) => unknown, unknown, string]>([
    ['addUsagePlan', (chat, value) => chat.addUsagePlan('Plan', value), 'gold', `addUsagePlan: "gold" is not an object; ${SIZE}`],
    ['addAlarms', (chat, value) => chat.addAlarms(value), null, 'addAlarms: null is not an object; use { topic }'],
    ['addDashboard', (chat, value) => chat.addDashboard(value), 'chat', 'addDashboard: "chat" is not an object; use { period: Duration.minutes(1) }'],
    ['metric', (chat, value) => chat.metric('ConnectCount', value), 'Sum', 'metric("ConnectCount"): "Sum" is not an object; use { period: Duration.minutes(1) }'],
    ['metricForRoute', (chat, value) => chat.metricForRoute('$default', 'Count', value), null, 'metric("Count"): null is not an object; use { period: Duration.minutes(1) }'],
    [
      'metric period', (chat, value) => chat.metric('ConnectCount', value), { period: 5 },
      'metric("ConnectCount").period: 5 is not a Duration; use Duration.seconds(30)',
    ],
    ['grantManageConnections', (chat, value) => chat.grantManageConnections(value), 'worker', 'grant: "worker" is not an IGrantable; use a function, a role or a user'],
    ['grantConnect', (chat, value) => chat.grantConnect(value), undefined, 'grant: (not set) is not an IGrantable; use a function, a role or a user'],
    [
      'addRoute', (chat, value) => chat.addRoute(value, ROUTES.$default), undefined,
      'routes: (not set) is not a string; name the value of the selection expression that selects the route, for example "sendMessage"',
    ],
  ])('%s', (_name, call, value, message) => {
    const chat = service();

    expect(() => call(chat, value as never)).toThrow(new Error(`Stack/Chat: ${message}`));
  });
});

test('fails for a function name for every function', () => {
  expect(() => service({ defaults: { functionName: 'one-name' } })).toThrow(new Error(
    'Stack/Chat: defaults.functionName: "one-name" would be the name of every function; set `functionName` on the routes',
  ));
});

test('fails for bundling options in two places', () => {
  expect(() => service({ bundling: { minify: false, keepNames: true }, defaults: { bundling: { minify: true } } })).toThrow(new Error(
    'Stack/Chat: bundling: ["minify","keepNames"] is the same setting as `defaults.bundling`, which is given too; keep one of them',
  ));
});

test('the resources of a service with all defaults are these', () => {
  // WHEN
  service();

  // THEN
  const types = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.sort()).toEqual([
    'AWS::ApiGatewayV2::Api',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Route',
    'AWS::ApiGatewayV2::Stage',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::Lambda::Function',
    'AWS::Lambda::Permission',
  ]);
});

test('manageConnections: false leaves the grant out', () => {
  // WHEN
  service({ manageConnections: false });

  // THEN
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
});

test('callbackUrlEnvironment: false leaves the variable out', () => {
  // WHEN
  service({ callbackUrlEnvironment: false });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
});

describe('tags', () => {
  const token = Lazy.string({ produce: () => 'x'.repeat(1000) });

  test.each([['team', 'blue'], ['team', ''], ['x'.repeat(128), 'y'.repeat(256)], [token, token], ['awsome:team', 'a'], ['größe: 1_2', 'a.b:c/d=e+f-g@h']])('legal: %s', (name, value) => {
    expect(tagFault(name, value)).toBeUndefined();
  });

  const other = 'choose another name';
  const legal = 'use letters, digits, spaces and _.:/=+-@';

  test.each<[string, unknown, string, string]>([
    ['aws:team', 'a', 'belongs to a tag whose name begins with aws:, which is reserved', other],
    ['AWS:team', 'a', 'belongs to a tag whose name begins with aws:, which is reserved', other],
    ['', 'a', 'belongs to a tag whose name does not have 1 to 128 characters', other],
    ['x'.repeat(129), 'a', 'belongs to a tag whose name does not have 1 to 128 characters', other],
    ['team', 5, 'is not a string', 'write "5"'],
    ['team', undefined, 'is not a string', 'write "undefined"'],
    ['team;', 'a', 'belongs to a tag whose name has a character that a tag cannot have', legal],
    ['team', '{}', 'has a character that a tag cannot have', legal],
    ['team', 'x'.repeat(257), 'is longer than 256 characters', 'shorten it'],
  ])('refused: %s: %p', (name, value, reason, remedy) => {
    expect(tagFault(name, value)).toEqual({ reason, remedy });
  });

  test('50 tags are legal, and not more', () => {
    expect([50, 51].map(tagCountFault)).toEqual([undefined, { reason: 'tags are more than the 50 of a resource', remedy: 'use fewer of them' }]);
  });
});
