import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import {
  ConnectAuthorizer, RouteIntegration, WebsocketConnectionStore, WebsocketRoutes, WebsocketService, WebsocketServiceProps, WebsocketServiceRoute,
  WebsocketTokenSource,
} from '../../lib';
import { HANDLER_METADATA } from '../../lib/private/handlers/handler-metadata';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let app: App;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});',
    'src/life.ts': 'export const connect = async () => ({}); export const disconnect = connect; export const say = connect;',
  });
});
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack');
});

const SAY = { say: { handler: 'src/life.say' } };
const LIFE = { $connect: { handler: 'src/life.connect' }, $disconnect: { handler: 'src/life.disconnect' } };

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { ...LIFE, ...SAY }, connectionStore: WebsocketConnectionStore.dynamoDb(), authorizer: ConnectAuthorizer.none(), ...props,
  });
}

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

interface Statement { readonly Action: string | string[]; readonly Resource: unknown }

/** What each function may do, by the id of its construct. */
function rights(where = stack): Record<string, Statement[]> {
  const policies = Object.values(Template.fromStack(where).findResources('AWS::IAM::Policy'));
  return Object.fromEntries(policies.map(({ Properties: { PolicyDocument, Roles } }) => (
    [/^(?:Chat)?(.*?)ServiceRole/.exec(Roles[0].Ref)![1], PolicyDocument.Statement.map(({ Effect, ...statement }: { Effect: string }) => statement)])));
}

/** The variables of each function, by the id of its construct. */
function environments(where = stack): Record<string, Record<string, unknown>> {
  return Object.fromEntries(where.node.findAll().filter((found) => found instanceof lambda.Function).map((fn) => {
    const { Environment } = Template.fromStack(Stack.of(fn)).findResources('AWS::Lambda::Function')[
      Stack.of(fn).getLogicalId(fn.node.defaultChild as lambda.CfnFunction)].Properties;
    return [fn.node.id, Environment?.Variables ?? {}];
  }));
}

const TABLE_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem', 'ConditionCheckItem'].map((name) => `dynamodb:${name}`);

describe('rights', () => {
  const table = (chat: WebsocketService): Statement => ({ Action: TABLE_ACTIONS, Resource: stack.resolve(chat.connectionTable!.tableArn) });

  test('without `manageConnections` are those to the table alone', () => {
    // WHEN
    const chat = service({ routes: { ...LIFE, say: { function: inlineFunction(stack, 'Fn') } }, manageConnections: false });

    // THEN
    expect(rights().Fn).toEqual([table(chat)]);
    expect(JSON.stringify(environments().Fn.WEBSOCKET_STORE)).not.toContain('fanOut');
  });

  test('are warned of if a role takes no policy', () => {
    // GIVEN
    const role = iam.Role.fromRoleArn(stack, 'Fixed', 'arn:aws:iam::123456789012:role/fixed', { mutable: false });

    // WHEN
    service({ routes: { ...LIFE, say: { function: inlineFunction(stack, 'Fn', { role }) } } });

    // THEN
    expect(warnings(stack)).toEqual([
      `/Stack/Chat: Stack/Fn did not get execute-api:ManageConnections, ${TABLE_ACTIONS.join(', ')}, lambda:InvokeFunction: no policy can be added to it, or to `
      + 'its role, here. Add the permission where that is defined [ack: cdk-websocket-service:grantWithoutEffect]',
    ]);
  });
});

describe('the environment', () => {
  test('of handlers names table, Region and fan-out function; that of an authorizer does not', () => {
    // WHEN
    const chat = service({ authorizer: ConnectAuthorizer.handler('src/auth.authorize') });

    // THEN
    const { 'Handler-src%2Flife.say': say, 'FanOut': fanOut, 'Handler-src%2Fauth.authorize': authorize } = environments();
    expect(say).toEqual(stack.resolve(chat.publishEnvironment));
    expect(say.WEBSOCKET_STORE).toEqual({
      'Fn::Join': ['', [
        '{"table":"', stack.resolve(chat.connectionTable!.tableName), '","region":"', { Ref: 'AWS::Region' },
        '","fanOut":"', { Ref: expect.stringMatching(/^ChatFanOut/) }, '"}',
      ]],
    });
    expect(fanOut).toEqual({
      WEBSOCKET_CALLBACK_URL: say.WEBSOCKET_CALLBACK_URL,
      WEBSOCKET_CALLBACK_URLS: say.WEBSOCKET_CALLBACK_URLS,
      WEBSOCKET_STORE: {
        'Fn::Join': ['', ['{"table":"', stack.resolve(chat.connectionTable!.tableName), '","region":"', { Ref: 'AWS::Region' }, '"}']],
      },
    });
    expect(authorize).toEqual({});
  });

  test('keeps a value of the user, with a warning', () => {
    // WHEN
    service({ routes: { ...LIFE, say: { handler: 'src/life.say', environment: { WEBSOCKET_STORE: '{"table":"mine"}' } } } });

    // THEN
    expect(environments()['Handler-src%2Flife.say'].WEBSOCKET_STORE).toBe('{"table":"mine"}');
    expect(warnings(stack)).toEqual([
      '/Stack/Chat: Stack/Chat/Handler-src%2Flife.say keeps the WEBSOCKET_STORE that it has, which is not that of this service. Leave it out, or give each '
      + 'service a function of its own [ack: cdk-websocket-service:publishEnvironmentKept]',
    ]);
  });

  test('that would be too large is left out, with a warning', () => {
    // WHEN
    service({ routes: { ...LIFE, say: { handler: 'src/life.say', environment: { MUCH: 'x'.repeat(3950) } } } });

    // THEN
    expect(Object.keys(environments()['Handler-src%2Flife.say'])).not.toContain('WEBSOCKET_STORE');
    expect(warnings(stack)).toEqual([
      expect.stringMatching(/^\/Stack\/Chat: Stack\/Chat\/Handler-src%2Flife\.say does not get WEBSOCKET_CALLBACK_URLS: /),
      expect.stringMatching(new RegExp('^/Stack/Chat: Stack/Chat/Handler-src%2Flife\\.say does not get WEBSOCKET_STORE: its environment would have some \\d+ bytes, '
        + 'more than the 4096 that Lambda allows\\. Shorten the environment \\[ack: cdk-websocket-service:publishEnvironmentLeftOut\\]$')),
    ]);
  });

  test.each<[string, () => lambda.IFunction, string]>([
    ['an imported function', () => lambda.Function.fromFunctionAttributes(stack, 'Fn', {
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:work', sameEnvironment: true, role: iam.Role.fromRoleName(stack, 'Role', 'work'),
    }), 'Stack/Fn does not get WEBSOCKET_STORE: the function is imported'],
    ['a function of another stack', () => inlineFunction(new Stack(app, 'Other'), 'Fn'), 'Other/Fn does not get WEBSOCKET_STORE: the function is made in the stack '
      + '"Other", which would depend on this one'],
  ])('is warned of for %s', (_case, fn, missing) => {
    // WHEN
    service({ routes: { ...LIFE, say: { function: fn() } }, callbackUrlEnvironment: false });

    // THEN
    expect(warnings(stack)).toEqual([
      `/Stack/Chat: ${missing}. \`publishEnvironment\` of the service has it: set it where the function is made [ack: cdk-websocket-service:publishEnvironmentMissing]`,
    ]);
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the fan-out function', () => {
  const properties = (): Record<string, unknown> => Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
    .find(([id]) => id.startsWith('ChatFanOut'))![1].Properties;

  test('has a whole vCPU and five minutes, and is not repeated', () => {
    // WHEN
    service();

    // THEN
    expect(properties()).toMatchObject({ MemorySize: 1769, Timeout: 300, Runtime: 'nodejs24.x', Handler: 'index.handler' });
    expect(Object.values(Template.fromStack(stack).findResources('AWS::Lambda::EventInvokeConfig')).map(({ Properties }) => Properties)).toEqual([
      { FunctionName: { Ref: expect.stringMatching(/^ChatFanOut/) }, MaximumRetryAttempts: 0, Qualifier: '$LATEST' },
    ]);
  });

  test('follows `defaults`, except for what its task requires', () => {
    // WHEN
    service({
      tags: { team: 'chat' },
      defaults: {
        runtime: lambda.Runtime.NODEJS_22_X,
        architecture: lambda.Architecture.ARM_64,
        memorySize: 128,
        timeout: Duration.seconds(5),
        retryAttempts: 2,
        alias: 'live',
        provisionedConcurrentExecutions: 3,
        logGroupRetention: 7,
        environment: { TEAM: 'chat', WEBSOCKET_STORE: 'mine' },
      },
    });

    // THEN
    expect(properties()).toMatchObject({
      Runtime: 'nodejs22.x',
      Architectures: ['arm64'],
      MemorySize: 1769,
      Timeout: 300,
      LoggingConfig: { LogGroup: { Ref: expect.stringMatching(/^ChatFanOutLogs/) } },
      Environment: { Variables: { TEAM: 'chat', WEBSOCKET_STORE: { 'Fn::Join': expect.anything() } } },
      Tags: [{ Key: 'team', Value: 'chat' }],
    });
    const versions = Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Alias'));
    expect(versions.filter((id) => id.startsWith('ChatFanOut'))).toEqual([]);
  });

  test('does not accept a runtime other than Node.js', () => {
    expect(() => service({ routes: { say: { function: inlineFunction(stack, 'Fn') } }, defaults: { runtime: lambda.Runtime.PYTHON_3_13 } })).toThrow(new Error(
      'Stack/Chat: defaults.runtime: "python3.13" is not a Node.js runtime, and the service makes a function of its own from it; '
      + 'set it where the functions in that language are made',
    ));
  });

  test('has alarms and graphs as the other functions, and none on answers', () => {
    // GIVEN
    const chat = service();

    // WHEN
    const { alarms } = chat.addAlarms();
    chat.addDashboard();

    // THEN
    const ids = alarms.map(({ node }) => node.id);
    expect(ids.filter((id) => id.endsWith('fan-out'))).toEqual(['FunctionErrors-fan-out', 'FunctionThrottles-fan-out', 'FunctionDuration-fan-out']);
    expect(ids.filter((id) => id.startsWith('HandlerErrors'))).toEqual(['connect', 'disconnect', 'say'].map((name) => `HandlerErrors-src%2Flife.${name}`));
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'))).toContain('\\"label\\":\\"fan-out\\"');
  });
});

describe('the alarm on answers', () => {
  test('counts what the runtime writes, in percent of the invocations', () => {
    // WHEN
    const alarm = service().addAlarms().alarm('handlerErrors', 'src/life.say');

    // THEN
    const { Properties } = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')[
      stack.getLogicalId(alarm.node.defaultChild as cloudwatch.CfnAlarm)];
    expect(Properties.Metrics).toEqual([
      expect.objectContaining({ Expression: 'IF(errors < 5, 0, 100 * errors / invocations)', Label: 'Answers with an error in percent of the invocations' }),
      {
        Id: 'errors',
        MetricStat: {
          Metric: {
            Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^ChatHandlersrc2Flifesay/) } }],
            MetricName: 'HandlerErrors',
            Namespace: 'cdk-websocket-service',
          },
          Period: 300,
          Stat: 'Sum',
        },
        ReturnData: false,
      },
      expect.objectContaining({ Id: 'invocations' }),
    ]);
  });

  test('can be switched off, and is off without functions', () => {
    expect(service().addAlarms({ handlerErrors: { enabled: false } }).alarms.map(({ node }) => node.id).filter((id) => /^Handler/.test(id))).toEqual([]);
    stack = new Stack(app, 'Second');
    expect(service().addAlarms({ functions: false }).alarms).toHaveLength(4);
  });

  test('is there without a store if it is asked for', () => {
    // GIVEN
    const chat = service({ connectionStore: undefined });

    // THEN
    expect(chat.addAlarms({ handlerErrors: {} }).alarm('handlerErrors', 'src/life.say').node.id).toBe('HandlerErrors-src%2Flife.say');
  });
});

/** The targets of routes: the id of the construct of their integration. */
function targets(): Record<string, string> {
  const template = Template.fromStack(stack);
  return Object.fromEntries(Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties: { RouteKey, Target } }) => (
    [RouteKey, /^Chat(\w+?)Integration/.exec(Target['Fn::Join'][1][1].Ref)![1]])));
}

describe('routes', () => {
  test.each<[string, Record<string, WebsocketServiceRoute>, object]>([
    ['both are missing', SAY, { $connect: 'ConnectionTracker', $disconnect: 'ConnectionTracker' }],
    ['$disconnect is missing', { $connect: LIFE.$connect, ...SAY }, { $disconnect: 'ConnectionTracker' }],
    ['$connect is missing', { $disconnect: LIFE.$disconnect, ...SAY }, { $connect: 'ConnectionTracker' }],
  ])('get one function that keeps the store: %s', (_case, routes, ours) => {
    // WHEN
    const chat = service({ routes });

    // THEN
    expect(targets()).toMatchObject(ours);
    expect(Object.keys(rights())).toContain('ConnectionTracker');
    expect(rights().ConnectionTracker).toEqual(rights()[Object.keys(rights()).find((id) => id.startsWith('Handler'))!]);
    expect(environments().ConnectionTracker).toEqual(stack.resolve(chat.publishEnvironment));
    expect(warnings(stack)).toEqual([]);
    expect(chat.functions.map(({ function: fn }) => fn.node.id)).not.toContain('ConnectionTracker');
  });

  test.each<[WebsocketServiceProps['defaults'], number]>([[undefined, 10], [{ timeout: Duration.seconds(5) }, 5]])(
    'get one that has the time to announce the end of a connection: with the defaults %j', (defaults, seconds) => {
      // WHEN
      service({ routes: SAY, defaults });

      // THEN
      const [, tracker] = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
        .find(([id]) => id.startsWith('ChatConnectionTracker'))!;
      expect(tracker.Properties.Timeout).toBe(seconds);
    },
  );

  test('get none where they exist', () => {
    // WHEN
    service();

    // THEN
    expect(Object.keys(environments())).not.toContain('ConnectionTracker');
  });

  test('select the subprotocol of an authorizer, too', () => {
    // WHEN
    service({
      routes: SAY,
      authorizer: ConnectAuthorizer.jwt({
        issuer: 'https://issuer.example.com', audience: ['chat'], tokenSources: [WebsocketTokenSource.subprotocol('bearer')],
      }),
    });

    // THEN
    expect(environments().ConnectionTracker.SUBPROTOCOL).toBe('bearer');
    expect(Object.keys(environments())).not.toContain('ConnectEcho');
    expect(targets().$connect).toBe('ConnectionTracker');
  });

  test.each(['$connect', '$disconnect'])('cannot be added when they exist: %s', (routeKey) => {
    // GIVEN
    const chat = service({ routes: SAY });

    // THEN
    expect(() => chat.addRoute(routeKey, { handler: 'src/life.connect' })).toThrow(new Error(
      `Stack/Chat: addRoute: "${routeKey}" was made for the connection store, since \`routes\` has none; put ${routeKey} into \`routes\``,
    ));
  });

  test('in nested stacks work as well', () => {
    // WHEN
    const chat = service({ nestedStacks: 2 });

    // THEN
    expect(() => app.synth()).not.toThrow();
    expect(JSON.stringify(environments(stack)['Handler-src%2Flife.say'].WEBSOCKET_STORE)).toContain('referencetoStackChatConnectionTable');
    expect(chat.connectionTable!.node.path).toBe('Stack/Chat/ConnectionTable');
  });
});

test('handlers of routes are bundled within the runtime, each with as much of it as it needs; authorizers and services without a store are not', () => {
  // GIVEN
  const where = new Stack(new App({ treeMetadata: false, analyticsReporting: false }), 'Stack');
  const authorizer = ConnectAuthorizer.handler('src/auth.authorize');
  const props = { routes: { ...LIFE, ...SAY }, authorizer };
  new WebsocketService(where, 'Chat', { ...props, connectionStore: WebsocketConnectionStore.dynamoDb() });
  new WebsocketService(where, 'Plain', props);

  // WHEN
  const { metadata } = App.of(where)!.synth().getStackByName('Stack');

  // THEN
  const wrappers = Object.entries(metadata).flatMap(([place, entries]) => entries.filter(({ type }) => type === HANDLER_METADATA).map(({ data }) => (
    [place.split('/')[2], ...Object.values({ handlerId: '', wrapper: undefined, ...data as object }).slice(0, 2)])));
  expect(wrappers.sort()).toEqual([
    ['Chat', 'src/auth.authorize', undefined], ['Chat', 'src/life.connect', 'tracked'], ['Chat', 'src/life.disconnect', 'tracked'],
    ['Chat', 'src/life.say', 'invoked'], ['Plain', 'src/auth.authorize', undefined], ['Plain', 'src/life.connect', undefined],
    ['Plain', 'src/life.disconnect', undefined], ['Plain', 'src/life.say', undefined],
  ]);
});

describe('a target that cannot be wrapped', () => {
  const warning = (which: string, routeKey: string, target: string, remedy: string): string => (
    `/Stack/Chat: the connection store does not learn of ${which} connections by itself: the target of ${routeKey} is ${target}. If it does not keep the store `
    + `already, ${remedy} [ack: cdk-websocket-service:connectionsNotTracked]`);
  const wrap = (name: string): string => `wrap it in \`${name}\` of cdk-websocket-service/runtime, or let it write the items of docs/store.md`;

  test('is a warning: functions', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    service({ routes: { $connect: { function: fn }, $disconnect: { function: fn }, say: { function: fn } } });

    // THEN
    expect(warnings(stack)).toEqual([
      warning('new', '$connect', 'the function Stack/Fn, whose code is not bundled here', wrap('onConnect')),
      warning('closed', '$disconnect', 'the function Stack/Fn, whose code is not bundled here', wrap('onDisconnect')),
    ]);
    expect(rights().Fn).toHaveLength(3);
    expect(environments().Fn).toMatchObject({ WEBSOCKET_STORE: expect.anything(), WEBSOCKET_TIMEOUT: '3' });
  });

  test('is a warning: an integration', () => {
    // WHEN
    service({ routes: { $connect: { integration: RouteIntegration.mock() }, $disconnect: LIFE.$disconnect, ...SAY } });

    // THEN
    expect(warnings(stack)).toEqual([warning('new', '$connect', 'an `integration`, which runs no code', 'give a `handler`, or leave the route out')]);
  });

  test('is a warning: a handler with `nodeModules`', () => {
    // WHEN
    service({ routes: { ...LIFE, ...SAY, $disconnect: { ...LIFE.$disconnect, bundling: { nodeModules: ['ws'] } } } });

    // THEN
    expect(warnings(stack)).toEqual([warning(
      'closed', '$disconnect', '"src/life.disconnect", which is bundled by steps of its own (`nodeModules`, `commandHooks`, Docker)', wrap('onDisconnect'),
    )]);
  });

  test('is no warning without a store', () => {
    // WHEN
    service({ routes: { $connect: { function: inlineFunction(stack, 'Fn') } }, connectionStore: undefined });

    // THEN
    expect(warnings(stack)).toEqual([]);
  });
});

test('a table belongs to one service', () => {
  // GIVEN
  const table = new dynamodb.Table(stack, 'Table', { partitionKey: text('pk'), sortKey: text('sk'), timeToLiveAttribute: 'ttl' });
  service({ connectionStore: WebsocketConnectionStore.table(table) });

  // THEN
  expect(() => new WebsocketService(stack, 'Second', { routes: SAY, connectionStore: WebsocketConnectionStore.table(table) })).toThrow(new Error(
    'Stack/Second: connectionStore: Stack/Table is the connection table of Stack/Chat already, and rows do not say which API a connection belongs to; '
    + 'give each service a table of its own',
  ));
});

test.each<[string, Partial<dynamodb.TableProps>, string]>([
  ['other keys', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING }, sortKey: undefined }, 'has the keys id (HASH, S), and the store needs '
    + 'pk (HASH, S), sk (RANGE, S)'],
  ['no expiry', { timeToLiveAttribute: undefined }, 'has no attribute for expiry, and connections that end unnoticed would stay for ever'],
  ['another expiry', { timeToLiveAttribute: 'expires' }, 'lets items expire by "expires", and connections that end unnoticed would stay for ever'],
])('a table with %s is refused', (_case, props, reason) => {
  // GIVEN
  const table = new dynamodb.Table(stack, 'Table', { partitionKey: text('pk'), sortKey: text('sk'), timeToLiveAttribute: 'ttl', ...props });

  // THEN
  expect(() => service({ connectionStore: WebsocketConnectionStore.table(table) })).toThrow(new Error(
    `Stack/Chat: connectionStore.table: Stack/Table ${reason}; make it with \`partitionKey: { name: 'pk', type: AttributeType.STRING }\`, `
    + "`sortKey: { name: 'sk', type: AttributeType.STRING }` and `timeToLiveAttribute: 'ttl'`",
  ));
});

describe('routes in another stack', () => {
  test('have the rights and the environment', () => {
    // GIVEN
    const chat = service();
    const other = new Stack(app, 'Other');

    // WHEN
    new WebsocketRoutes(other, 'Orders', { service: chat, routes: { order: { handler: 'src/life.say' } } });

    // THEN
    app.synth();
    expect(other.dependencies).toEqual([stack]);
    const [statements] = Object.values(rights(other));
    expect(statements.map(({ Action }) => Action)).toEqual(['execute-api:ManageConnections', TABLE_ACTIONS, 'lambda:InvokeFunction']);
    expect(environments(other)['Handler-src%2Flife.say']).toEqual(other.resolve(chat.publishEnvironment));
  });

  test('cannot be those that the store has', () => {
    // GIVEN
    const chat = service({ routes: SAY });

    // THEN
    expect(() => new WebsocketRoutes(new Stack(app, 'Other'), 'Life', { service: chat, routes: { $connect: LIFE.$connect } })).toThrow(new Error(
      'Other/Life: routes: "$connect" is a route of Stack/Chat already, which has the same API; declare it once; `route(key)` there returns what was made',
    ));
  });

  test('of an imported service keep its store', () => {
    // GIVEN
    const imported = WebsocketService.fromAttributes(stack, 'Imported', {
      apiId: 'abc123', stageName: 'dev', connectionStore: WebsocketConnectionStore.table(dynamodb.Table.fromTableName(stack, 'Table', 'chat')),
    });

    // WHEN
    new WebsocketRoutes(stack, 'Life', {
      service: imported, routes: { $connect: LIFE.$connect, $disconnect: { function: inlineFunction(stack, 'Fn') } }, authorizer: ConnectAuthorizer.none(),
    });

    // THEN
    expect(Object.keys(environments()).sort()).toEqual(['Fn', 'Handler-src%2Flife.connect']);
    expect(environments().Fn.WEBSOCKET_STORE).toEqual({ 'Fn::Join': ['', ['{"table":"chat","region":"', { Ref: 'AWS::Region' }, '"}']] });
    expect(warnings(stack).map((warning) => warning.replace(/.*\[ack: (.*)\]/, '$1'))).toEqual(['cdk-websocket-service:connectionsNotTracked']);
  });
});
