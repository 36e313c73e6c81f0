import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnApi, CfnIntegrationResponse, CfnModel, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../../lib';
import { WebsocketLoggingLevel } from '../../lib/route-settings';
import { AppFolder } from '../_helpers/app-folder';
import { quickStack } from '../_helpers/quick-app';

const CODE = 'export const main = async () => ({}); export const other = main; export const authorize = main;';

let folder: AppFolder;
beforeAll(() => { folder = new AppFolder({ 'src/a.ts': CODE }); });
afterAll(() => folder.leave());

const PROPS: WebsocketServiceProps = {
  routes: { $default: { handler: 'src/a.main' }, foo: { handler: 'src/a.other', returnResponse: true } },
  authorizer: ConnectAuthorizer.handler('src/a.authorize', { identitySource: ['route.request.querystring.token'] }),
  autoDeploy: false,
};

interface Made {
  readonly stack: Stack;
  readonly chat: WebsocketService;
}

function make(props: Partial<WebsocketServiceProps> = {}, context: Record<string, unknown> = {}): Made {
  const stack = quickStack(context);
  return { stack, chat: new WebsocketService(stack, 'Chat', { ...PROPS, ...props }) };
}

const deploymentsOf = (stack: Stack): string[] => Object.keys(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'));

/** The logical id of the one deployment. */
function id(props: Partial<WebsocketServiceProps> = {}, change: (made: Made) => void = () => undefined, context?: Record<string, unknown>): string {
  const made = make(props, context);
  change(made);
  const [only, ...others] = deploymentsOf(made.stack);
  expect(others).toEqual([]);
  return only;
}

const apiOf = ({ chat }: Made): CfnApi => chat.api.node.defaultChild as CfnApi;

test('a service whose stages deploy themselves has none', () => {
  expect(deploymentsOf(make({ autoDeploy: undefined }).stack)).toEqual([]);
});

describe.each([0, 2])('in %s nested stacks', (nestedStacks) => {
  const nested = { nestedStacks };

  test.each<[string, Partial<WebsocketServiceProps>, ((made: Made) => void)?]>([
    ['a route more', { routes: { ...PROPS.routes, bar: { handler: 'src/a.main' } } }],
    ['a route less', { routes: { $default: PROPS.routes.$default } }],
    ['a route that is added', {}, ({ chat }) => { chat.addRoute('bar', { handler: 'src/a.main' }); }],
    ['the target of a route', { routes: { ...PROPS.routes, foo: { handler: 'src/a.main', returnResponse: true } } }],
    ['the timeout of an integration', { routes: { ...PROPS.routes, $default: { handler: 'src/a.main', integrationTimeout: Duration.seconds(9) } } }],
    ['returnResponse', { routes: { ...PROPS.routes, foo: { handler: 'src/a.other' } } }],
    ['the identity source', { authorizer: ConnectAuthorizer.handler('src/a.authorize') }],
    ['no authorizer', { authorizer: ConnectAuthorizer.none() }],
    ['the selection expression', { routeSelectionExpression: '$request.body.kind' }],
    ['a model', {}, (made) => { new CfnModel(made.stack, 'Model', { apiId: made.chat.apiId, name: 'm', schema: {} }); }],
    ['an integration response', {}, (made) => {
      new CfnIntegrationResponse(made.stack, 'Response', { apiId: made.chat.apiId, integrationId: 'i', integrationResponseKey: '$default' });
    }],
    ['a raw override of a route', {}, ({ chat }) => {
      (chat.route('foo').node.defaultChild as CfnRoute).addPropertyOverride('OperationName', 'Foo');
    }],
    ['a route beside the service', {}, (made) => { new CfnRoute(made.stack, 'Raw', { apiId: made.chat.apiId, routeKey: 'raw' }); }],
    ['a route in a nested stack beside the service', {}, (made) => {
      new CfnRoute(new NestedStack(made.stack, 'Nested'), 'Raw', { apiId: made.chat.apiId, routeKey: 'raw' });
    }],
  ])('another deployment: %s', (...[, props, change]) => {
    expect(id({ ...nested, ...props }, change)).not.toBe(id(nested));
  });

  test.each<[string, Partial<WebsocketServiceProps>, ((made: Made) => void)?]>([
    ['memory', { defaults: { memorySize: 512 } }],
    ['an environment', { defaults: { environment: { COLOUR: 'red' } } }],
    ['the description and name of the API', { description: 'about it', apiName: 'chat' }],
    ['tags', { tags: { team: 'blue' } }],
    ['throttling of the stage', { throttle: { rateLimit: 5 } }],
    ['settings of a route', { routes: { ...PROPS.routes, $default: { handler: 'src/a.main', detailedMetricsEnabled: true } } }],
    ['stage variables', { stageVariables: { table: 'chat' } }],
    ['the level of logs', { loggingLevel: WebsocketLoggingLevel.INFO }],
    ['the order of the map', { routes: Object.fromEntries(Object.entries(PROPS.routes).reverse()) }],
    ['another service in the stack', {}, ({ stack }) => { new WebsocketService(stack, 'Second', { ...PROPS, autoDeploy: undefined }); }],
    ['a description of the API by raw means', {}, (made) => { apiOf(made).addPropertyOverride('Description', 'about it'); }],
    ['a stage more that deploys itself', { additionalStages: { prod: {} } }],
    ['a stage more that does not', { additionalStages: { prod: { autoDeploy: false } } }],
  ])('the same deployment: %s', (...[, props, change]) => {
    expect(id({ ...nested, ...props }, change)).toBe(id(nested));
  });
});

test('path metadata changes nothing', () => {
  expect(id({}, undefined, { 'aws:cdk:enable-path-metadata': true })).toBe(id());
});

test('the code of a handler changes nothing', () => {
  // GIVEN
  const bundled = () => {
    const app = new App();
    new WebsocketService(new Stack(app, 'Stack'), 'Chat', PROPS);
    const { Resources } = app.synth().getStackByName('Stack').template;
    const entries = Object.entries(Resources as Record<string, { Type: string; Properties: { Code?: object } }>);
    return {
      deployment: entries.find(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Deployment')![0],
      code: entries.flatMap(([, { Properties }]) => Properties.Code ?? []),
    };
  };
  const before = bundled();

  // WHEN
  folder.write({ 'src/a.ts': CODE.replaceAll('({})', '({ statusCode: 204 })') });
  const after = bundled();
  folder.write({ 'src/a.ts': CODE });

  // THEN
  expect(after.code).not.toEqual(before.code);
  expect(after.deployment).toBe(before.deployment);
});

describe('what waits for what', () => {
  const resourcesOf = (stack: Stack): Record<string, { Type: string; DependsOn?: string[]; Properties: Record<string, unknown> }> =>
    Template.fromStack(stack).toJSON().Resources;

  test('the deployment for all that it has, the stage for the deployment', () => {
    // WHEN
    const { stack } = make();

    // THEN
    const resources = Object.entries(resourcesOf(stack));
    const [deployment] = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Deployment');
    const deployed = /::(Route|RouteResponse|Integration|IntegrationResponse|Authorizer)$/;
    expect([...deployment[1].DependsOn!].sort()).toEqual(resources.filter(([, { Type }]) => deployed.test(Type)).map(([name]) => name).sort());
    const [[, stage]] = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Stage');
    expect(stage.Properties).toMatchObject({ DeploymentId: { Ref: deployment[0] } });
    expect(stage.DependsOn).toBeUndefined();
  });

  test('stages that do not deploy themselves have one deployment, and one that does has its routes', () => {
    // WHEN
    const { stack, chat } = make({ additionalStages: { test: { autoDeploy: false }, live: { autoDeploy: true } } });

    // THEN
    const stages = Object.values(resourcesOf(stack)).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
    const [deployment] = deploymentsOf(stack);
    expect(deploymentsOf(stack)).toHaveLength(1);
    expect(stages.map(({ Properties: { StageName, DeploymentId, AutoDeploy } }) => [StageName, DeploymentId, AutoDeploy ?? false])).toEqual([
      ['dev', { Ref: deployment }, false], ['live', undefined, true], ['test', { Ref: deployment }, false],
    ]);
    expect(stages.map(({ DependsOn }) => DependsOn?.length)).toEqual([undefined, 4, undefined]);
    expect(chat.stages.live.node.defaultChild).toBeDefined();
  });

  test('with nested stacks the deployment waits for them', () => {
    // WHEN
    const { stack } = make({ nestedStacks: 1 });

    // THEN
    const resources = Object.entries(resourcesOf(stack));
    const [[nested]] = resources.filter(([, { Type }]) => Type === 'AWS::CloudFormation::Stack');
    const [[, deployment]] = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Deployment');
    expect(deployment.DependsOn).toContain(nested);
  });
});
