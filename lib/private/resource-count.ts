import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** CloudFormation's quota of resources in a stack, and the context by which aws-cdk-lib lets a user change it. */
const RESOURCE_LIMIT = 500;
const RESOURCE_LIMIT_CONTEXT = '@aws-cdk/core:stackResourceLimit';

/** Says what to share when a stack has more resources than CloudFormation takes; aws-cdk-lib only counts them. */
export function resourceCountReport(scope: Construct): string[] {
  const stack = Stack.of(scope);
  const limit = Number(stack.node.tryGetContext(RESOURCE_LIMIT_CONTEXT) ?? RESOURCE_LIMIT);
  const count = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
  if (limit <= 0 || count <= limit) return [];
  return [
    `the stack has ${count} resources, more than the ${limit} that CloudFormation takes; let functions share what each of `
    + 'them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)',
  ];
}
