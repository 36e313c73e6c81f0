import * as fs from 'fs';
import * as path from 'path';
import { Aspects, CfnResource, Duration, IPropertyInjector, PropertyInjectors, RemovalPolicies, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnApi, CfnStage, DomainName, LogGroupLogDestination, WebSocketApi, WebSocketIntegration, WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectAuthorizer, WebsocketModel, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';

const PAGE = fs.readFileSync(path.join(__dirname, '..', 'docs', 'escape-hatches.md'), 'utf8');

/** Resource type and code of each row. */
const rows = [...PAGE.matchAll(/^\| `(AWS::[\w:]+)` \| .* \| `(service\..+)` \|$/gm)].map(([, type, code]) => [code, type]);

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/messages.ts': 'export const send = async () => ({});',
    'src/auth.ts': 'export const authorize = async () => ({});',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack({ '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true }); });

/** The service of the page. */
function service(): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: {
      'send': { handler: 'src/messages.send', returnResponse: true, requestModel: WebsocketModel.fromSchema({ type: 'object' }) },
      'chat/join': { function: inlineFunction(stack, 'Fn') },
      'ping': { integration: new WebSocketMockIntegration('Ping') },
    },
    authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
  });
}

/** What the code of a row is. */
function reached(code: string, chat: WebsocketService): CfnResource {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return (new Function('service', `return ${code};`) as (of: WebsocketService) => CfnResource)(chat);
}

const inService = (chat: WebsocketService): CfnResource[] => chat.node.findAll().filter((node) => CfnResource.isCfnResource(node));

test.each(rows)('%s is an %s', (code, type) => {
  expect(reached(code, service()).cfnResourceType).toBe(type);
});

test('every resource of the service is in the table', () => {
  // GIVEN
  const chat = service();

  // THEN
  const documented = rows.map(([code]) => reached(code, chat).node.path);
  expect(documented.sort()).toEqual(inService(chat).map(({ node }) => node.path).sort());
});

test('an override is in the template', () => {
  // WHEN
  const api = service().api.node.defaultChild as CfnApi;
  api.addPropertyOverride('Version', '2026-11');

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { Version: '2026-11' });
});

test('Tags', () => {
  // WHEN
  Tags.of(service()).add('team', 'chat');

  // THEN
  const template = Template.fromStack(stack);
  const tag = { Tags: Match.arrayWith([{ Key: 'team', Value: 'chat' }]) };
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Tags: { team: 'chat' } });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { Tags: { team: 'chat' } });
  template.resourcePropertiesCountIs('AWS::Logs::LogGroup', tag, 2);
  template.resourcePropertiesCountIs('AWS::Lambda::Function', tag, 2);
  template.resourcePropertiesCountIs('AWS::IAM::Role', tag, 2);
});

test('Aspects', () => {
  // GIVEN
  const chat = service();
  const visited: string[] = [];

  // WHEN
  Aspects.of(chat).add({
    visit: (node) => {
      visited.push(node.node.path);
      if (node instanceof lambda.CfnFunction) node.memorySize = 512;
    },
  });

  // THEN
  Template.fromStack(stack).resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 512 }, 2);
  expect(visited).toEqual(expect.arrayContaining(inService(chat).map(({ node }) => node.path)));
});

test('permission boundaries', () => {
  // WHEN
  iam.PermissionsBoundary.of(service()).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Bounds', 'arn:aws:iam::123456789012:policy/Bounds'));

  // THEN
  Template.fromStack(stack).resourcePropertiesCountIs(
    'AWS::IAM::Role', { PermissionsBoundary: 'arn:aws:iam::123456789012:policy/Bounds' }, 2,
  );
});

test('removal policies', () => {
  // GIVEN
  const chat = service();

  // WHEN
  RemovalPolicies.of(chat).retain();

  // THEN
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { DeletionPolicy?: string }> };
  expect(inService(chat).map((resource) => Resources[stack.getLogicalId(resource)].DeletionPolicy)).toEqual(rows.map(() => 'Retain'));
});

test('property injectors', () => {
  // GIVEN
  const injector = (constructUniqueId: string, more: object): IPropertyInjector => ({
    constructUniqueId, inject: (props: object) => ({ ...props, ...more }),
  });
  PropertyInjectors.of(stack).add(
    injector(lambda.Function.PROPERTY_INJECTION_ID, { memorySize: 512 }),
    injector(WebSocketApi.PROPERTY_INJECTION_ID, { description: 'injected' }),
    injector(WebSocketStage.PROPERTY_INJECTION_ID, { detailedMetricsEnabled: true }),
  );

  // WHEN
  service();

  // THEN
  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::Lambda::Function', { MemorySize: 512 });
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Description: 'injected' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { DefaultRouteSettings: { DetailedMetricsEnabled: true } });
  for (const { PROPERTY_INJECTION_ID } of [lambda.Function, WebSocketApi, WebSocketStage]) {
    expect(PAGE).toContain(`\`${PROPERTY_INJECTION_ID}\``);
  }
});

test('property injectors that put their props below those of the service', () => {
  // GIVEN
  const injector = (constructUniqueId: string, more: object): IPropertyInjector => ({
    constructUniqueId, inject: (props: object) => ({ ...more, ...props }),
  });
  PropertyInjectors.of(stack).add(
    injector(WebSocketApi.PROPERTY_INJECTION_ID, { description: 'injected' }),
    injector(WebSocketStage.PROPERTY_INJECTION_ID, { description: 'injected', stageVariables: { a: 'b' } }),
    injector(WebSocketRoute.PROPERTY_INJECTION_ID, { returnResponse: true }),
    injector(WebSocketIntegration.PROPERTY_INJECTION_ID, { timeout: Duration.seconds(3) }),
    injector(DomainName.PROPERTY_INJECTION_ID, { certificateName: 'injected' }),
    injector(logs.LogGroup.PROPERTY_INJECTION_ID, { removalPolicy: RemovalPolicy.DESTROY }),
    injector(cloudwatch.Dashboard.PROPERTY_INJECTION_ID, { dashboardName: 'injected' }),
  );
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/1');

  // WHEN
  new WebsocketService(stack, 'Chat', {
    routes: { join: { function: inlineFunction(stack, 'Fn') } },
    authorizer: ConnectAuthorizer.none(),
    accessLog: {},
    cloudWatchRole: false,
    domain: { domainName: 'ws.example.com', certificate },
  }).addDashboard();

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Description: 'injected' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { Description: 'injected', StageVariables: { a: 'b' } });
  template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { TimeoutInMillis: 3000 });
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainNameConfigurations: [Match.objectLike({ CertificateName: 'injected' })] });
  template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Delete' });
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'injected' });
});

test('what an injector or an aspect sets of a stage counts for a route with settings of its own', () => {
  // GIVEN
  PropertyInjectors.of(stack).add({
    constructUniqueId: WebSocketStage.PROPERTY_INJECTION_ID, inject: (props: object) => ({ throttle: { rateLimit: 5, burstLimit: 6 }, ...props }),
  });

  // WHEN
  const { stage } = new WebsocketService(stack, 'Chat', {
    routes: { join: { function: inlineFunction(stack, 'Fn'), throttle: { rateLimit: 1 } } }, authorizer: ConnectAuthorizer.none(),
  });
  Aspects.of(stage).add({
    visit: (node) => { if (node instanceof CfnStage) node.defaultRouteSettings = { ...node.defaultRouteSettings, detailedMetricsEnabled: true }; },
  });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    RouteSettings: { join: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 6, DetailedMetricsEnabled: true } },
  });
});

test('an access log from a property injector also creates the role of the account', () => {
  // GIVEN
  const destination = new LogGroupLogDestination(new logs.LogGroup(stack, 'Log'));
  PropertyInjectors.of(stack).add({
    constructUniqueId: WebSocketStage.PROPERTY_INJECTION_ID, inject: (props: object) => ({ ...props, accessLogSettings: { destination } }),
  });

  // WHEN
  new WebsocketService(stack, 'Chat', { routes: { join: { function: inlineFunction(stack, 'Fn') } }, authorizer: ConnectAuthorizer.none() });

  // THEN
  const template = Template.fromStack(stack);
  const [role] = Object.keys(template.findResources('Custom::WebsocketCloudWatchRole'));
  template.hasResource('AWS::ApiGatewayV2::Stage', { DependsOn: Match.arrayWith([role]) });
});

test('nothing is named that need not be', () => {
  // WHEN
  const chat = service();

  // THEN
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Properties: Record<string, unknown> }> };
  const names = inService(chat).flatMap((resource) => Object.entries(Resources[stack.getLogicalId(resource)].Properties)
    .filter(([property, value]) => /Name$/.test(property) && typeof value === 'string')
    .map(([property, value]) => [resource.cfnResourceType, property, value]));
  // The name of an inline policy is unique in its role; aws-cdk-lib makes one of the path.
  expect(names.filter(([type]) => type !== 'AWS::IAM::Policy').sort()).toEqual([
    ['AWS::ApiGatewayV2::Api', 'Name', 'Chat'],
    ['AWS::ApiGatewayV2::Authorizer', 'Name', 'Authorizer'],
    ['AWS::ApiGatewayV2::Model', 'Name', 'Send'],
    ['AWS::ApiGatewayV2::Stage', 'StageName', 'dev'],
  ]);
});
