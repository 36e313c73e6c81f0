import { Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { FunctionSettings } from './function-settings';

/** What aws-cdk-lib attaches to the role of every function: to write to all logs of the account. */
const ALL_LOGS = 'service-role/AWSLambdaBasicExecutionRole';

/**
 * Lets a function write to the log group that it is given, and to no other. A role that is given stays as it is.
 *
 * One that aws-cdk-lib makes has the name of the function in its own, so that a right to it would be a cycle.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export function narrowLogRights(fn: lambda.Function, { role, logGroup }: FunctionSettings): void {
  const resource = fn.role?.node.defaultChild;
  if (role || !logGroup || !(resource instanceof iam.CfnRole)) return;
  fn.addToRolePolicy(new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [(logGroup as logs.ILogGroup).logGroupArn],
  }));
  const attached = resource.managedPolicyArns;
  // Late: policies may still be added to the role.
  resource.managedPolicyArns = Lazy.any({ produce: () => withoutAllLogs(Stack.of(fn), attached) }, { omitEmptyArray: true }) as unknown as string[];
}

function withoutAllLogs(stack: Stack, attached: unknown): unknown[] {
  const policies = (stack.resolve(attached) ?? []) as unknown[];
  return policies.filter((policy) => !JSON.stringify(policy).includes(ALL_LOGS));
}
