import { Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FunctionSettings, OwnSettings } from './function-settings';
import { withoutUndefined } from '../members';

/** What aws-cdk-lib takes of the settings. */
type PlainSettings = Omit<FunctionSettings, keyof OwnSettings> & Pick<NodejsFunctionProps, 'logGroup'>;

const aliases = new WeakMap<lambda.IFunction, lambda.Alias>();

/** Creates a function, and for the settings that aws-cdk-lib does not have, its log group and its alias. */
export function setUpFunction(
  scope: Construct, id: string, settings: FunctionSettings, make: (scope: Construct, id: string, options: PlainSettings) => lambda.Function,
): lambda.Function {
  const { alias, provisionedConcurrentExecutions, logGroupRetention, ...options } = settings;
  const logGroup = logGroupRetention === undefined
    ? options.logGroup
    : new LogGroup(scope, logGroupId(id), { retention: logGroupRetention });
  const made = make(scope, id, withoutUndefined({ ...options, logGroup }));
  narrowLogRights(made, { role: options.role, logGroup });
  if (alias !== undefined) {
    aliases.set(made, made.addAlias(alias, withoutUndefined({
      // None is said by leaving it out.
      provisionedConcurrentExecutions: provisionedConcurrentExecutions || undefined,
    })));
  }
  return made;
}

/** Removes a function and the constructs created with it. */
export function removeFunction(scope: Construct, id: string): void {
  for (const child of [id, logGroupId(id)]) scope.node.tryRemoveChild(child);
}

/** The alias of a function, which is invoked in its place. */
export function aliasOf(fn: lambda.IFunction): lambda.Alias | undefined {
  return aliases.get(fn);
}

/** The export of a handler has no hyphen in its name: it is the id of no function. */
function logGroupId(id: string): string {
  return `${id}-Logs`;
}

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
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [(logGroup as ILogGroup).logGroupArn],
  }));
  const attached = resource.managedPolicyArns;
  // Late: policies may still be added to the role.
  resource.managedPolicyArns = Lazy.any({ produce: () => withoutAllLogs(Stack.of(fn), attached) }, { omitEmptyArray: true }) as unknown as string[];
}

function withoutAllLogs(stack: Stack, attached: unknown): unknown[] {
  const policies = (stack.resolve(attached) ?? []) as unknown[];
  return policies.filter((policy) => !JSON.stringify(policy).includes(ALL_LOGS));
}
