import { defined, isObject, objectAt, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import { mergeInto } from './resources-merge';
import type { Dialect, ServerlessService } from '../service';
import type { Json, JsonObject } from '../template';

export interface FunctionAlias {
  readonly name: string;
  readonly logicalId: string;
}

export interface CompiledFunction {
  readonly key: string;
  readonly name: string;
  readonly config: JsonObject;
  readonly events: readonly Json[];
}

/**
 * A template in the making. The configuration is a copy that keeps what it shares: Serverless merges in place, so what overrides a list
 * that two functions share overrides it in both.
 */
export class Compilation {
  readonly config: JsonObject;
  readonly provider: JsonObject;
  readonly functions: readonly CompiledFunction[];
  readonly resources: Record<string, OpenObject> = {};
  readonly outputs: Record<string, OpenObject> = {};
  /** Of the role that functions share; missing if the service makes none. */
  roleStatements?: Json[];
  /** By function key, as far as they are known. */
  readonly aliases = new Map<string, FunctionAlias>();
  /** Destinations that the role may send to already. */
  readonly grantedDestinations = new Set<Json>();
  readonly isOsls: boolean;

  constructor(readonly service: ServerlessService, readonly dialect: Dialect) {
    this.isOsls = dialect === 'osls';
    const copy = structuredClone({
      config: service.config, provider: service.provider, functions: service.functions.map(({ config }) => config),
    });
    this.config = copy.config;
    this.provider = copy.provider;
    const declared = mergedList(copy.config.functions, dialect);
    this.functions = service.functions.map(({ key, functionName: name }, index) => {
      const { events } = objectAt(declared, key);
      return { key, name, config: copy.functions[index], events: Array.isArray(events) ? events : [] };
    });
  }

  /** `chat-dev`: the prefix of names. */
  get prefix(): string {
    return `${this.service.name}-${this.service.stage}`;
  }

  /** Two resources with one id: Serverless merges most of them, osls keeps the last. */
  put(logicalId: string, resource: OpenObject): void {
    this.resources[logicalId] = this.isOsls ? resource : mergeInto(this.resources[logicalId] ?? {}, resource, this.dialect);
  }

  functionOf(key: string): CompiledFunction | undefined {
    return this.functions.find((candidate) => candidate.key === key);
  }

  /** The ARN of a function, with its alias if it has one: what invokes it. */
  functionArn(key: string): Json {
    const arn = { 'Fn::GetAtt': [logicalIds.lambdaFunctionId(key), 'Arn'] };
    const alias = this.aliases.get(key);
    return alias === undefined ? arn : { 'Fn::Join': [':', [arn, alias.name]] };
  }

  /** `Condition` of what belongs to a function. Only osls adds it to more than the function itself. */
  conditioned(resource: OpenObject, config: JsonObject): OpenObject {
    return this.isOsls && config.condition ? { ...resource, Condition: config.condition } : resource;
  }

  /** The role that somebody else made, of the function or of all. */
  customRole(config: JsonObject): Json | undefined {
    if (config.role) return config.role;
    const { role } = objectAt(this.provider, 'iam');
    return isExistingRole(role) ? role : this.provider.role;
  }

  /** Where artifacts are. */
  get artifactBucket(): Json {
    const bucket = deploymentBucketName(this.provider);
    return bucket ? bucket : { Ref: logicalIds.deploymentBucket };
  }

  /** The folder of artifacts in the bucket. Serverless names it after the time, we do not know it. */
  get artifactFolder(): string {
    const prefix = this.provider.deploymentPrefix ?? 'serverless';
    return `${String(prefix)}/${this.service.name}/${this.service.stage}/0-${new Date(0).toISOString()}`;
  }

  /** The properties that every log group of a service may have. */
  logGroup(name: string, config: JsonObject = {}): OpenObject {
    return {
      Type: 'AWS::Logs::LogGroup',
      Properties: defined({
        LogGroupName: name,
        RetentionInDays: config.logRetentionInDays || this.provider.logRetentionInDays || undefined,
        DataProtectionPolicy: config.logDataProtectionPolicy || this.provider.logDataProtectionPolicy || undefined,
      }),
    };
  }
}

/** A name or ARN, or an intrinsic function (but `Ref`, in whose name are no colons). */
export function isExistingRole(role: Json | undefined): boolean {
  return typeof role === 'string' || (isObject(role) && Object.keys(role).some((name) => name.includes('::')));
}

export function deploymentBucketName(provider: JsonObject): Json | undefined {
  const { deploymentBucket } = provider;
  return isObject(deploymentBucket) ? deploymentBucket.name : deploymentBucket;
}

/** `functions` and `resources` may be lists of maps. */
export function mergedList(value: Json | undefined, dialect: Dialect): JsonObject {
  const parts = Array.isArray(value) ? value.filter(isObject) : [];
  if (parts.length === 0) return isObject(value) ? value : {};
  return parts.reduce<OpenObject>((merged, part) => mergeInto(merged, part, dialect), {});
}

