import { Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FunctionSettings, OwnSettings } from './function-settings';
import { withoutUndefined } from '../members';

/** The settings that aws-cdk-lib has. */
type PlainSettings = Omit<FunctionSettings, keyof OwnSettings> & Pick<NodejsFunctionProps, 'logGroup'>;

const aliases = new WeakMap<lambda.IFunction, lambda.Alias>();

/** Creates a function, with its log group and its alias, which aws-cdk-lib has no settings for. */
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
      // CloudFormation rejects 0.
      provisionedConcurrentExecutions: provisionedConcurrentExecutions || undefined,
    })));
  }
  return made;
}

/** Removes a function and the constructs created with it. */
export function removeFunction(scope: Construct, id: string): void {
  for (const child of [id, logGroupId(id)]) scope.node.tryRemoveChild(child);
}

/** The alias of a function, which is invoked instead. */
export function aliasOf(fn: lambda.IFunction): lambda.Alias | undefined {
  return aliases.get(fn);
}

/** Not the id of a function, since names of exports have no hyphen. */
function logGroupId(id: string): string {
  return `${id}-Logs`;
}

/** The managed policy that aws-cdk-lib attaches to the role of every function, for all log groups of the account. */
const ALL_LOGS = 'service-role/AWSLambdaBasicExecutionRole';

/**
 * Permits a function to write to its own log group only. A role from the user is not changed.
 *
 * Without a log group of its own, the function's log group is named after the function, and permission for it would be a cycle.
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
  // Lazy, since policies may still be added to the role.
  const policies = Lazy.any({ produce: () => withoutAllLogs(Stack.of(fn), attached) }, { omitEmptyArray: true });
  resource.managedPolicyArns = policies as unknown as string[];
}

function withoutAllLogs(stack: Stack, attached: unknown): unknown[] {
  const policies = (stack.resolve(attached) ?? []) as unknown[];
  return policies.filter((policy) => !JSON.stringify(policy).includes(ALL_LOGS));
}
