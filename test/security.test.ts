import * as fs from 'fs';
import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { WebsocketAuthorizer, WebsocketService, WebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { FLAG_SETS } from './_helpers/flags';
import { quickApp } from './_helpers/quick-app';

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
    authorizer: WebsocketAuthorizer.handler('chat.authorize'),
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

/** What no setting of the service answers. */
const TO_DECIDE = {
  'AwsSolutions-APIG1': ['Stage'],
  'Serverless-APIGWAccessLogging': ['Stage'],
  'AwsSolutions-APIG4': ['Route-$default', 'Route-$disconnect'],
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    FUNCTIONS.map((fn) => `${fn}/ServiceRole`),
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<api>/dev/*/@connections/*]':
    ROUTE_FUNCTIONS.map((fn) => `${fn}/ServiceRole/DefaultPolicy`),
  'Serverless-LambdaDLQ': FUNCTIONS,
};

/** What a setting answers. */
const TO_SET = {
  'Serverless-APIGWDefaultThrottling': ['Stage'],
  'Serverless-LambdaDefaultMemorySize': FUNCTIONS,
  'Serverless-LambdaDefaultTimeout': FUNCTIONS,
  'Serverless-LambdaTracing': FUNCTIONS,
};

const SETTINGS: Partial<WebsocketServiceProps> = {
  throttle: { rateLimit: 100, burstLimit: 50 },
  defaults: { memorySize: 256, timeout: Duration.seconds(10), tracing: lambda.Tracing.ACTIVE },
};

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
    service(stack, { ...SETTINGS, domain: { domainName: 'ws.example.com', hostedZone }, disableExecuteApiEndpoint: true });

    // THEN
    expect(findings(app)).toEqual({ ...TO_DECIDE, 'AwsSolutions-IAM5[Resource::*]': FUNCTIONS.map((fn) => `${fn}/ServiceRole/DefaultPolicy`) });
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

test('docs/security.md has a row for each finding', () => {
  const page = fs.readFileSync(path.join(__dirname, '..', 'docs', 'security.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`((?:AwsSolutions|Serverless)-\w+)/g)]);

  expect(new Set(rows.map(([, rule]) => rule))).toEqual(new Set(Object.keys({ ...TO_DECIDE, ...TO_SET }).map((rule) => rule.replace(/\[.*/, ''))));
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
