import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { narrowLogRights } from '../../../lib/private/handlers/function-setup';
import { FLAG_SETS } from '../../_helpers/flags';
import { inlineFunction } from '../../_helpers/quick-app';

const BASIC = 'AWSLambdaBasicExecutionRole';

let stack: Stack;

function narrowed(flags: Record<string, unknown>, settings: (scope: Stack) => Partial<lambda.FunctionProps> = () => ({})): lambda.Function {
  stack = new Stack(new App({ context: flags }), 'Stack');
  const options = settings(stack);
  const fn = inlineFunction(stack, 'Fn', options);
  narrowLogRights(fn, options);
  return fn;
}

/** The managed policies of the function's role, by the ends of their names. */
function managed(): string[] {
  const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  return ((role.Properties.ManagedPolicyArns ?? []) as unknown[]).map((policy) => /[\w-]+(?="|$)(?!.*[\w-]+")/.exec(JSON.stringify(policy))![0]);
}

function statements(): unknown[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const WRITE = { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: expect.anything() };

test.each(FLAG_SETS)('a function with a log group may write to that one alone (%s)', (_, flags) => {
  // WHEN
  narrowed(flags, (scope) => ({ logGroup: new logs.LogGroup(scope, 'Logs') }));

  // THEN
  expect(managed()).toEqual([]);
  expect(statements()).toEqual([{ ...WRITE, Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Logs/), 'Arn'] } }]);
});

test.each(FLAG_SETS)('a function without a log group keeps the policy that aws-cdk-lib gives it (%s)', (_, flags) => {
  // WHEN
  narrowed(flags);

  // THEN
  expect(managed()).toEqual([BASIC]);
  expect(statements()).toEqual([]);
});

test('a function in a VPC keeps the policy for network interfaces', () => {
  // WHEN
  narrowed({}, (scope) => ({ vpc: new ec2.Vpc(scope, 'Vpc'), logGroup: new logs.LogGroup(scope, 'Logs') }));

  // THEN
  expect(managed()).toEqual(['AWSLambdaVPCAccessExecutionRole']);
});

test('a policy that is added to the role later is kept', () => {
  // WHEN
  const fn = narrowed({}, (scope) => ({ logGroup: new logs.LogGroup(scope, 'Logs') }));
  fn.role!.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonS3ReadOnlyAccess'));

  // THEN
  expect(managed()).toEqual(['AmazonS3ReadOnlyAccess']);
});

test('a role that is given stays as it is', () => {
  // WHEN
  narrowed({}, (scope) => ({
    logGroup: new logs.LogGroup(scope, 'Logs'),
    role: new iam.Role(scope, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(`service-role/${BASIC}`)],
    }),
  }));

  // THEN
  expect(managed()).toEqual([BASIC]);
  expect(statements()).toEqual([]);
});

test('the function waits for its rights', () => {
  // WHEN
  narrowed({}, (scope) => ({ logGroup: new logs.LogGroup(scope, 'Logs') }));

  // THEN
  Template.fromStack(stack).hasResource('AWS::Lambda::Function', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('DefaultPolicy')]) });
});
