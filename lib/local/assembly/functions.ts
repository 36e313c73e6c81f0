import { readCode, readLayers } from './function-code';
import { readHandlerBuild } from './handler-build';
import { scalarText } from './json';
import type { LambdaFunction, UnresolvedVariable } from './model';
import type { Notices } from './notices';
import { isUnresolved } from './resolution';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** Stands for the runtime of a function without one: its image has it. */
const OWN_RUNTIME = 'a container image';

/** Lambda's defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const DEFAULT_SECONDS = 3;
const DEFAULT_MEGABYTES = 128;

/** A function that something invokes. */
export function readFunction(resource: Resource, resources: Resources, notices: Notices): LambdaFunction {
  return {
    id: resource.id,
    path: resource.path,
    name: resource.ref(),
    arn: resource.attribute('Arn'),
    region: resource.stack.environment.region,
    account: resource.stack.environment.account,
    runtime: resource.knownText('Runtime') ?? OWN_RUNTIME,
    handler: resource.knownText('Handler') ?? '',
    timeout: (number(resource, 'Timeout', notices) ?? DEFAULT_SECONDS) * 1000,
    memorySize: number(resource, 'MemorySize', notices) ?? DEFAULT_MEGABYTES,
    ...readEnvironment(resource),
    code: readCode(resource),
    layers: readLayers(resource, resources, notices),
    reservedConcurrency: number(resource, 'ReservedConcurrentExecutions', notices),
    build: readHandlerBuild(resource),
  };
}

/** A number that nothing is routed by: Lambda's default does where it is unknown. */
function number(resource: Resource, property: string, notices: Notices): number | undefined {
  const resolution = resource.resolve(property);
  if (!isUnresolved(resolution)) return resource.number(property);
  const { refersTo, reason } = resolution;
  notices.add('property-unresolved', resource.path, `${property} has its default here: it refers to ${refersTo}: ${reason}`);
  return undefined;
}

function readEnvironment(resource: Resource): Pick<LambdaFunction, 'environment' | 'unresolved'> {
  const environment: Array<[string, string]> = [];
  const unresolved: UnresolvedVariable[] = [];
  const variables = resource.members('Environment', 'Variables');
  if (isUnresolved(variables)) return { environment: {}, unresolved: [{ name: '*', ...variables }] };
  for (const [name, value] of Object.entries(variables.value ?? {})) {
    const resolution = resource.resolveValue(value);
    if (isUnresolved(resolution)) {
      unresolved.push({ name, refersTo: resolution.refersTo, reason: resolution.reason });
    } else {
      const text = scalarText(resolution.value);
      if (text !== undefined) environment.push([name, text]);
    }
  }
  return { environment: Object.fromEntries(environment), unresolved };
}
