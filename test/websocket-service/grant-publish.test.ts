import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketRoutes, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let app: App;
let api: Stack;
let other: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({});' }); });
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');
});

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(api, 'Chat', {
    routes: { say: { handler: 'src/a.main' } },
    connectionStore: WebsocketConnectionStore.dynamoDb(),
    authorizer: ConnectAuthorizer.none(),
    ...props,
  });
}

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

function table(scope: Construct, props: Partial<dynamodb.TableProps> = {}): dynamodb.Table {
  return new dynamodb.Table(scope, 'Table', { partitionKey: text('pk'), sortKey: text('sk'), timeToLiveAttribute: 'ttl', ...props });
}

const TABLE_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem', 'ConditionCheckItem'].map((name) => `dynamodb:${name}`);
const KEY_ACTIONS = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo']
  .map((name) => `kms:${name}`);
const ALL = ['execute-api:ManageConnections', TABLE_ACTIONS, 'lambda:InvokeFunction'];

/** The actions of the policies of a stack that are none of a function of the service. */
function actions(where: Stack): unknown[] {
  const policies = Object.entries(Template.fromStack(where).findResources('AWS::IAM::Policy'));
  const others = policies.filter(([id]) => !/^Chat(?:Handler|FanOut|Connection)/.test(id));
  return others.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.map(({ Action }: { Action: unknown }) => Action));
}

function environment(fn: lambda.Function): Record<string, unknown> | undefined {
  const stack = Stack.of(fn);
  const id = stack.getLogicalId(fn.node.defaultChild as lambda.CfnFunction);
  return Template.fromStack(stack).toJSON().Resources[id].Properties.Environment?.Variables;
}

const URLS = ['WEBSOCKET_CALLBACK_URL', 'WEBSOCKET_CALLBACK_URLS'];
const NAMES = [...URLS, 'WEBSOCKET_STORE'];
/** Of a function, which has the timeout of its own: that of Lambda, if it sets none. */
const TIMEOUT = { WEBSOCKET_TIMEOUT: '3' };

const places: Array<[string, () => Stack]> = [['the stack of the service', () => api], ['another stack', () => other]];

describe.each(places)('in %s', (_place, where) => {
  test('a function gets rights and environment', () => {
    // GIVEN
    const chat = service();
    const worker = inlineFunction(where(), 'Worker');

    // WHEN
    const grant = chat.grantPublish(worker);

    // THEN
    app.synth();
    expect(grant.success).toBe(true);
    expect(actions(where())).toEqual(ALL);
    expect(Object.keys(chat.publishEnvironment)).toEqual(NAMES);
    expect(environment(worker)).toEqual({ ...where().resolve(chat.publishEnvironment), ...TIMEOUT });
    expect(warnings(api)).toEqual([]);
  });

  test('an alias gives its function rights and environment', () => {
    // GIVEN
    const worker = inlineFunction(where(), 'Worker');

    // WHEN
    service().grantPublish(worker.addAlias('live'));

    // THEN
    expect(actions(where())).toEqual(ALL);
    expect(Object.keys(environment(worker)!)).toEqual([...NAMES, 'WEBSOCKET_TIMEOUT']);
  });

  test.each<[string, (scope: Construct) => iam.IGrantable]>([
    ['a role', (scope) => new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') })],
    ['a user', (scope) => new iam.User(scope, 'User')],
    ['an imported role', (scope) => iam.Role.fromRoleName(scope, 'Role', 'worker')],
  ])('%s gets the rights', (_kind, make) => {
    // WHEN
    service().grantPublish(make(where()));

    // THEN
    app.synth();
    expect(actions(where())).toEqual(ALL);
    expect(warnings(api)).toEqual([]);
  });

  test('without a store, a function may send to connections', () => {
    // GIVEN
    const worker = inlineFunction(where(), 'Worker');

    // WHEN
    service({ connectionStore: undefined }).grantPublish(worker);

    // THEN
    expect(actions(where())).toEqual(['execute-api:ManageConnections']);
    expect(Object.keys(environment(worker)!)).toEqual(URLS);
  });
});

test('a function keeps what it has, with a warning', () => {
  // GIVEN
  const worker = inlineFunction(api, 'Worker', { environment: { WEBSOCKET_STORE: '{"table":"other"}' } });

  // WHEN
  service().grantPublish(worker);

  // THEN
  expect(environment(worker)!.WEBSOCKET_STORE).toBe('{"table":"other"}');
  expect(warnings(api)).toEqual([
    '/Api/Chat: Api/Worker keeps the WEBSOCKET_STORE that it has, which is not that of this service. Leave it out, or give each '
    + 'service a function of its own [ack: cdk-websocket-service:publishEnvironmentKept]',
  ]);
});

test('the handler of a route has it all already', () => {
  // GIVEN
  const chat = service();
  const before = Template.fromStack(api).toJSON() as unknown;

  // WHEN
  chat.grantPublish(chat.function('say'));

  // THEN
  expect(Template.fromStack(api).toJSON()).toEqual(before);
  expect(warnings(api)).toEqual([]);
});

test('a function that is imported without its role gets nothing, and says so', () => {
  // GIVEN
  const worker = lambda.Function.fromFunctionAttributes(api, 'Worker', {
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:work', sameEnvironment: true,
  });

  // WHEN
  const grant = service().grantPublish(worker);

  // THEN
  expect(grant.success).toBe(false);
  expect(warnings(api).map((warning) => warning.replace(/.*\[ack: (.*)\]/, '$1'))).toEqual([
    'cdk-websocket-service:grantWithoutEffect', 'cdk-websocket-service:publishEnvironmentMissing',
  ]);
});

describe('a stack that the service needs', () => {
  const missing = (names: string): string => `/Api/Chat: Other/Worker does not get ${names}: the function is made in the stack "Other", which would depend on `
    + 'this one. `publishEnvironment` of the service has them: set them where the function is made [ack: cdk-websocket-service:publishEnvironmentMissing]';

  test.each<[string, () => Partial<WebsocketServiceProps>]>([
    ['for a route', () => ({ routes: { say: { function: inlineFunction(other, 'Fn') } }, callbackUrlEnvironment: false })],
    ['for its table', () => ({ connectionStore: WebsocketConnectionStore.table(table(other)) })],
    ['for a key', () => ({ connectionStore: WebsocketConnectionStore.dynamoDb({ encryptionKey: new kms.Key(other, 'Key') }) })],
    ['for the key of its table', () => ({ connectionStore: WebsocketConnectionStore.table(table(api, { encryptionKey: new kms.Key(other, 'Key') })) })],
  ])('gets the rights from here, and no environment, without a cycle: %s', (_case, props) => {
    // GIVEN
    const chat = service(props());
    const worker = inlineFunction(other, 'Worker');

    // WHEN
    const grant = chat.grantPublish(worker);

    // THEN
    app.synth();
    expect(grant.success).toBe(true);
    expect(api.dependencies).toEqual([other]);
    expect(other.dependencies).toEqual([]);
    expect(actions(other)).toEqual([]);
    expect(environment(worker)).toEqual(TIMEOUT);
    expect(warnings(api)).toContain(missing('WEBSOCKET_CALLBACK_URL, WEBSOCKET_CALLBACK_URLS and WEBSOCKET_STORE'));
  });

  test('fails to be joined by a route after a function there has the environment', () => {
    // GIVEN
    const chat = service();
    const role = iam.Role.fromRoleName(api, 'Role', 'worker');
    chat.grantPublish(inlineFunction(other, 'Worker', { role }));

    // THEN
    expect(() => chat.addRoute('late', { function: inlineFunction(other, 'Fn') })).toThrow(new Error(
      'Api/Chat: routes["late"]: Other/Fn is in the stack "Other", which depends on this one by the grant to "Other/Worker": the two stacks would depend '
      + 'on each other; add the route before the grant is made, or put one of the two into the stack of this service',
    ));
  });
});

test('a table of a third stack is granted there, with its key', () => {
  // GIVEN
  const data = new Stack(app, 'Data');
  const key = new kms.Key(data, 'Key');
  const chat = service({ connectionStore: WebsocketConnectionStore.table(table(data, { encryptionKey: key })) });

  // WHEN
  chat.grantPublish(inlineFunction(other, 'Worker'));

  // THEN
  app.synth();
  expect(other.dependencies.map(({ node }) => node.id).sort()).toEqual(['Api', 'Data']);
  expect(actions(other)).toEqual(['execute-api:ManageConnections', TABLE_ACTIONS, KEY_ACTIONS, 'lambda:InvokeFunction']);
});

test('a function in another Region gets the names of this one', () => {
  // GIVEN
  const env = (region: string): object => ({ env: { region, account: '123456789012' }, crossRegionReferences: true });
  api = new Stack(app, 'Ireland', env('eu-west-1'));
  other = new Stack(app, 'Virginia', env('us-east-1'));
  const chat = service();
  const worker = inlineFunction(other, 'Worker');

  // WHEN
  chat.grantPublish(worker);

  // THEN
  app.synth();
  const { WEBSOCKET_STORE: store } = environment(worker) as { WEBSOCKET_STORE: { 'Fn::Join': [string, unknown[]] } };
  expect(store['Fn::Join'][1].filter((part) => typeof part === 'string')).toEqual(['{"table":"', '","region":"eu-west-1","fanOut":"', '"}']);
  expect(warnings(api)).toEqual([]);
});

test.each<[string, lambda.FunctionOptions, object]>([
  ['the timeout', { timeout: Duration.minutes(2) }, { WEBSOCKET_TIMEOUT: '120' }],
  ['none that is not known yet', { timeout: Duration.seconds(Lazy.number({ produce: () => 7 })) }, {}],
  ['one that the user has set', { environment: { WEBSOCKET_TIMEOUT: '3' } }, TIMEOUT],
])('a function is told how long it may send: %s', (_, options, variable) => {
  // GIVEN
  const worker = inlineFunction(api, 'Worker', options);

  // WHEN
  service().grantPublish(worker);

  // THEN
  const { WEBSOCKET_TIMEOUT } = environment(worker)!;
  expect({ WEBSOCKET_TIMEOUT }).toEqual({ WEBSOCKET_TIMEOUT: undefined, ...variable });
  expect(warnings(api)).toEqual([]);
});

test('routes in another stack give what their service gives', () => {
  // GIVEN
  const routes = new WebsocketRoutes(other, 'Orders', { service: service(), routes: { order: { handler: 'src/a.main' } } });
  const worker = inlineFunction(other, 'Worker');

  // WHEN
  routes.grantPublish(worker);

  // THEN
  app.synth();
  expect(environment(worker)).toEqual({ ...other.resolve(routes.publishEnvironment), ...TIMEOUT });
  expect(Object.keys(routes.publishEnvironment)).toEqual(NAMES);
});

describe('an imported service', () => {
  const store = (): WebsocketConnectionStore => WebsocketConnectionStore.table(dynamodb.Table.fromTableName(api, 'Table', 'chat'), { userFrom: 'email' });
  const ATTRIBUTES = { apiId: 'abc123', stageName: 'dev' };

  test('gives rights and environment for the store that it is told of', () => {
    // GIVEN
    const chat = WebsocketService.fromAttributes(api, 'Chat', {
      ...ATTRIBUTES, region: 'eu-west-1', connectionStore: store(), fanOutFunction: lambda.Function.fromFunctionName(api, 'FanOut', 'chat-fan-out'),
    });
    const worker = inlineFunction(api, 'Worker');

    // WHEN
    chat.grantPublish(worker);

    // THEN
    expect(actions(api)).toEqual(ALL);
    expect(environment(worker)!.WEBSOCKET_STORE).toEqual({
      'Fn::Join': ['', ['{"table":"chat","region":"', { Ref: 'AWS::Region' }, '","userFrom":"email","fanOut":"', { 'Fn::Select': expect.anything() }, '"}']],
    });
    expect(warnings(api)).toEqual([]);
  });

  test('gives access to connections if it is told of no store, with a warning', () => {
    // GIVEN
    const chat = WebsocketService.fromAttributes(api, 'Chat', ATTRIBUTES);
    const worker = inlineFunction(api, 'Worker');

    // WHEN
    chat.grantPublish(worker);

    // THEN
    expect(actions(api)).toEqual(['execute-api:ManageConnections']);
    expect(Object.keys(environment(worker)!)).toEqual(URLS);
    expect(warnings(api)).toEqual([
      '/Api/Chat: `grantPublish` gives access to connections only: the service is imported without `connectionStore`. If it has one, give `connectionStore: '
      + 'WebsocketConnectionStore.table(...)` and `fanOutFunction`; if not, use `grantManageConnections` [ack: cdk-websocket-service:connectionStoreUnknown]',
    ]);
  });

  test.each<[string, () => object, string]>([
    ['a new table', () => ({ connectionStore: WebsocketConnectionStore.dynamoDb() }), 'connectionStore: "WebsocketConnectionStore.dynamoDb()" '
      + 'would be a new table, and the service has one already; use WebsocketConnectionStore.table(...) with that one'],
    ['a fan-out function without a store', () => ({ fanOutFunction: inlineFunction(api, 'Fn') }), 'fanOutFunction: Api/Fn belongs to a connection store, and none '
      + 'is given; give `connectionStore` too'],
    ['a name for the function', () => ({ connectionStore: store(), fanOutFunction: 'fan-out' }), 'fanOutFunction: "fan-out" is not a Lambda function; use '
      + "lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN"],
    ['a table for the store', () => ({ connectionStore: table(api) }), 'connectionStore: Api/Table is not a WebsocketConnectionStore; use '
      + 'WebsocketConnectionStore.dynamoDb(), or WebsocketConnectionStore.table(table) for your own table'],
  ])('rejects %s', (_case, attributes, message) => {
    expect(() => WebsocketService.fromAttributes(api, 'Chat', { ...ATTRIBUTES, ...attributes() })).toThrow(new Error(`Api/Chat: ${message}`));
  });
});
