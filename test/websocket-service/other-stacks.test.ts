import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { FLAG_SETS } from '../_helpers/flags';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let app: App;
let api: Stack;
let other: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');
});

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(api, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

function role(scope: Construct, id = 'Role'): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

/** How many policies each stack holds; synthesis fails for a cycle. */
function policies(...stacks: Stack[]): number[] {
  app.synth();
  return stacks.map((stack) => Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy')).length);
}

describe('a function of another stack as target', () => {
  test('gets its permission and its grant in the stack of the API, and no URL', () => {
    // WHEN
    service({ routes: { foo: { function: inlineFunction(other, 'Fn') } } });

    // THEN
    expect(policies(api, other)).toEqual([1, 0]);
    expect([api.dependencies, other.dependencies]).toEqual([[other], []]);
    const template = Template.fromStack(api);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::ImportValue': Match.stringLikeRegexp('^Other:ExportsOutputFnGetAttFn.*Arn') },
      SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/dev/*'])] },
    });
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Other:.*FnServiceRole') }] });
    Template.fromStack(other).resourceCountIs('AWS::Lambda::Permission', 0);
    Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
    expect(warnings(api)).toEqual([
      '/Api/Chat: Other/Fn does not get WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS: the function is made in the stack "Other", which would '
      + 'depend on this one. Set them there, take the URL from the event (requestContext.domainName and stage), or set '
      + '`callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlMissing]',
    ]);
  });

  test('may serve several routes and be joined by a second one', () => {
    // GIVEN
    const fn = inlineFunction(other, 'Fn');

    // WHEN
    const chat = service({ routes: { a: { function: fn }, b: { function: fn } } });
    chat.addRoute('c', { function: inlineFunction(other, 'Second') });

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
    Template.fromStack(api).resourceCountIs('AWS::Lambda::Permission', 2);
  });

  test('has its integration and permission below the service', () => {
    // WHEN
    const chat = service({ routes: { foo: { function: inlineFunction(other, 'Fn') } } });

    // THEN
    const home = chat.node.findChild('Function-%2FOther%2FFn');
    expect(home.node.children.map(({ node }) => node.id).sort()).toEqual(['Integration', 'RoutePermission']);
  });

  test('is told apart from one of the same path in the stack of the API', () => {
    // WHEN
    service({ routes: { foo: { function: inlineFunction(other, 'Fn') }, bar: { function: inlineFunction(new Construct(api, 'Other'), 'Fn') } } });

    // THEN
    Template.fromStack(api).resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
  });

  test('gives the same ids in every stage', () => {
    // WHEN
    const ids = ['Beta', 'Prod'].map((name) => {
      const stage = new Stage(app, name);
      const stack = new Stack(stage, 'Api');
      new WebsocketService(stack, 'Chat', {
        authorizer: ConnectAuthorizer.none(),
        routes: { foo: { function: inlineFunction(new Stack(stage, 'Other'), 'Fn') } },
      });
      return Object.keys(Template.fromStack(stack).toJSON().Resources).sort();
    });

    // THEN
    expect(ids[1]).toEqual(ids[0]);
  });
});

test.each(FLAG_SETS)('functions of another stack may be target, authorizer and grantee at once %s', (_name, context) => {
  // GIVEN
  app = quickApp(context);
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');

  // WHEN
  const chat = service({
    routes: { foo: { function: inlineFunction(other, 'Fn') }, bar: { handler: 'src/a.main' } },
    authorizer: ConnectAuthorizer.function(inlineFunction(other, 'Auth')),
  });
  chat.grantManageConnections(inlineFunction(other, 'Worker'));

  // THEN
  expect(policies(api, other)).toEqual([3, 0]);
});

describe('a function of a nested stack as target', () => {
  test('gets its permission and its grant in the stack of the API, and no URL', () => {
    // GIVEN
    const nested = new NestedStack(api, 'Nested');

    // WHEN
    const chat = service({ routes: { foo: { function: inlineFunction(nested, 'Fn') } } });
    chat.grantManageConnections(inlineFunction(nested, 'Worker'));
    chat.addRoute('bar', { function: inlineFunction(nested, 'Second') });

    // THEN
    expect(policies(api, nested)).toEqual([3, 0]);
    Template.fromStack(api).resourceCountIs('AWS::Lambda::Permission', 2);
    Template.fromStack(nested).allResourcesProperties('AWS::Lambda::Function', { Environment: Match.absent() });
  });

  test('may be added after a grant in that nested stack, since both are deployed together', () => {
    // GIVEN
    const nested = new NestedStack(api, 'Nested');
    const chat = service();
    chat.grantManageConnections(inlineFunction(nested, 'Worker'));

    // WHEN
    chat.addRoute('bar', { function: inlineFunction(nested, 'Fn') });

    // THEN
    expect(policies(api, nested)).toEqual([2, 1]);
    Template.fromStack(api).resourceCountIs('AWS::Lambda::Permission', 2);
  });
});

describe('a role of another stack', () => {
  test('for handlers gets the grant in the stack of the API', () => {
    // WHEN
    service({ defaults: { role: role(other) } });

    // THEN
    expect(policies(api, other)).toEqual([1, 0]);
    expect(api.dependencies).toEqual([other]);
    Template.fromStack(api).hasResourceProperties('AWS::IAM::Policy', { Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Other:') }] });
    expect(warnings(api)).toEqual([]);
  });

  test('lets a function of that stack have the grant, too', () => {
    // GIVEN
    const chat = service({ defaults: { role: role(other) } });

    // WHEN
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
  });
});

describe('an authorizer', () => {
  test('that is a function of another stack gets its permission in the stack of the API', () => {
    // WHEN
    service({ authorizer: ConnectAuthorizer.function(inlineFunction(other, 'Auth')) });

    // THEN
    app.synth();
    expect(api.dependencies).toEqual([other]);
    Template.fromStack(api).hasResourceProperties('AWS::Lambda::Permission', { SourceArn: { 'Fn::Join': ['', Match.arrayWith(['/authorizers/'])] } });
    Template.fromStack(other).resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test('that is a function of another stack lets others of that stack have the grant', () => {
    // GIVEN
    const chat = service({ authorizer: ConnectAuthorizer.function(inlineFunction(other, 'Auth')) });

    // WHEN
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
  });

  test('that is a handler with a role of another stack lets others of that stack have the grant', () => {
    // GIVEN
    const chat = service({ authorizer: ConnectAuthorizer.handler('src/a.other', { role: role(other) }) });

    // WHEN
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
  });
});
