import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketRoutes, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

const TABLE = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem', 'ConditionCheckItem'].map((name) => `dynamodb:${name}`);
const KEY = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo'].map((name) => `kms:${name}`);

let folder: AppFolder;
let app: App;
let api: Stack;
let other: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});', 'src/chat.ts': 'export const say = async () => ({}); export const order = say;',
  });
});
afterAll(() => folder.leave());

/** A service with a store and a key, and everybody who may have to do with it. */
beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');
  const chat = new WebsocketService(api, 'Chat', {
    routes: { say: { handler: 'src/chat.say' }, plain: { function: inlineFunction(api, 'Plain') } },
    authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
    connectionStore: WebsocketConnectionStore.dynamoDb({ encryptionKey: new kms.Key(api, 'Key') }),
  });
  new WebsocketRoutes(other, 'Orders', { service: chat, routes: { order: { handler: 'src/chat.order' } } });
  chat.grantPublish(inlineFunction(api, 'Worker'));
  chat.grantPublish(inlineFunction(other, 'Consumer'));
  chat.grantPublish(new iam.Role(other, 'Task', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }));
  chat.grantPublish(new iam.User(other, 'Operator'));
});

interface Statement { readonly Effect: string; readonly Action: string | string[]; readonly Resource: unknown }

/** The statements of all policies of a stack, by the logical id of the role or user without its hash. */
function statements(stack: Stack): Record<string, readonly Statement[]> {
  const template = Template.fromStack(stack);
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties: { PolicyDocument, Roles = [], Users = [] } }) => (
    [...Roles, ...Users].map(({ Ref }: { Ref: string }) => [Ref.replace(/(?:ServiceRole)?\w{8}$/, ''), PolicyDocument.Statement])));
  // Whatever has no policy, too.
  const principals = Object.keys({ ...template.findResources('AWS::IAM::Role'), ...template.findResources('AWS::IAM::User') });
  return { ...Object.fromEntries(principals.map((id) => [id.replace(/(?:ServiceRole)?\w{8}$/, ''), []])), ...Object.fromEntries(attached) };
}

/** A reference, as the logical id of its target without the hash: also to an export of another stack. */
function target(resource: unknown): string {
  const text = JSON.stringify(resource);
  const [, id] = /(?:ExportsOutput(?:Ref|FnGetAtt))?((?:Chat|Key)[A-Za-z]*?)[0-9A-F]{8}/.exec(text) ?? [];
  return /@connections/.test(text) ? `${id}${/"(\/[^"]*@connections[^"]*)"/.exec(text)![1]}` : id;
}

const may = (Action: string | string[], Resource: string, Condition?: object): object => ({ Effect: 'Allow', Action, Resource, ...Condition && { Condition } });

/** What the code of a service may do that sends. */
const connections = may('execute-api:ManageConnections', 'ChatApi/dev/*/@connections/*');
const table = may(TABLE, 'ChatConnectionTable');
const key = may(KEY, 'Key', { StringLike: { 'kms:ViaService': 'dynamodb.*' } });
const sends = [connections, table, key, may('lambda:InvokeFunction', 'ChatFanOut')];

test('each principal may do what it has to, and nothing else', () => {
  // WHEN
  const found = Object.fromEntries([api, other].flatMap((stack) => Object.entries(statements(stack)).map(([principal, list]) => (
    [principal, list.map((statement) => ({ ...statement, Resource: target(statement.Resource) }))]))));

  // THEN
  expect(found).toEqual({
    ChatHandlersrc2Fchatsay: sends,
    ChatConnectionTracker: sends,
    ChatFanOut: [connections, table, key],
    ChatHandlersrc2Fauthauthorize: [],
    Plain: sends,
    Worker: sends,
    OrdersHandlersrc2Fchatorder: sends,
    Consumer: sends,
    Task: sends,
    Operator: sends,
  });
});

test('no action and no resource has a wildcard but the id of a connection, with the route that API Gateway puts before it', () => {
  // WHEN
  const all = [api, other].flatMap((stack) => Object.values(statements(stack)).flat());

  // THEN
  expect(JSON.stringify(all.map(({ Action }) => Action))).not.toContain('*');
  const resources = all.flatMap(({ Resource }) => JSON.stringify(Resource).match(/[^"]*\*[^"]*/g) ?? []);
  expect([...new Set(resources)]).toEqual(['/dev/*/@connections/*']);
});

test('nothing else gives a right: no policy of a role itself, no managed one but that for logs, no permission for the fan-out function', () => {
  // GIVEN
  const templates = [api, other].map((stack) => Template.fromStack(stack));

  // WHEN
  const roles = templates.flatMap((template) => Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties));
  const permissions = templates.flatMap((template) => Object.values(template.findResources('AWS::Lambda::Permission')));

  // THEN
  expect(roles.filter(({ Policies }) => Policies !== undefined)).toEqual([]);
  expect([...new Set(roles.flatMap(({ ManagedPolicyArns = [] }) => JSON.stringify(ManagedPolicyArns)))]).toEqual([
    '[{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]]}]', '[]',
  ]);
  expect(permissions.filter(({ Properties }) => JSON.stringify(Properties.FunctionName).includes('FanOut'))).toEqual([]);
});

test('the other stack depends on that of the service, and nothing is warned of', () => {
  // WHEN
  app.synth();

  // THEN
  expect(other.dependencies).toEqual([api]);
  expect(api.dependencies).toEqual([]);
  expect([...warnings(api), ...warnings(other)]).toEqual([]);
});
