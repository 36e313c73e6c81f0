import type { Compilation, CompiledFunction } from './compilation';
import { ServerlessFileError } from '../file-error';
import { defined, isObject, objectAt, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

/** `url` of a function. */
export function addUrl(compilation: Compilation, { key, config }: CompiledFunction): void {
  if (!config.url) return;
  const url = objectAt(config, 'url');
  const authType = url.authorizer === 'aws_iam' ? 'AWS_IAM' : 'NONE';
  const urlId = logicalIds.functionUrlId(key);
  const add = (logicalId: string, type: string, properties: OpenObject) => {
    compilation.resources[logicalId] = compilation.conditioned(defined({
      Type: type, Properties: properties, DependsOn: compilation.aliases.get(key)?.logicalId,
    }), config);
  };
  add(urlId, 'AWS::Lambda::Url', defined({
    AuthType: authType,
    TargetFunctionArn: compilation.functionArn(key),
    Cors: url.cors ? cors(objectAt(url, 'cors')) : undefined,
    InvokeMode: url.invokeMode === 'RESPONSE_STREAM' ? url.invokeMode : undefined,
  }));
  compilation.outputs[urlId] = compilation.conditioned({
    Description: 'Lambda Function URL', Value: { 'Fn::GetAtt': [urlId, 'FunctionUrl'] },
  }, config);
  if (authType !== 'NONE') return;
  add(logicalIds.functionUrlPermissionId(key), 'AWS::Lambda::Permission', {
    FunctionName: compilation.functionArn(key), Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: authType,
  });
  if (!compilation.isOsls) return;
  add(logicalIds.functionUrlInvokePermissionId(key), 'AWS::Lambda::Permission', {
    FunctionName: compilation.functionArn(key), Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true,
  });
}

const CORS_HEADERS = ['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token', 'X-Amzn-Trace-Id'];

/** `null` drops a default. */
function cors(options: JsonObject): OpenObject {
  const list = (name: string, standard?: readonly string[]): Json | undefined => {
    const value = options[name];
    if (Array.isArray(value)) return [...new Set(value)];
    return standard === undefined || value === null ? undefined : [...standard];
  };
  return defined({
    AllowCredentials: options.allowCredentials ? true : undefined,
    AllowHeaders: list('allowedHeaders', CORS_HEADERS),
    AllowMethods: list('allowedMethods', ['*']),
    AllowOrigins: list('allowedOrigins', ['*']),
    ExposeHeaders: list('exposedResponseHeaders'),
    MaxAge: options.maxAge,
  });
}

/** `destinations`, `maximumEventAge` and `maximumRetryAttempts`. */
export function addInvokeConfig(compilation: Compilation, { key, config }: CompiledFunction): void {
  const { destinations, maximumEventAge, maximumRetryAttempts } = config;
  const hasAttempts = maximumRetryAttempts !== undefined && maximumRetryAttempts !== null;
  if (!destinations && !maximumEventAge && !hasAttempts) return;

  const { onSuccess, onFailure } = objectAt(config, 'destinations');
  const alias = compilation.aliases.get(key);
  const destination = (target: Json) => {
    if (!target) return undefined;
    checkCondition(compilation, key, config, target);
    const resolved = { Destination: destinationArn(compilation, target) };
    if (!compilation.customRole(config)) addDestinationStatement(compilation, target);
    return resolved;
  };
  const targets = compilation.isOsls ? [onSuccess, onFailure] : [];
  const aliasId = (target: Json) => typeof target === 'string' ? compilation.aliases.get(target)?.logicalId : undefined;
  compilation.resources[logicalIds.eventInvokeConfigId(key)] = compilation.conditioned(defined({
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: defined({
      FunctionName: { Ref: logicalIds.lambdaFunctionId(key) },
      DestinationConfig: defined({ OnSuccess: destination(onSuccess), OnFailure: destination(onFailure) }),
      Qualifier: alias?.name ?? '$LATEST',
      MaximumEventAgeInSeconds: maximumEventAge || undefined,
      MaximumRetryAttempts: hasAttempts ? maximumRetryAttempts : undefined,
    }),
    DependsOn: oneOrMore([alias?.logicalId, ...targets.map(aliasId)]),
  }), config);
}

/** Only osls asks. */
function checkCondition(compilation: Compilation, key: string, config: JsonObject, target: Json): void {
  const condition = typeof target === 'string' ? compilation.functionOf(target)?.config.condition : undefined;
  if (!compilation.isOsls || !condition || condition === config.condition) return;
  const { service } = compilation;
  throw new ServerlessFileError(service.position(['functions', key, 'destinations']) ?? service.file,
    `function "${key}" has the destination "${String(target)}", which exists under the condition "${String(condition)}" only: `
    + 'give both the same condition.');
}

function oneOrMore(logicalIdsOrNone: ReadonlyArray<string | undefined>): Json | undefined {
  const ids = [...new Set(logicalIdsOrNone.filter((id) => id !== undefined))];
  return ids.length > 1 ? ids : ids[0];
}

function destinationArn(compilation: Compilation, target: Json): Json {
  if (isObject(target)) return target.arn;
  return String(target).startsWith('arn:') ? target : compilation.functionArn(String(target));
}

/** Once for each target, however many functions send to it. */
function addDestinationStatement(compilation: Compilation, target: Json): void {
  if (compilation.roleStatements === undefined || compilation.grantedDestinations.has(target)) return;
  compilation.grantedDestinations.add(target);
  compilation.roleStatements.push({
    Effect: 'Allow',
    Action: destinationAction(target),
    Resource: isObject(target) ? target.arn : statementResource(compilation, String(target)),
  });
}

/** Not by `Fn::GetAtt`: the function depends on the role. */
function statementResource(compilation: Compilation, target: string): Json {
  if (target.startsWith('arn:')) return target;
  const alias = compilation.isOsls ? compilation.aliases.get(target) : undefined;
  const name = `${compilation.functionOf(target)?.name ?? target}${alias === undefined ? '' : `:${alias.name}`}`;
  return { 'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}` };
}

const ACTIONS_OF_TYPES: Readonly<Record<string, string>> = {
  function: 'lambda:InvokeFunction', sqs: 'sqs:SendMessage', sns: 'sns:Publish', eventBus: 'events:PutEvents',
};

function destinationAction(target: Json): string {
  if (isObject(target)) return ACTIONS_OF_TYPES[String(target.type)];
  const arn = String(target);
  if (!arn.startsWith('arn:') || arn.includes(':function:')) return ACTIONS_OF_TYPES.function;
  if (arn.includes(':sqs:')) return ACTIONS_OF_TYPES.sqs;
  return arn.includes(':sns:') ? ACTIONS_OF_TYPES.sns : ACTIONS_OF_TYPES.eventBus;
}
