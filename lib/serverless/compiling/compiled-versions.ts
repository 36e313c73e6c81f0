import { createHash } from 'node:crypto';
import type { Compilation, CompiledFunction } from './compilation';
import { defined, isObject, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

/** Each deployment of changed code or properties publishes one; an alias needs one even if `versionFunctions` is off. */
export function isVersioned(compilation: Compilation, config: JsonObject): boolean {
  return keepsVersions(compilation, config) || Boolean(config.provisionedConcurrency || config.snapStart);
}

export function addVersion(compilation: Compilation, { key, config }: CompiledFunction, resource: OpenObject): void {
  const versionId = logicalIds.versionId(key, versionHash(resource.Properties));
  const functionName = { Ref: logicalIds.lambdaFunctionId(key) };
  compilation.resources[versionId] = compilation.conditioned(defined({
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: keepsVersions(compilation, config) ? 'Retain' : undefined,
    Properties: defined({ FunctionName: functionName, CodeSha256: UNKNOWN_CODE, Description: config.description || undefined }),
  }), config);
  compilation.outputs[logicalIds.versionOutputId(key)] = compilation.conditioned({
    Description: 'Current Lambda function version', Value: { Ref: versionId },
  }, config);

  const alias = compilation.aliases.get(key);
  if (alias === undefined) return;
  compilation.resources[alias.logicalId] = compilation.conditioned({
    Type: 'AWS::Lambda::Alias',
    Properties: defined({
      FunctionName: { Ref: logicalIds.lambdaFunctionId(key) },
      FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
      Name: alias.name,
      ProvisionedConcurrencyConfig: config.provisionedConcurrency
        ? { ProvisionedConcurrentExecutions: config.provisionedConcurrency } : undefined,
    }),
    DependsOn: logicalIds.lambdaFunctionId(key),
  }, config);
}

/** The code is not ours to hash; the version changes its id with each deployment anyway. */
const UNKNOWN_CODE = createHash('sha256').digest('base64');

function keepsVersions({ isOsls, provider }: Compilation, config: JsonObject): boolean {
  if (isOsls && config.durableConfig) return true;
  return Boolean(config.versionFunction ?? provider.versionFunctions ?? true);
}

/** Of what a version freezes: neither code nor what belongs to the function as a whole. */
function versionHash(properties: Json): string {
  const { Code: code, ReservedConcurrentExecutions: reserved, Tags: tags, ...frozen } = isObject(properties) ? properties : {};
  return createHash('sha256').update(JSON.stringify(frozen)).digest('base64');
}
