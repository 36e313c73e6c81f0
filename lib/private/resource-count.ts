import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** CloudFormation's quota of resources in a stack, and the context by which aws-cdk-lib lets a user change it. */
const RESOURCE_LIMIT = 500;
const RESOURCE_LIMIT_CONTEXT = '@aws-cdk/core:stackResourceLimit';

/** The stacks that a service speaks for, and whether all services in there share what functions can share. */
const sharing = new WeakMap<Stack, boolean>();

/**
 * Says what to do when a stack has more resources than CloudFormation takes; aws-cdk-lib only counts them.
 *
 * @param shared whether the functions share their role and log group already
 */
export function reportResourceCount(service: Construct, shared: boolean): void {
  const stack = Stack.of(service);
  const isFirst = !sharing.has(stack);
  sharing.set(stack, shared && (isFirst || sharing.get(stack)!));
  if (isFirst) service.node.addValidation({ validate: () => resourceCountReport(stack, sharing.get(stack)!) });
}

function resourceCountReport(stack: Stack, shared: boolean): string[] {
  const limit = Number(stack.node.tryGetContext(RESOURCE_LIMIT_CONTEXT) ?? RESOURCE_LIMIT);
  const count = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
  if (limit <= 0 || count <= limit) return [];
  const remedy = shared
    ? 'let routes share handlers, or divide the service'
    : 'let functions share what each of them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` '
      + '(one log group)';
  return [`the stack has ${count} resources, more than the ${limit} that CloudFormation takes; ${remedy}`];
}
