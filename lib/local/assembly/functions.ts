import { readCode, readLayers } from './function-code';
import { readHandlerBuild } from './handler-build';
import type { LambdaFunction } from './model';
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
  const { known, unresolved } = resource.knownTexts('Environment', 'Variables');
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
    environment: known,
    unresolved,
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
