import { CfnOutput, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FunctionSettings } from './handlers/function-settings';
import { RouteStacks } from './routes/route-scopes';

/** CloudFormation's quota of resources in a stack, and the context key of aws-cdk-lib that changes it. */
const RESOURCE_LIMIT = 500;
const RESOURCE_LIMIT_CONTEXT = '@aws-cdk/core:stackResourceLimit';

/** CloudFormation's quota of parameters, and of outputs, of a template. */
const REFERENCE_LIMIT = 200;

/** What a service does already to have fewer resources. */
interface ResourceUse {
  /** Whether the functions share one role and one log group. */
  readonly shared: boolean;
  /** The nested stacks of the routes. */
  readonly nested: RouteStacks;
}

/** The services of each stack. The first one reports for all of them. */
const uses = new WeakMap<Stack, ResourceUse[]>();

/** Reports what to do about a stack with too many resources; aws-cdk-lib only counts them. */
export function reportResourceCount(service: Construct, { role, logGroup }: FunctionSettings, nested: RouteStacks): void {
  const use = { shared: role !== undefined && logGroup !== undefined, nested };
  const stack = Stack.of(service);
  const isFirst = !uses.has(stack);
  uses.set(stack, [...uses.get(stack) ?? [], use]);
  service.node.addValidation({ validate: () => [...isFirst ? stackReport(stack, uses.get(stack)!) : [], ...nestedReports(use)] });
}

function stackReport(stack: Stack, services: ResourceUse[]): string[] {
  const { count, limit } = resourcesOf(stack);
  return count <= limit ? [] : [`the stack has ${excess(count, limit)}; ${stackRemedy(services)}`];
}

/** The user did not create a nested stack of ours, so that the message must name the option that makes it smaller. */
function nestedReports({ nested, shared }: ResourceUse): string[] {
  return nested.all.flatMap((stack) => {
    const { count, limit } = resourcesOf(stack);
    const say = (tooMany: string): string => `the nested stack ${stack.node.id} has ${tooMany}; choose a higher \`nestedStacks\``;
    if (count > limit) return [`${say(excess(count, limit))}${shared ? '' : `, or ${SHARE}`}`];
    return excessReferences(stack).map(say);
  });
}

/** aws-cdk-lib makes a parameter or an output for each reference to another stack. Both exist when validations run. */
function excessReferences(stack: Stack): string[] {
  const own = stack.node.findAll().filter((node) => Stack.of(node) === stack);
  const parameters = own.filter((node) => node instanceof CfnParameter).length;
  const outputs = own.filter((node) => node instanceof CfnOutput).length;
  return [
    ...parameters > REFERENCE_LIMIT ? [`${parameters} parameters, more than the ${REFERENCE_LIMIT} that CloudFormation allows`] : [],
    ...outputs > REFERENCE_LIMIT ? [`${outputs} outputs, more than the ${REFERENCE_LIMIT} that CloudFormation allows`] : [],
  ];
}

const SHARE = 'let functions share what each of them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` '
  + '(one log group)';

const NEST = 'put the routes into nested stacks (`nestedStacks`)';

function stackRemedy(services: ResourceUse[]): string {
  if (services.every(({ nested }) => nested.count > 0)) {
    return 'the routes are in nested stacks: put the other resources here into a stack of their own';
  }
  return services.every(({ shared }) => shared) ? `let routes share handlers, or ${NEST}` : `${SHARE}, or ${NEST}`;
}

function excess(count: number, limit: number): string {
  return `${count} resources, more than the ${limit} that CloudFormation allows`;
}

function resourcesOf(stack: Stack): { count: number; limit: number } {
  const limit = Number(stack.node.tryGetContext(RESOURCE_LIMIT_CONTEXT) ?? RESOURCE_LIMIT);
  const count = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
  return { count, limit: limit > 0 ? limit : Infinity };
}
