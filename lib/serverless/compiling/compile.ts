import { Compilation, mergedList } from './compilation';
import { addDeploymentBucket } from './compiled-bucket';
import { addFunctions } from './compiled-functions';
import { addLogGroups, addRole } from './compiled-roles';
import { addWebsockets } from './compiled-websockets';
import { ServerlessFileError } from '../file-error';
import { isObject, objectAt, type OpenObject } from '../json-value';
import { extend, mergeInto } from './resources-merge';
import type { Dialect, ServerlessService } from '../service';
import type { Json, JsonObject, Template } from '../template';

/**
 * The template that `serverless package` (v3) or `osls package` (4) writes for the functions and `websocket` events of a service, its
 * `resources:` included. Of what depends on artifacts and on the time, which are not ours, only the place is right: keys of artifacts,
 * hashes of code and the ids of versions. Throws a `ServerlessFileError` for what Serverless rejects when it compiles.
 */
export function compileService(service: ServerlessService, dialect: Dialect): Template {
  const compilation = new Compilation(service, dialect);
  addDeploymentBucket(compilation);
  if (compilation.functions.length > 0) {
    addLogGroups(compilation);
    addRole(compilation);
    addFunctions(compilation);
    addWebsockets(compilation);
  }
  exportOutputs(compilation);
  const template = mergeResources(compilation);
  const resources = objectAt(template, 'Resources');
  for (const resource of Object.values(resources) as OpenObject[]) {
    if (resource.Properties) removeNulls(resource.Properties);
    else delete resource.Properties;
  }
  return JSON.parse(JSON.stringify(template)) as Template;
}

/** Outputs of `resources:` are not exported: they come later. */
function exportOutputs({ outputs, prefix }: Compilation): void {
  for (const [name, output] of Object.entries(outputs)) output.Export = { Name: `sls-${prefix}-${name}` };
}

function mergeResources({ config, outputs, resources, service, dialect }: Compilation): OpenObject {
  // A copy, since constants of ours may be part of it.
  const template: OpenObject = structuredClone({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The AWS CloudFormation template for this Serverless application',
    Resources: resources,
    Outputs: outputs,
  });
  const { extensions, ...own } = mergedList(config.resources, dialect);
  const merged = mergeInto(template, withoutEmpty(own, 'Resources', 'Outputs'), dialect);
  const fault = isObject(extensions) ? extend(merged.Resources as Record<string, OpenObject>, extensions) : undefined;
  if (fault !== undefined) {
    const place = service.position(['resources', 'extensions', ...fault.path]) ?? service.file;
    throw new ServerlessFileError(place, `\`resources.extensions\` ${fault.problem}`);
  }
  return merged;
}

/** An empty `Resources:` means none, not that there are none. */
function withoutEmpty(resources: JsonObject, ...names: string[]): JsonObject {
  return Object.fromEntries(Object.entries(resources).filter(([name, value]) => value || !names.includes(name)));
}

/** In lists they stay. */
function removeNulls(value: Json | undefined): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    if (item !== null) removeNulls(item);
    else if (!Array.isArray(value)) delete (value as OpenObject)[name];
  }
}
