import { isDeepStrictEqual } from 'node:util';
import type { Compilation, CompiledFunction } from './compilation';
import { ServerlessFileError } from '../file-error';
import { defined, isObject, objectAt, tagList, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

/** The properties of a function; what it does not say, the provider says. */
export function functionProperties(compilation: Compilation, declared: CompiledFunction): OpenObject {
  const { provider, isOsls } = compilation;
  const { key, name, config } = declared;
  check(compilation, declared);
  const vpc = vpcConfig(compilation, config);
  const { fileSystemConfig } = config;
  if (fileSystemConfig && vpc === undefined) {
    fail(compilation, [key, 'fileSystemConfig'], `function "${key}" has a file system: it needs a \`vpc\` of its own or of the provider.`);
  }
  return defined({
    Code: { S3Bucket: compilation.artifactBucket, S3Key: `${compilation.artifactFolder}/${artifactName(compilation, key, config)}` },
    RuntimeManagementConfig: runtimeManagement(provider.runtimeManagement, config.runtimeManagement),
    Handler: config.handler,
    Runtime: config.runtime || provider.runtime || (isOsls ? 'nodejs24.x' : 'nodejs16.x'),
    FunctionName: name,
    MemorySize: config.memorySize || provider.memorySize || 1024,
    Timeout: config.timeout || provider.timeout || 6,
    Architectures: config.architecture || provider.architecture ? [config.architecture || provider.architecture] : undefined,
    Description: config.description || undefined,
    SnapStart: config.snapStart ? { ApplyOn: 'PublishedVersions' } : undefined,
    Tags: config.tags || provider.tags ? tagList({ ...objectAt(provider, 'tags'), ...objectAt(config, 'tags') }) : undefined,
    EphemeralStorage: config.ephemeralStorageSize ? { Size: config.ephemeralStorageSize } : undefined,
    RecursiveLoop: (isOsls && config.recursiveLoop) || undefined,
    DeadLetterConfig: config.onError ? { TargetArn: config.onError } : undefined,
    KmsKeyArn: config.kmsKeyArn || provider.kmsKeyArn || undefined,
    TracingConfig: tracing(compilation, config) ? { Mode: tracingMode(tracing(compilation, config)) } : undefined,
    Environment: config.environment || provider.environment
      ? { Variables: { ...objectAt(provider, 'environment'), ...objectAt(config, 'environment') } } : undefined,
    Role: role(compilation.customRole(config)),
    VpcConfig: vpc,
    FileSystemConfigs: isObject(fileSystemConfig)
      ? [defined({ Arn: fileSystemConfig.arn, LocalMountPath: fileSystemConfig.localMountPath })] : undefined,
    ReservedConcurrentExecutions: config.reservedConcurrency || config.reservedConcurrency === 0 ? config.reservedConcurrency : undefined,
    Layers: config.layers || (Array.isArray(provider.layers) ? [...provider.layers] : provider.layers) || undefined,
    DurableConfig: isOsls ? durableConfig(config) : undefined,
    LoggingConfig: isOsls ? loggingConfig(config.logs || objectAt(provider, 'logs').lambda) : undefined,
  });
}

/** What the options of a function let the shared role do. */
export function addFunctionStatements(compilation: Compilation, config: JsonObject): void {
  const { provider, roleStatements: statements } = compilation;
  if (statements === undefined) return;
  const kmsKeyArn = config.kmsKeyArn || provider.kmsKeyArn;
  if (typeof config.onError === 'string' && config.onError !== '') {
    statements.push({ Effect: 'Allow', Action: ['sns:Publish'], Resource: [config.onError] });
  }
  if (typeof kmsKeyArn === 'string' && kmsKeyArn !== '') {
    addOnce(compilation, statements, { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: [kmsKeyArn] });
  }
  if (tracing(compilation, config)) {
    addOnce(compilation, statements, { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] });
  }
  if (isObject(config.fileSystemConfig)) {
    statements.push({
      Effect: 'Allow',
      Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
      Resource: [config.fileSystemConfig.arn],
    });
  }
}

/** Serverless removes all statements that occur twice when it adds one of these, whoever wrote them. */
function addOnce({ isOsls }: Compilation, statements: Json[], statement: JsonObject): void {
  const known = isOsls ? [...statements] : [];
  for (const candidate of isOsls ? [statement] : [...statements, statement]) {
    if (!known.some((other) => isDeepStrictEqual(other, candidate))) known.push(candidate);
  }
  statements.splice(0, statements.length, ...known);
}

function check(compilation: Compilation, { key, config }: CompiledFunction): void {
  if (config.image) {
    fail(compilation, [key, 'image'],
      `function "${key}" is a container image, which only a compiled template can carry over: pass \`compiledTemplate\`.`);
  }
  if (!config.handler) {
    fail(compilation, [key], `function "${key}" has no \`handler\`.`);
  }
  if (config.provisionedConcurrency && config.snapStart) {
    fail(compilation, [key, 'snapStart'], `function "${key}" has \`provisionedConcurrency\` and \`snapStart\`; Lambda allows one of them.`);
  }
}

function fail({ service }: Compilation, path: readonly string[], problem: string): never {
  const position = service.position(['functions', ...path]) ?? service.position(['functions', path[0]]);
  throw new ServerlessFileError(position ?? service.file, problem);
}

function artifactName({ config: service }: Compilation, key: string, config: JsonObject): string {
  const own = objectAt(config, 'package');
  const all = objectAt(service, 'package');
  const artifact = own.artifact || all.artifact;
  if (typeof artifact === 'string' && artifact !== '') return artifact.slice(artifact.lastIndexOf('/') + 1);
  return own.individually || all.individually ? `${key}.zip` : `${String(service.service)}.zip`;
}

const UPDATE_RUNTIME_ON: Readonly<Record<string, string>> = { auto: 'Auto', onFunctionUpdate: 'FunctionUpdate', manual: 'Manual' };

function runtimeManagement(...levels: Json[]): OpenObject | undefined {
  const settings: OpenObject = { mode: 'auto' };
  for (const level of levels) Object.assign(settings, typeof level === 'string' ? { mode: level } : level);
  if (settings.mode === 'auto') return undefined;
  return defined({
    UpdateRuntimeOn: UPDATE_RUNTIME_ON[String(settings.mode)],
    RuntimeVersionArn: settings.mode === 'manual' ? settings.arn : undefined,
  });
}

function tracing({ provider }: Compilation, config: JsonObject): Json | undefined {
  return config.tracing || objectAt(provider, 'tracing').lambda;
}

function tracingMode(value: Json | undefined): Json {
  return typeof value === 'boolean' || value === undefined ? 'Active' : value;
}

function role(custom: Json | undefined): Json {
  if (!custom) return { 'Fn::GetAtt': [logicalIds.role, 'Arn'] };
  return typeof custom === 'string' && !custom.startsWith('arn:') ? { 'Fn::GetAtt': [custom, 'Arn'] } : custom;
}

/** Both lists or nothing. `vpc: false` or `null` keeps a function out of the provider's. */
function vpcConfig({ provider, isOsls }: Compilation, config: JsonObject): OpenObject | undefined {
  if (config.vpc === null || config.vpc === false) return undefined;
  const own = objectAt(config, 'vpc');
  const all = objectAt(provider, 'vpc');
  const securityGroupIds = own.securityGroupIds || all.securityGroupIds;
  const subnetIds = own.subnetIds || all.subnetIds;
  if (!securityGroupIds || !subnetIds) return undefined;
  const ipv6 = own.ipv6AllowedForDualStack || all.ipv6AllowedForDualStack;
  return defined({ Ipv6AllowedForDualStack: isOsls ? ipv6 : undefined, SecurityGroupIds: securityGroupIds, SubnetIds: subnetIds });
}

function durableConfig({ durableConfig: settings }: JsonObject): OpenObject | undefined {
  if (!isObject(settings)) return undefined;
  return defined({ ExecutionTimeout: settings.executionTimeout, RetentionPeriodInDays: settings.retentionPeriodInDays });
}

function loggingConfig(settings: Json | undefined): OpenObject | undefined {
  if (!isObject(settings)) return undefined;
  const logging = defined({
    ApplicationLogLevel: settings.applicationLogLevel || undefined,
    LogFormat: settings.logFormat || undefined,
    LogGroup: settings.logGroup || undefined,
    SystemLogLevel: settings.systemLogLevel || undefined,
  });
  return Object.keys(logging).length > 0 ? logging : undefined;
}
