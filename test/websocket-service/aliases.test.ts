import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps, WebsocketTokenSource } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { FLAG_SETS } from '../_helpers/flags';
import { quickStack, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main; export const third = main;' });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: { foo: { handler: 'src/a.main', alias: 'live' } }, authorizer: ConnectAuthorizer.none(), ...props,
  });
}

const idOf = (alias: lambda.IAlias): string => stack.getLogicalId(alias.node.defaultChild as lambda.CfnAlias);

const invokes = (alias: lambda.IAlias) => ({ IntegrationUri: { 'Fn::Join': ['', Match.arrayWith([{ Ref: idOf(alias) }, '/invocations'])] } });

describe.each(FLAG_SETS)('the alias of a handler, %s', (_name, context) => {
  beforeEach(() => { stack = quickStack(context); });

  test('is of the current version, and what is invoked and permitted; the function has the URLs and the role the grant', () => {
    // WHEN
    const chat = service({ routes: { foo: { handler: 'src/a.main', alias: 'live', provisionedConcurrentExecutions: 2 } } });

    // THEN
    const template = Template.fromStack(stack);
    const [version] = Object.keys(template.findResources('AWS::Lambda::Version'));
    template.hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      FunctionName: { Ref: stack.getLogicalId(chat.function('foo').node.defaultChild as lambda.CfnFunction) },
      FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', invokes(chat.alias('foo')));
    template.allResourcesProperties('AWS::Lambda::Permission', { FunctionName: { Ref: idOf(chat.alias('foo')) } });
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: stack.resolve(chat.callbackUrl), WEBSOCKET_CALLBACK_URLS: Match.anyValue() } },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'execute-api:ManageConnections' })]) },
      Roles: [stack.resolve(chat.function('foo').role!.roleName)],
    });
    expect(chat.alias('foo').aliasName).toBe('live');
    expect(warnings(stack)).toEqual([]);
  });
});

test('is invoked once API Gateway may: a function that is deployed may get it', () => {
  // WHEN
  service({ additionalStages: { beta: {} } });

  // THEN
  const template = Template.fromStack(stack);
  template.hasResource('AWS::ApiGatewayV2::Integration', { DependsOn: Object.keys(template.findResources('AWS::Lambda::Permission')).sort() });
});

test('without provisioned concurrency has none', () => {
  service();
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: Match.absent() });
});

test('of `defaults` is that of all handlers, authorizer included; a route may have another, and none of the warm environments', () => {
  // WHEN
  const chat = service({
    defaults: { alias: 'live', provisionedConcurrentExecutions: 5 },
    routes: { foo: { handler: 'src/a.main' }, bar: { handler: 'src/a.other', alias: 'slow', provisionedConcurrentExecutions: 0 } },
    authorizer: ConnectAuthorizer.handler('src/a.third'),
  });

  // THEN
  const template = Template.fromStack(stack);
  const aliases = Object.values(template.findResources('AWS::Lambda::Alias')).map(({ Properties }) => (
    [Properties.Name, Properties.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions]
  ));
  expect(aliases.sort()).toEqual([['live', 5], ['live', 5], ['slow', undefined]]);
  const authorizerAlias = chat.node.findAll().find((node) => node instanceof lambda.Alias && node.node.path.includes('third')) as lambda.Alias;
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    AuthorizerUri: { 'Fn::Join': ['', Match.arrayWith([{ Ref: idOf(authorizerAlias) }, '/invocations'])] },
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: { Ref: idOf(authorizerAlias) }, SourceArn: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/authorizers/')])] },
  });
});

test('of `defaults` is that of functions of this library too', () => {
  // WHEN
  service({
    defaults: { alias: 'live', provisionedConcurrentExecutions: 1 },
    routes: { foo: { handler: 'src/a.main' } },
    authorizer: ConnectAuthorizer.jwt({ issuer: 'https://example.com', audience: ['chat'], tokenSources: [WebsocketTokenSource.subprotocol('chat')] }),
  });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Alias', 3);
  const named = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties.FunctionName.Ref);
  expect(named.sort()).toEqual(Object.keys(template.findResources('AWS::Lambda::Alias')).sort());
});

test('is a contradiction where routes of one handler want others', () => {
  const routes = { a: { handler: 'src/a.main', alias: 'live' }, b: { handler: 'src/a.main' } };
  expect(() => service({ routes })).toThrow(new Error(
    'Stack/Chat: routes["b"].handler: "src/a.main" is also routes["a"].handler, with another `alias`, and one handler is one function; '
    + 'give both the same settings, put them into `defaults`, or export the handler under a second name',
  ));
});

test('is shared by the routes of a handler', () => {
  // WHEN
  const chat = service({ defaults: { alias: 'live' }, routes: { a: { handler: 'src/a.main' }, b: { handler: 'src/a.main' } } });

  // THEN
  expect(chat.alias('b')).toBe(chat.alias('a'));
  for (const type of ['AWS::Lambda::Alias', 'AWS::Lambda::Permission', 'AWS::ApiGatewayV2::Integration']) {
    Template.fromStack(stack).resourceCountIs(type, 1);
  }
});

test('and the function itself are two targets', () => {
  // WHEN
  const chat = service();
  chat.addRoute('raw', { function: chat.function('foo') });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
  const named = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Object.keys(Properties.FunctionName)[0]);
  expect(named.sort()).toEqual(['Fn::GetAtt', 'Ref']);
});

test('is published anew when code or settings change, and the deployment stays', () => {
  const deployed = (memorySize: number): { version: string; deployment: string } => {
    stack = quickStack();
    service({ autoDeploy: false, defaults: { memorySize } });
    const template = Template.fromStack(stack);
    const id = (type: string): string => Object.keys(template.findResources(type))[0];
    return { version: id('AWS::Lambda::Version'), deployment: id('AWS::ApiGatewayV2::Deployment') };
  };
  const [first, second] = [deployed(256), deployed(512)];
  expect(second.version).not.toBe(first.version);
  expect(second.deployment).toBe(first.deployment);
});

test('is published anew when the code of a bundle changes', () => {
  const versionOf = (text: string): string => {
    folder.write({ 'src/b.ts': `export const main = async () => (${JSON.stringify({ text })});` });
    stack = new Stack(new App(), 'Stack');
    service({ routes: { foo: { handler: 'src/b.main', alias: 'live' } } });
    return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
  };
  expect(versionOf('a')).not.toBe(versionOf('b'));
});

test('goes to nested stacks with its function', () => {
  // WHEN
  const chat = service({ nestedStacks: 2, defaults: { alias: 'live', provisionedConcurrentExecutions: 1 }, routes: { foo: { handler: 'src/a.main' } } });

  // THEN
  const nested = Stack.of(chat.alias('foo'));
  expect(nested).not.toBe(stack);
  const template = Template.fromStack(nested);
  for (const type of ['AWS::Lambda::Alias', 'AWS::Lambda::Version', 'AWS::Lambda::Permission']) template.resourceCountIs(type, 1);
});

test('can be scaled', () => {
  // WHEN
  service().alias('foo').addAutoScaling({ maxCapacity: 10 }).scaleOnUtilization({ utilizationTarget: 0.7 });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MaxCapacity: 10 });
});

test('takes the options of its versions', () => {
  service({ routes: { foo: { handler: 'src/a.main', alias: 'live', currentVersionOptions: { description: 'as of today' } } } });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Version', { Description: 'as of today' });
});

test.each<[string, (fn: lambda.Function) => Partial<WebsocketServiceProps>]>([
  ['a handler without one', () => ({ routes: { foo: { handler: 'src/a.main' } } })],
  ['a function', (fn) => ({ routes: { foo: { function: fn } } })],
])('is not there for %s', (_what, props) => {
  const fn = new lambda.Function(stack, 'Fn', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('x') });
  const chat = service(props(fn));
  expect(() => chat.alias('foo')).toThrow(new Error(
    'Stack/Chat: alias: "foo" invokes its function without an alias; set `alias` on the route or in `defaults`, or reach the function by `function(key)`',
  ));
});
