import * as fs from 'fs';
import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConnectAuthorizer, RouteIntegration, WebsocketConnectionStore, WebsocketService, WebsocketServiceProps, WebsocketTokenSource } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { FLAG_SETS } from './_helpers/flags';
import { quickApp } from './_helpers/quick-app';
import { WebsocketLoggingLevel } from '../lib/route-settings';

const HANDLERS = ['connect', 'disconnect', 'fallback', 'authorize'].map((name) => `export const ${name} = async () => ({});`).join('\n');

let folder: AppFolder;
beforeAll(() => { folder = new AppFolder({ 'chat.ts': HANDLERS }); });
afterAll(() => folder.leave());

function service(stack: Stack, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    routes: {
      $connect: { handler: 'chat.connect' },
      $disconnect: { handler: 'chat.disconnect' },
      $default: { handler: 'chat.fallback' },
    },
    authorizer: ConnectAuthorizer.handler('chat.authorize'),
    ...props,
  });
}

/** Every finding of cdk-nag, and where it is within the service. */
function findings(app: App): Record<string, string[]> {
  const violations = [AwsSolutionsChecks, ServerlessChecks].flatMap((Checks) => [...new Checks(app).validateScope(app).violations]);
  return Object.fromEntries(violations.map(({ ruleName, violatingResources }) => [
    ruleName.replace(/<ChatApi\w+>/, '<api>'),
    violatingResources.map(({ constructPath }) => constructPath!.replace(/^Stack\/Chat\/(.*?)(?:\/Resource)?$/, '$1')).sort(),
  ]));
}

const FUNCTIONS = ['authorize', 'connect', 'disconnect', 'fallback'].map((name) => `Handler-chat.${name}`);
const ROUTE_FUNCTIONS = FUNCTIONS.slice(1);

const policiesOf = (functions: string[]): string[] => functions.map((fn) => `${fn}/ServiceRole/DefaultPolicy`);
const sendsTo = (stage: string): string => (
  `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<api>/${stage}/*/@connections/*]`);
const ALL_LOGS = 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]';

/** What no setting of the service answers. */
const TO_DECIDE = {
  'AwsSolutions-APIG4': ['Route-$default', 'Route-$disconnect'],
  [sendsTo('dev')]: policiesOf(ROUTE_FUNCTIONS),
  'Serverless-LambdaDLQ': FUNCTIONS,
};

/** What a setting answers. */
const TO_SET = {
  'AwsSolutions-APIG1': ['Stage'],
  'Serverless-APIGWAccessLogging': ['Stage'],
  'Serverless-APIGWDefaultThrottling': ['Stage'],
  [ALL_LOGS]: FUNCTIONS.map((fn) => `${fn}/ServiceRole`),
  'Serverless-LambdaDefaultMemorySize': FUNCTIONS,
  'Serverless-LambdaDefaultTimeout': FUNCTIONS,
  'Serverless-LambdaTracing': FUNCTIONS,
};

/** What comes instead: of X-Ray, which has no resources to name. */
const BY_TRACING = { 'AwsSolutions-IAM5[Resource::*]': policiesOf(FUNCTIONS) };

const IN_STORE = { 'AwsSolutions-DDB3': ['ConnectionTable'], 'Serverless-LambdaAsyncFailureDestination': ['FanOut/EventInvokeConfig'] };

/** The function that gives the account a role for logs. */
const ROLE_SETTER = 'Stack/WebsocketCloudWatchRole/Function/Resource';

function settings(stack: Stack): Partial<WebsocketServiceProps> {
  return {
    throttle: { rateLimit: 100, burstLimit: 50 },
    accessLog: {},
    loggingLevel: WebsocketLoggingLevel.ERROR,
    cloudWatchRole: false,
    defaults: { memorySize: 256, timeout: Duration.seconds(10), tracing: lambda.Tracing.ACTIVE, logGroup: new logs.LogGroup(stack, 'Logs') },
  };
}

describe.each(FLAG_SETS)('cdk-nag, %s', (_, flags) => {
  let app: App;
  let stack: Stack;
  beforeEach(() => {
    app = quickApp(flags);
    stack = new Stack(app, 'Stack');
  });

  test('finds in a service with its defaults what docs/security.md lists, and nothing else', () => {
    // WHEN
    service(stack);

    // THEN
    expect(findings(app)).toEqual({ ...TO_DECIDE, ...TO_SET });
  });

  test('finds less with the settings that docs/security.md names, a domain included', () => {
    // GIVEN
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });

    // WHEN
    service(stack, { ...settings(stack), domain: { domainName: 'ws.example.com', hostedZone }, disableExecuteApiEndpoint: true });

    // THEN
    expect(findings(app)).toEqual({ ...TO_DECIDE, ...BY_TRACING });
  });

  test.each<[string, Partial<WebsocketServiceProps>]>([
    ['access log', { loggingLevel: WebsocketLoggingLevel.OFF }],
    ['execution log', { accessLog: undefined }],
  ])('finds two things in the function that gives the account a role for an %s', (__, props) => {
    // WHEN
    service(stack, { ...settings(stack), ...props, cloudWatchRole: true });

    // THEN
    const found = findings(app);
    expect(found['Serverless-LambdaDLQ']).toEqual([...FUNCTIONS, ROLE_SETTER]);
    expect(found['Serverless-LambdaTracing']).toEqual([ROLE_SETTER]);
    expect(Object.entries(found).filter(([, where]) => where.includes(ROLE_SETTER))).toHaveLength(2);
  });

  test('finds in an additional stage what it has not, and that handlers send to it', () => {
    // WHEN
    service(stack, { ...settings(stack), additionalStages: { beta: {} } });

    // THEN
    expect(findings(app)).toEqual({
      ...TO_DECIDE,
      ...BY_TRACING,
      [sendsTo('beta')]: policiesOf(ROUTE_FUNCTIONS),
      'AwsSolutions-APIG1': ['Stage-beta'],
      'Serverless-APIGWAccessLogging': ['Stage-beta'],
      'Serverless-APIGWDefaultThrottling': ['Stage-beta'],
    });
  });

  test('finds in the functions of a preset what it finds in others', () => {
    // WHEN
    presetService(stack);

    // THEN
    const all = ['AuthorizerFunction', 'ConnectEcho', 'Handler-chat.fallback'];
    expect(findings(app)).toEqual({
      ...TO_DECIDE,
      ...TO_SET,
      'AwsSolutions-APIG4': ['Route-$default'],
      [sendsTo('dev')]: policiesOf(['Handler-chat.fallback']),
      'Serverless-LambdaDLQ': all,
      [ALL_LOGS]: all.map((fn) => `${fn}/ServiceRole`),
      'Serverless-LambdaDefaultMemorySize': all,
      // It has a timeout of its own.
      'Serverless-LambdaDefaultTimeout': all.slice(1),
      'Serverless-LambdaTracing': all,
    });
  });

  test('finds in a connection store the backup that is a choice, and what is asynchronous', () => {
    // WHEN
    service(stack, { ...settings(stack), connectionStore: WebsocketConnectionStore.dynamoDb() });

    // THEN
    expect(findings(app)).toEqual({
      ...TO_DECIDE,
      ...IN_STORE,
      [sendsTo('dev')]: policiesOf(['FanOut', ...ROUTE_FUNCTIONS]),
      'AwsSolutions-IAM5[Resource::*]': policiesOf(['FanOut', ...FUNCTIONS]),
      'Serverless-LambdaDLQ': ['FanOut', ...FUNCTIONS],
    });
  });

  test('finds nothing in the roles of direct integrations, nor in keys, alarms and dashboard', () => {
    // GIVEN
    const queue = sqs.Queue.fromQueueArn(stack, 'Queue', stack.formatArn({ service: 'sqs', resource: 'orders' }));

    // WHEN
    const chat = service(stack, {
      ...settings(stack),
      routes: {
        $connect: { integration: RouteIntegration.mock(), apiKeyRequired: true },
        order: { integration: RouteIntegration.sqs(queue) },
      },
    });
    chat.addUsagePlan('Plan');
    chat.addAlarms();
    chat.addDashboard();

    // THEN
    expect(findings(app)).toEqual({
      'AwsSolutions-APIG4': ['Route-order'],
      'AwsSolutions-IAM5[Resource::*]': policiesOf(['Handler-chat.authorize']),
      'Serverless-LambdaDLQ': ['Handler-chat.authorize'],
    });
  });

  test('finds nothing in the role of functions that send nothing and share one without policies', () => {
    // GIVEN
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

    // WHEN
    service(stack, { manageConnections: false, defaults: { role } });

    // THEN
    expect(Object.keys(findings(app)).filter((rule) => rule.includes('-IAM'))).toEqual([]);
  });
});

/** A token beside a subprotocol, and no `$connect`: the service makes both functions. */
function presetService(stack: Stack): WebsocketService {
  const tokenSources = [WebsocketTokenSource.subprotocol('bearer')];
  return service(stack, {
    routes: { $default: { handler: 'chat.fallback' } },
    authorizer: ConnectAuthorizer.jwt({ issuer: 'https://login.example.com', audience: ['chat'], tokenSources }),
  });
}

test('a preset that reads a subprotocol has a `$connect`, and neither of its functions may send', () => {
  // GIVEN
  const stack = new Stack(quickApp(), 'Stack');

  // WHEN
  const chat = presetService(stack);

  // THEN
  const template = Template.fromStack(stack);
  const name = (id: string): unknown => stack.resolve((chat.node.findChild(id) as lambda.Function).functionArn);
  const api = stack.resolve(chat.apiId) as unknown;
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    IdentitySource: ['route.request.header.Sec-WebSocket-Protocol'], AuthorizerUri: { 'Fn::Join': ['', Match.arrayWith([name('AuthorizerFunction')])] },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
    IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::Join': ['', Match.arrayWith([name('ConnectEcho')])] },
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: name('ConnectEcho'), SourceArn: { 'Fn::Join': ['', Match.arrayWith([api, '/dev/*'])] },
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: name('AuthorizerFunction'), SourceArn: { 'Fn::Join': ['', Match.arrayWith([api, '/authorizers/'])] },
  });
  template.resourceCountIs('AWS::Lambda::Permission', 3);
  // That of the handler.
  template.resourceCountIs('AWS::IAM::Policy', 1);
  expect(chat.function('$connect')).toBe(chat.node.findChild('ConnectEcho'));
});

test('docs/security.md has a row for each finding', () => {
  const page = fs.readFileSync(path.join(__dirname, '..', 'docs', 'security.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`((?:AwsSolutions|Serverless)-\w+)/g)].map(([, rule]) => rule));

  const known = Object.keys({ ...TO_DECIDE, ...TO_SET, ...BY_TRACING, ...IN_STORE }).map((rule) => rule.replace(/\[.*/, ''));

  expect(new Set(rows)).toEqual(new Set(known));
});

test('`defaults.environmentEncryption` encrypts the environment of every function', () => {
  // GIVEN
  const stack = new Stack(quickApp(), 'Stack');
  const key = new kms.Key(stack, 'Key');

  // WHEN
  service(stack, { defaults: { environmentEncryption: key } });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', 4);
  template.allResourcesProperties('AWS::Lambda::Function', { KmsKeyArn: stack.resolve(key.keyArn) });
});

test('a key for the access log and the log group of the functions permits CloudWatch Logs', () => {
  // GIVEN
  const stack = new Stack(quickApp(), 'Stack');
  const key = new kms.Key(stack, 'Key');
  const logGroup = new logs.LogGroup(stack, 'Logs', { encryptionKey: key });

  // WHEN
  service(stack, { accessLog: { encryptionKey: key }, cloudWatchRole: false, defaults: { environmentEncryption: key, logGroup } });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Logs::LogGroup', 2);
  template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: stack.resolve(key.keyArn) });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([Match.objectLike({
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Join': ['', Match.arrayWith([':log-group:*'])] } } },
      })]),
    },
  });
});
