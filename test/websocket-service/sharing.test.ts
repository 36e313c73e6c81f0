import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketRoutesProps, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

const HERE = { region: 'eu-west-1', account: '111111111111' };

let folder: AppFolder;
let app: App;
let api: Stack;
let feature: Stack;
let third: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());

function stacks(env?: typeof HERE): void {
  app = quickApp();
  [api, feature, third] = ['Api', 'Feature', 'Third'].map((id) => new Stack(app, id, { env }));
}
beforeEach(() => stacks());

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(api, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

function attach(chat: WebsocketService, props: Partial<WebsocketRoutesProps> = {}, scope: Construct = feature, id = 'More'): WebsocketRoutes {
  return new WebsocketRoutes(scope, id, { service: chat, routes: { bar: { handler: 'src/a.other' } }, ...props });
}

/** The stacks that a stack depends on; synthesis fails for a cycle. */
function needs(stack: Stack): string[] {
  app.synth();
  return stack.dependencies.map(({ node }) => node.id);
}

const importOfApi = { 'Fn::ImportValue': Match.stringLikeRegexp('^Api:ExportsOutputRefChatApi') };

describe.each<[string, typeof HERE | undefined]>([['with', HERE], ['without', undefined]])('a service of another stack, %s an environment', (_name, env) => {
  beforeEach(() => stacks(env));

  test('gets routes of this one, which depends on it', () => {
    // WHEN
    attach(service());

    // THEN
    expect([needs(api), needs(feature)]).toEqual([[], ['Api']]);
    const template = Template.fromStack(feature);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { ApiId: importOfApi, RouteKey: 'bar' });
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: { 'Fn::Join': ['', Match.arrayWith([importOfApi, '/dev/*'])] } });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: { 'Fn::Join': ['', Match.arrayWith(['https://', importOfApi])] } } },
    });
    expect([api, feature].flatMap(warnings)).toEqual([]);
  });

  test('gets them for all of its stages', () => {
    // WHEN
    const more = attach(service({ additionalStages: { prod: {} } }));

    // THEN
    expect(more.stageNames).toEqual(['dev', 'prod']);
    const sources = Object.values(Template.fromStack(feature).findResources('AWS::Lambda::Permission'))
      .map(({ Properties }) => Properties.SourceArn['Fn::Join'][1].at(-1));
    expect(sources).toEqual(['/dev/*', '/prod/*']);
  });

  test.each<[string, (scope: () => Construct) => iam.IGrantable]>([
    ['a function', (scope) => inlineFunction(scope(), 'Worker')],
    ['a role', (scope) => new iam.Role(scope(), 'Worker', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })],
  ])('and grants by either reach any stack: %s', (_kind, grantee) => {
    // GIVEN
    const chat = service();
    const more = attach(chat);

    // WHEN
    for (const [index, giver] of [chat, more].entries()) {
      for (const stack of [api, feature, third]) giver.grantManageConnections(grantee(() => new Construct(stack, `Grantee${index}`)));
    }

    // THEN
    expect([needs(api), needs(feature), needs(third)]).toEqual([[], ['Api'], ['Api']]);
    expect([api, feature, third].flatMap(warnings)).toEqual([]);
  });

  test('and routes invoke functions of any stack', () => {
    // WHEN
    attach(service(), { routes: { a: { function: inlineFunction(api, 'A') }, b: { function: inlineFunction(feature, 'B') }, c: { function: inlineFunction(third, 'C') } } });

    // THEN
    expect([needs(api), needs(feature).sort(), needs(third)]).toEqual([[], ['Api', 'Third'], []]);
    const missing = (name: string): string => `/Feature/More: ${name} does not get WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS: the function is `
      + `made in the stack "${name.split('/')[0]}", which would depend on this one. Set them there, take the URL from the event `
      + '(requestContext.domainName and stage), or set `callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlMissing]';
    expect([api, feature, third].flatMap(warnings)).toEqual(['Api/A', 'Third/C'].map(missing));
  });
});

describe('several constructs with routes of one service', () => {
  test('live side by side', () => {
    // GIVEN
    const chat = service();

    // WHEN
    attach(chat);
    attach(chat, { routes: { baz: { handler: 'src/a.main' } } }, third);
    attach(chat, { routes: { qux: { handler: 'src/a.other' } } }, api);

    // THEN
    expect([needs(api), needs(feature), needs(third)]).toEqual([[], ['Api'], ['Api']]);
    Template.fromStack(api).resourceCountIs('AWS::ApiGatewayV2::Route', 2);
  });

  test('may be attached to one another', () => {
    // WHEN
    const more = attach(service());
    const last = new WebsocketRoutes(third, 'Last', { service: more, routes: { baz: { handler: 'src/a.main' } } });

    // THEN
    expect([last.stageName, needs(third)]).toEqual(['dev', ['Api']]);
  });

  test.each<[string, (chat: WebsocketService) => unknown, string]>([
    ['of the service', (chat) => attach(chat, { routes: { foo: { handler: 'src/a.main' } } }),
      'Feature/More: routes: "foo" is a route of Api/Chat already, which has the same API'],
    ['of another construct', (chat) => [attach(chat), attach(chat, {}, third)],
      'Third/More: routes: "bar" is a route of Feature/More already, which has the same API'],
    ['added to the service', (chat) => { attach(chat); chat.addRoute('bar', { handler: 'src/a.main' }); },
      'Api/Chat: addRoute: "bar" is a route of Feature/More already, which has the same API'],
    ['added elsewhere', (chat) => attach(chat).addRoute('foo', { handler: 'src/a.main' }),
      'Feature/More: addRoute: "foo" is a route of Api/Chat already, which has the same API'],
  ])('fail for a key %s', (_case, define, message) => {
    expect(() => define(service())).toThrow(new Error(`${message}; declare it once; \`route(key)\` there returns what was made`));
  });

  test('fail for the $connect that the service made for its authorizer', () => {
    expect(() => attach(service({ authorizer: ConnectAuthorizer.iam() }), { routes: { $connect: { handler: 'src/a.main' } } })).toThrow(new Error(
      'Feature/More: routes: "$connect" is a route of Api/Chat already, which has the same API; declare it once; `route(key)` there returns what was made',
    ));
  });

  test('are 300 at most together', () => {
    const many = Object.fromEntries([...Array(300).keys()].map((index) => [`k${index}`, { handler: 'src/a.main' }]));
    expect(() => attach(service(), { routes: many })).toThrow(new Error(
      'Feature/More: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
  });
});

describe('deploy', () => {
  const deployments = (stack: Stack): unknown[] => Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'))
    .map(({ Properties }) => Properties.StageName);

  test('is refused if the service deploys itself', () => {
    expect(() => attach(service(), { deploy: true })).toThrow(new Error(
      'Feature/More: deploy: true is for a stage that does not deploy changes itself, but the stage of the service does; leave it out',
    ));
  });

  test('deploys to the stages that do not deploy themselves', () => {
    const chat = service({ additionalStages: { live: {}, test: { autoDeploy: false } }, autoDeploy: false });
    attach(chat, { deploy: true });
    expect(deployments(feature)).toEqual(['dev', 'test']);
    expect(warnings(feature)).toEqual([]);
  });

  test('missing is warned of for one stage', () => {
    attach(service({ autoDeploy: false }));
    expect(warnings(feature)).toEqual([
      '/Feature/More: the stage dev of Api/Chat does not deploy changes automatically: clients reach these routes after the next deployment. '
      + 'Set `deploy` [ack: cdk-websocket-service:routesNotDeployed]',
    ]);
  });

  test('missing is warned of for several', () => {
    attach(service({ additionalStages: { live: {}, test: { autoDeploy: false } }, autoDeploy: false }));
    expect(warnings(feature)).toEqual([
      '/Feature/More: stages dev and test of Api/Chat do not deploy changes automatically: clients reach these routes after the next deployment. '
      + 'Set `deploy` [ack: cdk-websocket-service:routesNotDeployed]',
    ]);
  });

  test.each<[string, () => Construct]>([['the stack', () => api], ['a nested stack', () => new NestedStack(api, 'Nested')]])(
    'is done by the service for routes in %s of the service', (_where, scope) => {
      // GIVEN
      const chat = service({ autoDeploy: false });
      const place = scope();

      // WHEN
      const more = attach(chat, {}, place);

      // THEN
      const [deployment] = Object.values(Template.fromStack(api).findResources('AWS::ApiGatewayV2::Deployment'));
      const waited = place === api ? more.route('bar').node.defaultChild! : (place as NestedStack).nestedStackResource!;
      expect(deployment.DependsOn).toContain(api.getLogicalId(waited as NonNullable<NestedStack['nestedStackResource']>));
      expect(warnings(api)).toEqual([]);
      expect(() => attach(chat, { deploy: true, routes: { baz: { handler: 'src/a.main' } } }, place, 'Again')).toThrow(new Error(
        `${place.node.path}/Again: deploy: true would deploy a second time: these routes are in the stack of the service, whose own deployment has them; `
        + 'leave it out',
      ));
    });
});

describe('stacks that would depend on each other', () => {
  test('are refused if the service uses something of this stack', () => {
    // GIVEN
    const chat = service({ routes: { foo: { function: inlineFunction(feature, 'Fn') } } });

    // THEN
    expect(() => attach(chat)).toThrow(new Error(
      'Feature/More: service: Api/Chat uses something of the stack "Feature", and these routes, which are in it, need its API: the two stacks would '
      + 'depend on each other; put the routes into the stack of the service, or into a third one',
    ));
    attach(chat, {}, third);
    expect([needs(api), needs(third)]).toEqual([['Feature'], ['Api']]);
  });

  test('are refused if the service is to use something of this stack afterwards', () => {
    // GIVEN
    const chat = service();
    attach(chat);

    // THEN
    expect(() => chat.addRoute('late', { function: inlineFunction(feature, 'Fn') })).toThrow(new Error(
      'Api/Chat: routes["late"]: Feature/Fn is in the stack "Feature", which depends on this one by the routes of "Feature/More": the two stacks would depend '
      + 'on each other; declare the route there, or put one of the two into the stack of this service',
    ));
  });

  test('are none if that of the service is nested in this one', () => {
    // GIVEN
    const nested = new NestedStack(api, 'Nested');
    const chat = new WebsocketService(nested, 'Chat', {
      routes: { foo: { function: inlineFunction(api, 'Fn') } }, authorizer: ConnectAuthorizer.none(),
    });

    // WHEN
    attach(chat, {}, api);

    // THEN
    expect(needs(api)).toEqual([]);
    // It looks for cycles within a template.
    Template.fromStack(api).resourceCountIs('AWS::ApiGatewayV2::Route', 1);
  });

  test('are refused if both are nested in one', () => {
    // GIVEN
    const [one, other] = ['One', 'Other'].map((id) => new NestedStack(api, id));
    const chat = new WebsocketService(one, 'Chat', {
      routes: { foo: { function: inlineFunction(other, 'Fn') } }, authorizer: ConnectAuthorizer.none(),
    });

    // THEN
    expect(() => attach(chat, {}, other)).toThrow(new Error(
      'Api/Other/More: service: Api/One/Chat uses something of the stack "Api/Other", and these routes, which are in it, need its API: the two stacks would '
      + 'depend on each other; put the routes into the stack of the service, or into a third one',
    ));
  });

  test('are none if this one is nested in that of the service', () => {
    // GIVEN
    const nested = new NestedStack(api, 'Nested');
    const chat = service({ routes: { foo: { function: inlineFunction(nested, 'Fn') } } });

    // WHEN
    attach(chat, {}, nested);

    // THEN
    expect(needs(api)).toEqual([]);
  });
});
