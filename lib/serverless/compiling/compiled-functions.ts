import type { Compilation, CompiledFunction } from './compilation';
import { addInvokeConfig, addUrl } from './compiled-invocations';
import { addVersion, isVersioned } from './compiled-versions';
import { addFunctionStatements, functionProperties } from './function-properties';
import { defined, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';

/**
 * Functions, their versions and aliases, and what invokes them. Serverless hashes the artifacts of versioned functions in between, so that
 * they are finished after the others; the order shows in the statements of the role.
 */
export function addFunctions(compilation: Compilation): void {
  if (compilation.isOsls) compilation.functions.forEach((declared) => addAlias(compilation, declared));
  const versioned: Array<() => void> = [];
  for (const declared of compilation.functions) {
    const resource = addFunction(compilation, declared);
    const finish = () => {
      addAlias(compilation, declared);
      if (isVersioned(compilation, declared.config)) addVersion(compilation, declared, resource);
      addUrl(compilation, declared);
      addInvokeConfig(compilation, declared);
    };
    if (isVersioned(compilation, declared.config)) versioned.push(finish);
    else finish();
  }
  versioned.forEach((finish) => finish());
}

function addFunction(compilation: Compilation, declared: CompiledFunction): OpenObject {
  const { key, config } = declared;
  const properties = functionProperties(compilation, declared);
  addFunctionStatements(compilation, config);
  const resource = defined({
    Type: 'AWS::Lambda::Function',
    Properties: properties,
    Condition: config.condition || undefined,
    DependsOn: dependencies(compilation, declared),
  });
  compilation.resources[logicalIds.lambdaFunctionId(key)] = resource;
  return resource;
}

/** The log group, what the function says, and a role of the service. */
function dependencies(compilation: Compilation, { key, config }: CompiledFunction): OpenObject[string] | undefined {
  const role = compilation.customRole(config);
  const all = [
    config.disableLogs ? [] : logicalIds.logGroupId(key),
    config.dependsOn || [],
    dependencyOnRole(role) ?? [],
  ].flat();
  return all.length > 0 ? all : undefined;
}

function dependencyOnRole(role: OpenObject[string] | undefined): OpenObject[string] | undefined {
  if (typeof role === 'string') return role === '' || role.startsWith('arn:') || role === logicalIds.role ? undefined : role;
  if (typeof role !== 'object' || role === null || Array.isArray(role)) return undefined;
  const attribute = role['Fn::GetAtt'];
  return Array.isArray(attribute) ? attribute[0] : undefined;
}

/** At most one: what invokes a function invokes this alias. */
function addAlias(compilation: Compilation, { key, config }: CompiledFunction): void {
  if (compilation.isOsls && config.durableConfig) {
    compilation.aliases.set(key, { name: 'durable', logicalId: logicalIds.durableAliasId(key) });
  } else if (config.provisionedConcurrency) {
    compilation.aliases.set(key, { name: 'provisioned', logicalId: logicalIds.provisionedAliasId(key) });
  } else if (config.snapStart) {
    compilation.aliases.set(key, { name: 'snapstart', logicalId: logicalIds.snapStartAliasId(key) });
  }
}
