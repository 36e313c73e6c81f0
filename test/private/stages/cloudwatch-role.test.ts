import * as fs from 'fs';
import * as path from 'path';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { CLOUDWATCH_ROLE_NAME, ensureCloudWatchRole } from '../../../lib/private/stages/cloudwatch-role';
import { FLAG_SETS } from '../../_helpers/flags';
import { quickApp, quickStack, warnings } from '../../_helpers/quick-app';

const ROOT = path.join(__dirname, '..', '..', '..');
const read = (...names: string[]): string => fs.readFileSync(path.join(ROOT, ...names), 'utf8');

/** An ARN as a template of any region has it. */
const arn = (...parts: Array<string | object>): object => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...parts]] });
const ROLE = arn(':iam::', { Ref: 'AWS::AccountId' }, ':role/cdk-websocket-service-cloudwatch');
const POLICY = arn(':iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs');

interface Resource { readonly Properties: Record<string, unknown>; readonly DependsOn?: string[] }

function only(template: Template, type: string): [string, Resource] {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  return found[0] as [string, Resource];
}

describe.each(FLAG_SETS)('%s', (_flags, flags) => {
  const stack = quickStack(flags);
  const dependable = ensureCloudWatchRole(new Construct(stack, 'Service'));
  new CfnStage(stack, 'Stage', { apiId: 'api', stageName: 'dev' }).node.addDependency(dependable);
  const template = Template.fromStack(stack);
  const [logGroup, { Properties: logGroupProperties }] = only(template, 'AWS::Logs::LogGroup');
  const [role, { Properties: roleProperties }] = only(template, 'AWS::IAM::Role');
  const [fn, { Properties: functionProperties }] = only(template, 'AWS::Lambda::Function');
  const [resource, { Properties: resourceProperties }] = only(template, 'Custom::WebsocketCloudWatchRole');

  test('the function may read and set the role of the account, make that one role, and write its log', () => {
    expect(roleProperties).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
      Policies: [{
        PolicyName: 'Account',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['apigateway:GET', 'apigateway:PATCH'], Resource: arn(':apigateway:', { Ref: 'AWS::Region' }, '::/account') },
            { Effect: 'Allow', Action: ['iam:CreateRole', 'iam:GetRole'], Resource: ROLE },
            { Effect: 'Allow', Action: 'iam:AttachRolePolicy', Resource: ROLE, Condition: { ArnEquals: { 'iam:PolicyARN': POLICY } } },
            {
              Effect: 'Allow',
              Action: 'iam:PassRole',
              Resource: ROLE,
              Condition: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
            },
          ],
        },
      }, {
        PolicyName: 'Logs',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{
            Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
          }],
        },
      }],
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('the function is inline, has a log group that goes with it, and is cut short before CloudFormation is', () => {
    expect(functionProperties).toMatchObject({
      Code: { ZipFile: read('lib', 'lambda', 'account-role.bundle.js') },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 300,
      Role: { 'Fn::GetAtt': [role, 'Arn'] },
      LoggingConfig: { LogGroup: { Ref: logGroup } },
    });
    expect(logGroupProperties).toEqual({ RetentionInDays: 30 });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  test('the resource names the role and its policy', () => {
    expect(resourceProperties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [fn, 'Arn'] }, ServiceTimeout: '600', RoleArn: ROLE, PolicyArn: POLICY,
    });
  });

  test('the stage waits for it', () => {
    const [, { DependsOn }] = only(template, 'AWS::ApiGatewayV2::Stage');

    expect(DependsOn).toContain(resource);
  });

  test('there is nothing to upload', () => {
    const assembly = (stack.node.root as App).synth();

    expect(fs.readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'))).toEqual([]);
    expect(warnings(stack)).toEqual([]);
  });
});

test.each<[string, typeof AwsSolutionsChecks | typeof ServerlessChecks, string[]]>([
  ['AwsSolutions', AwsSolutionsChecks, []],
  // Nothing is acknowledged for its users: docs/security.md says what they decide.
  ['Serverless', ServerlessChecks, ['Serverless-LambdaDLQ', 'Serverless-LambdaTracing']],
])('cdk-nag (%s) finds no more than what its user decides', (_, Checks, expected) => {
  const app = quickApp();
  ensureCloudWatchRole(new Stack(app, 'Stack'));

  expect(new Checks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)).toEqual(expected);
});

test('it is made once in a stack, and its ids are stable', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  const [first, second] = ['A', 'B'].map((id) => ensureCloudWatchRole(new Construct(stack, id)));

  // THEN
  expect(second).toBe(first);
  expect(Object.keys(Template.fromStack(stack).toJSON().Resources as object)).toEqual([
    'WebsocketCloudWatchRoleLogs4EA12E1A',
    'WebsocketCloudWatchRole05EC2A92',
    'WebsocketCloudWatchRoleFunction762AC9E2',
    'WebsocketCloudWatchRole3A5D74DF',
  ]);
});

test('a nested stack has its own: nothing has to be passed to it', () => {
  // GIVEN
  const stack = quickStack();
  const nested = new NestedStack(stack, 'Nested');

  // WHEN
  const [outer, inner] = [stack, nested].map((scope) => ensureCloudWatchRole(new Construct(scope, 'Service')));

  // THEN
  expect(inner).not.toBe(outer);
  Template.fromStack(nested).resourceCountIs('Custom::WebsocketCloudWatchRole', 1);
});

test('two stacks name one role', () => {
  const app = quickApp();
  const stacks = ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, { env: { region, account: '123456789012' } }));
  stacks.forEach(ensureCloudWatchRole);

  const roles = stacks.map((stack) => only(Template.fromStack(stack), 'Custom::WebsocketCloudWatchRole')[1].Properties.RoleArn);
  expect(roles).toEqual(new Array(2).fill(arn(':iam::123456789012:role/cdk-websocket-service-cloudwatch')));
});

test('docs/logs.md names the role', () => {
  expect(read('docs', 'logs.md')).toContain(CLOUDWATCH_ROLE_NAME);
});

/** CloudFormation takes 4 MB since 2023; what is far smaller stays readable in the console. */
test('the code fits inline', () => {
  expect(read('lib', 'lambda', 'account-role.bundle.js').length).toBeLessThan(8_192);
});
