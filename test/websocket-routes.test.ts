import { App, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import {
  ConnectAuthorizer, IWebsocketService, WebsocketModel, WebsocketRoutes, WebsocketRoutesProps, WebsocketService,
  WebsocketServiceAttributes, WebsocketServiceRoute,
} from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickApp, quickStack, warnings } from './_helpers/quick-app';
import { WebsocketLoggingLevel } from '../lib/route-settings';

let folder: AppFolder;
let stack: Stack;
beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main; export const authorize = main;' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function imported(attributes: Partial<WebsocketServiceAttributes> = {}, scope: Stack = stack): IWebsocketService {
  return WebsocketService.fromAttributes(scope, 'Chat', { apiId: 'abc', stageName: 'dev', ...attributes });
}

const FOO = { foo: { handler: 'src/a.main' } };

function routes(props: Partial<WebsocketRoutesProps> = {}, id = 'More'): WebsocketRoutes {
  const service = 'service' in props ? props.service! : stack.node.tryFindChild('Chat') as IWebsocketService | undefined ?? imported();
  return new WebsocketRoutes(stack, id, { routes: FOO, ...props, service });
}

const counts = (): Record<string, number> => {
  const found: Record<string, number> = {};
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> };
  for (const { Type } of Object.values(Resources)) found[Type] = (found[Type] ?? 0) + 1;
  return found;
};

describe('routes in the API of another', () => {
  test.each<[string, string | undefined, object, object]>([
    ['strong, without the flag: CloudFormation refuses to delete the owner first', undefined,
      { 'Fn::ImportValue': 'Owner:ExportsOutputRefChatApi86739009C929F83E' }, { Export: { Name: 'Owner:ExportsOutputRefChatApi86739009C929F83E' } }],
    ['weak, in new apps: it does not', 'weak',
      { 'Fn::GetStackOutput': Match.objectLike({ StackName: 'Owner', OutputName: 'PublishOutputRefChatApi867390093CA6FD60' }) }, {}],
  ])('refer to it: %s', (_, strength, apiId, output) => {
    // GIVEN
    const app = quickApp({ '@aws-cdk/core:defaultCrossStackReferences': strength });
    const owner = new Stack(app, 'Owner');
    const service = new WebsocketService(owner, 'Chat', { routes: FOO, authorizer: ConnectAuthorizer.none() });
    stack = new Stack(app, 'Other');

    // WHEN
    routes({ service, routes: { more: { handler: 'src/a.other' } } });

    // THEN
    app.synth();
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { ApiId: apiId });
    expect(Object.values(Template.fromStack(owner).toJSON().Outputs)).toEqual([{ Value: { Ref: 'ChatApi86739009' }, ...output }]);
    expect(stack.dependencies).toEqual([owner]);
  });

  test('are routes with functions, permissions and grants; API and stage are not made', () => {
    // WHEN
    routes({ routes: { ...FOO, bar: { handler: 'src/a.main', returnResponse: true } } });

    // THEN
    expect(counts()).toEqual({
      'AWS::ApiGatewayV2::Integration': 1,
      'AWS::ApiGatewayV2::Route': 2,
      'AWS::ApiGatewayV2::RouteResponse': 1,
      'AWS::IAM::Policy': 1,
      'AWS::IAM::Role': 1,
      'AWS::Lambda::Function': 1,
      'AWS::Lambda::Permission': 1,
    });
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { ApiId: 'abc', AuthorizationType: 'NONE' });
    template.allResourcesProperties('AWS::Lambda::Permission', { SourceArn: { 'Fn::Join': ['', Match.arrayWith([':abc/dev/*'])] } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Resource: { 'Fn::Join': ['', Match.arrayWith([':abc/dev/*/@connections/*'])] } })] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: { 'Fn::Join': ['', Match.arrayWith(['https://abc.execute-api.'])] } } },
    });
    expect(warnings(stack)).toEqual([]);
  });

  test('get the URL of the custom domain', () => {
    routes({ service: imported({ domainName: 'ws.example.com', mappingKey: 'chat' }) });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URL: 'https://ws.example.com/chat', WEBSOCKET_CALLBACK_URLS: '{"dev":"https://ws.example.com/chat"}' } },
    });
  });

  test('get the URLs of all stages of a service of this app', () => {
    // GIVEN
    const service = new WebsocketService(new Stack(stack.node.root as App, 'Owner'), 'Chat', {
      routes: { own: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), additionalStages: { beta: {} },
    });

    // WHEN
    const made = routes({ service });

    // THEN
    expect(Object.keys(made.callbackUrls)).toEqual(['dev', 'beta']);
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(JSON.stringify(Properties.Environment.Variables.WEBSOCKET_CALLBACK_URLS)).toMatch(/\/dev\\",\\"beta\\":\\"https:.*\/beta\\"\}/);
  });

  test('answer to what the service answers to', () => {
    // GIVEN
    const service = imported({ domainName: 'ws.example.com' });

    // WHEN
    const more = routes({ service });
    more.grantConnect(inlineFunction(stack, 'Client'));

    // THEN
    const answers = ({ apiId, stageName, stageNames, url, callbackUrl, callbackUrls }: IWebsocketService) => (
      { apiId, stageName, stageNames, url, callbackUrl, callbackUrls }
    );
    expect(answers(more)).toEqual(answers(service));
    expect(more.metric('MessageCount').toMetricConfig().metricStat!.dimensions).toEqual([{ name: 'ApiId', value: 'abc' }, { name: 'Stage', value: 'dev' }]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'execute-api:Invoke', Resource: { 'Fn::Join': ['', Match.arrayWith([':abc/dev/$connect'])] } })] },
    });
  });

  test('may have no environment and no grant', () => {
    routes({ manageConnections: false, callbackUrlEnvironment: false });
    expect(counts()).not.toHaveProperty(['AWS::IAM::Policy']);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
  });

  test('may be in an API whose id only a deployment knows', () => {
    routes({ service: imported({ apiId: Fn.importValue('sls-chat-WebsocketsApiId') }) });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { ApiId: { 'Fn::ImportValue': 'sls-chat-WebsocketsApiId' } });
  });

  test('may go into nested stacks', () => {
    routes({ nestedStacks: 1 });
    expect(counts()).toEqual({ 'AWS::CloudFormation::Stack': 1 });
  });

  test('may be added to', () => {
    // GIVEN
    const more = routes();

    // WHEN
    const bar = more.addRoute('bar', { function: inlineFunction(stack, 'Fn') });

    // THEN
    expect(more.route('bar')).toBe(bar);
    expect(more.function('bar').node.id).toBe('Fn');
    expect(counts()).toMatchObject({ 'AWS::ApiGatewayV2::Route': 2, 'AWS::ApiGatewayV2::Integration': 2 });
  });

  test('have these children', () => {
    const more = routes({ routes: { ...FOO, i: { integration: new WebSocketMockIntegration('Mock') } }, deploy: true });
    expect(more.node.children.map(({ node }) => node.id).sort()).toEqual(['Api', 'Deployment', 'Handler-src%2Fa.main', 'Integration-i', 'Route-foo', 'Route-i']);
  });
});

describe('$connect', () => {
  const connect = { $connect: { handler: 'src/a.main' } };

  test('may come with an authorizer', () => {
    // WHEN
    routes({ routes: connect, authorizer: ConnectAuthorizer.handler('src/a.authorize') });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { ApiId: 'abc' });
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: { 'Fn::Join': ['', Match.arrayWith([':abc/authorizers/'])] } });
    expect(warnings(stack)).toEqual([]);
  });

  test('that is added without one is warned of, too', () => {
    routes().addRoute('$connect', { handler: 'src/a.main' });
    expect(warnings(stack)).toEqual([
      '/Stack/More: anyone may connect: give `authorizer`, or `ConnectAuthorizer.none()` if that is intended [ack: cdk-websocket-service:openToPublic]',
    ]);
  });

  test('without one is warned of, unless that is meant', () => {
    routes({ routes: connect });
    expect(warnings(stack)).toEqual([
      '/Stack/More: anyone may connect: give `authorizer`, or `ConnectAuthorizer.none()` if that is intended [ack: cdk-websocket-service:openToPublic]',
    ]);

    stack = quickStack();
    routes({ routes: connect, authorizer: ConnectAuthorizer.none() });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('deploy', () => {
  test('deploys these routes to the stage, and stays when they go', () => {
    // WHEN
    const more = routes({ deploy: true });

    // THEN
    const [deployment] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'));
    expect(deployment).toEqual({
      Type: 'AWS::ApiGatewayV2::Deployment',
      Properties: { ApiId: 'abc', StageName: 'dev' },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      DependsOn: expect.arrayContaining([stack.getLogicalId(more.route('foo').node.defaultChild as CfnRoute)]),
    });
  });

  test('is done anew when the routes change, those that are added included', () => {
    const id = (change: (more: WebsocketRoutes) => void = () => undefined): string => {
      stack = quickStack();
      change(routes({ deploy: true }));
      return Object.keys(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'))[0];
    };
    expect(id((more) => { more.addRoute('bar', { handler: 'src/a.main' }); })).not.toBe(id());
    expect(id((more) => { (more.route('foo').node.defaultChild as CfnRoute).addPropertyOverride('OperationName', 'x'); })).not.toBe(id());
    expect(id((more) => { more.function('foo').node.addMetadata('a', 'b'); })).toBe(id());
  });

  test('is not done by default', () => {
    routes();
    expect(counts()).not.toHaveProperty(['AWS::ApiGatewayV2::Deployment']);
  });
});

describe('fails:', () => {
  test('a model whose name the service has', () => {
    // GIVEN
    const requestModel = WebsocketModel.fromSchema({ type: 'object', title: 'Text' });
    const service = new WebsocketService(stack, 'Chat', { routes: { say: { ...FOO.foo, requestModel } }, authorizer: ConnectAuthorizer.none() });

    // THEN
    expect(() => routes({ service, routes: { foo: { ...FOO.foo, requestModel } } })).toThrow(new Error(
      'Stack/More: routes["foo"].requestModel: "Text" is the name of a model of Stack/Chat, which has the same API; '
      + 'use WebsocketModel.existing("Text") for that one, or give this one another `modelName`',
    ));
  });

  const misplaced = 'is a setting of the stage, which is not made here; set it where the stage is made, or declare the route there';

  test.each<[string, unknown, string]>([
    ['throttle', { rateLimit: 5 }, '{ rateLimit }'],
    ['detailedMetricsEnabled', true, 'true'],
    ['loggingLevel', WebsocketLoggingLevel.INFO, '"INFO"'],
    ['dataTraceEnabled', false, 'false'],
  ])('%s of a route', (name, value, shown) => {
    const options: WebsocketServiceRoute = { handler: 'src/a.main', [name]: value };
    expect(() => routes({ routes: { bad: options } })).toThrow(new Error(`Stack/More: routes["bad"].${name}: ${shown} ${misplaced}`));
    expect(() => routes({}, 'Again').addRoute('bar', options)).toThrow(new Error(`Stack/Again: routes["bar"].${name}: ${shown} ${misplaced}`));
  });

  test.each<[object, string]>([
    [{ routes: undefined }, "routes: 0 routes are not enough; declare one, for example { $default: { handler: 'src/messages.fallback' } }"],
    [{ routes: {} }, "routes: 0 routes are not enough; declare one, for example { $default: { handler: 'src/messages.fallback' } }"],
    [{ service: undefined }, "service: (not set) is not a WebsocketService; use WebsocketService.fromAttributes(this, 'Chat', { apiId, stageName }) for one "
      + 'that is made elsewhere'],
    [{ service: 'abc' }, "service: \"abc\" is not a WebsocketService; use WebsocketService.fromAttributes(this, 'Chat', { apiId, stageName }) for one "
      + 'that is made elsewhere'],
    [{ authorizer: ConnectAuthorizer.iam() }, 'authorizer: ["foo"] are routes without $connect, the route that an authorizer protects; '
      + 'give the authorizer where $connect is declared'],
    [{ stageName: 'dev' }, 'stageName: "dev": there is no option `stageName`; the options are routes, functions, authorizer, defaults, '
      + 'bundling, manageConnections, callbackUrlEnvironment, nestedStacks, service, deploy and naming'],
    [{ nestedStacks: -1 }, 'nestedStacks: -1 is not a number of nested stacks; use a whole number from 0 to 50'],
  ])('%j', (props, message) => {
    expect(() => routes(props)).toThrow(new Error(`Stack/More: ${message}`));
  });

  test('a key that other routes of the API have, whichever construct imported it', () => {
    routes();
    const again = new Error('Stack/Again: routes: "foo" is a route of Stack/More already, which has the same API; declare it once; '
      + '`route(key)` there returns what was made');
    const second = WebsocketService.fromAttributes(stack, 'Second', { apiId: 'abc', stageName: 'dev' });
    expect(() => routes({ service: second }, 'Again')).toThrow(again);
  });

  test('more routes than an API may have, across all constructs', () => {
    // GIVEN
    const service = imported();
    const many = Object.fromEntries([...Array(299).keys()].map((index) => [`k${index}`, { handler: 'src/a.main' }]));
    routes({ service, routes: many });

    // WHEN
    const last = routes({ service }, 'Last');

    // THEN
    expect(() => last.addRoute('one-more', { handler: 'src/a.main' })).toThrow(new Error(
      'Stack/Last: routes: 301 routes are more than the 300 that API Gateway allows for one API; '
      + 'let one route serve several kinds of messages, or make a second service',
    ));
  });

  test('a route that is none of these', () => {
    expect(() => routes().route('bar')).toThrow(new Error('Stack/More: route: "bar" is not a route of this service; its routes are foo'));
  });

  test.each<[Partial<WebsocketServiceAttributes>, string]>([
    [{ region: 'us-east-1' }, 'Region us-east-1, and routes are made in the Region of their stack, eu-west-1; put the routes into a stack of that Region'],
    [{ account: '222222222222' }, 'account 222222222222, and routes are made in the account of their stack, 111111111111; '
      + 'put the routes into a stack of that account'],
  ])('a service elsewhere: %j', (attributes, message) => {
    stack = new Stack(quickApp(), 'Stack', { env: { region: 'eu-west-1', account: '111111111111' } });
    expect(() => routes({ service: imported(attributes) })).toThrow(new Error(`Stack/More: service: Stack/Chat is in the ${message}`));
  });
});

test.each([[{}, 'let functions share what each of them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)'],
  [{ shared: true }, 'let routes share handlers']])('too many resources are reported, with what helps: %j', ({ shared }: { shared?: boolean }, remedy) => {
  // GIVEN
  stack = quickStack({ '@aws-cdk/core:stackResourceLimit': 3 });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  // WHEN
  routes({ defaults: shared ? { role, logGroup: new logs.LogGroup(stack, 'Log') } : {} });

  // THEN
  expect(() => Template.fromStack(stack)).toThrow(new Error('Validation failed with the following errors:\n'
    + `  [Stack/More] the stack has 7 resources, more than the 3 that CloudFormation allows; ${remedy}, or put the routes into nested stacks (\`nestedStacks\`)`));
});
