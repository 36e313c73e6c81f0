import { RemovalPolicies, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectAuthorizer, RouteIntegration, WebsocketRoutes, WebsocketService, WebsocketServiceProps, WebsocketTokenSource } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { FLAG_SETS } from '../_helpers/flags';
import { inlineFunction, quickStack } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main; export const auth = main;' });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { handler: 'src/a.main' }, bar: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

describe('functions', () => {
  test('are those of routes, each once, with the keys of its routes; also of those added later', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn');
    const chat = service({
      routes: {
        foo: { handler: 'src/a.main' },
        bar: { handler: 'src/a.main' },
        own: { function: fn },
        warm: { handler: 'src/a.other', alias: 'live' },
        ping: { integration: RouteIntegration.ping() },
      },
      authorizer: ConnectAuthorizer.handler('src/a.auth'),
    });

    // WHEN
    chat.addRoute('added', { function: fn });

    // THEN
    expect(chat.functions).toEqual([
      { function: fn, routeKeys: ['added', 'own'] },
      { function: chat.function('foo'), routeKeys: ['bar', 'foo'] },
      { function: chat.function('warm'), alias: chat.alias('warm'), routeKeys: ['warm'] },
    ]);
  });

  test('get a grant in one line', () => {
    // GIVEN
    const table = new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    const chat = service({ routes: { foo: { handler: 'src/a.main', alias: 'live' }, bar: { handler: 'src/a.other' } } });

    // WHEN
    for (const { function: fn } of chat.functions) table.grantReadWriteData(fn);

    // THEN
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policies.map(({ Properties }) => JSON.stringify(Properties).includes('dynamodb:PutItem'))).toEqual([true, true]);
  });

  test('have none that the library makes for itself', () => {
    const chat = service({
      routes: { foo: { handler: 'src/a.main' } },
      authorizer: ConnectAuthorizer.jwt({ issuer: 'https://example.com', audience: ['chat'], tokenSources: [WebsocketTokenSource.subprotocol('chat')] }),
    });
    expect(chat.functions.map(({ routeKeys }) => routeKeys)).toEqual([['foo']]);
  });

  test('of routes in the API of another are those of these routes', () => {
    // WHEN
    const routes = new WebsocketRoutes(stack, 'More', { service: service(), routes: { more: { handler: 'src/a.other' } } });

    // THEN
    expect(routes.functions).toEqual([{ function: routes.function('more'), routeKeys: ['more'] }]);
  });
});

describe.each(FLAG_SETS)('logGroupRetention, %s', (_name, context) => {
  beforeEach(() => { stack = quickStack(context); });

  test('makes a log group for each function, which may write to that one alone', () => {
    // WHEN
    const chat = service({
      defaults: { logGroupRetention: logs.RetentionDays.ONE_MONTH },
      routes: { foo: { handler: 'src/a.main' }, bar: { handler: 'src/a.other', logGroupRetention: logs.RetentionDays.ONE_DAY } },
      authorizer: ConnectAuthorizer.jwt({ issuer: 'https://example.com', audience: ['chat'] }),
    });

    // THEN
    const template = Template.fromStack(stack);
    const groups = template.findResources('AWS::Logs::LogGroup');
    expect(Object.values(groups).map(({ Properties, DeletionPolicy }) => [Properties.RetentionInDays, DeletionPolicy]).sort())
      .toEqual([[1, 'Retain'], [30, 'Retain'], [30, 'Retain']]);
    const used = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref);
    expect(used.sort()).toEqual(Object.keys(groups).sort());
    const managed = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties.ManagedPolicyArns);
    expect(managed).toEqual([undefined, undefined, undefined]);
    expect(chat.node.children.map(({ node }) => node.id).filter((id) => id.endsWith('-Logs'))).toEqual([
      'Handler-src%2Fa.main-Logs', 'Handler-src%2Fa.other-Logs', 'AuthorizerFunction-Logs',
    ]);
  });

  test('runs no function of its own, as `logRetention` does', () => {
    service({ defaults: { logGroupRetention: logs.RetentionDays.ONE_MONTH } });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });
});

test('log groups are deleted with the stack if somebody says so', () => {
  RemovalPolicies.of(service({ defaults: { logGroupRetention: logs.RetentionDays.ONE_MONTH } })).destroy();
  Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
});

test('a route with a log group of its own does not take over the retention of `defaults`, nor the other way round', () => {
  // GIVEN
  const logGroup = new logs.LogGroup(stack, 'Mine');

  // WHEN
  service({
    defaults: { logGroupRetention: logs.RetentionDays.ONE_MONTH },
    routes: { foo: { handler: 'src/a.main', logGroup }, bar: { handler: 'src/a.other' } },
  });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Logs::LogGroup', 2);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.main', LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Mine') } },
  });
});

test('a function that its own build makes has its log group too', () => {
  service({ routes: { foo: { handler: 'src/a.main', bundling: { nodeModules: ['x'] }, logGroupRetention: logs.RetentionDays.ONE_DAY, alias: 'live' } } });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Logs::LogGroup', 1);
  template.resourceCountIs('AWS::Lambda::Alias', 1);
});
