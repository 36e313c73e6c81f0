import * as path from 'path';
import { Duration, IgnoreMode, Lazy, Size, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WebsocketAccessLogFormat } from './access-log-format';
import { ConnectAuthorizer } from './authorizer';
import { WebsocketFunctionOptions } from './function';
import { WebsocketNamedFunction } from './named-function';
import { withoutUndefined } from './private/members';
import { packedFiles } from './private/serverless/packed-files';
import { WebsocketLoggingLevel } from './route-settings';
import type { AuthorizerPlan, FunctionPlan, NamingPlan, ServicePlan } from './serverless/plan';
import type { ServerlessService } from './serverless/service';
import type { Json, JsonObject } from './serverless/template';
import { ServerlessNamingOptions, ServiceNaming } from './service-naming';
import type { WebsocketServiceProps } from './service-props';

/** What the construct of a plan gets: a service, or routes in the API of another one. */
export interface PlannedProps {
  readonly shared: Pick<WebsocketServiceProps, 'routes' | 'functions' | 'defaults' | 'authorizer' | 'naming'>;
  /** Of a service with an API of its own. */
  readonly own: Omit<WebsocketServiceProps, 'routes' | 'functions' | 'defaults' | 'authorizer' | 'naming'>;
}

/** @param scope of the roles and log groups that are named only */
export function plannedProps(
  scope: Construct, { service, plan }: { readonly service: ServerlessService; readonly plan: ServicePlan }, bundling?: BundlingOptions,
): PlannedProps {
  const { stageName, apiName, description, routeSelectionExpression } = plan;
  const { loggingLevel, dataTraceEnabled, accessLogFormat, cloudWatchRole } = plan;
  return {
    shared: {
      routes: { ...plan.routes },
      functions: Object.fromEntries(Object.entries(plan.functions).map(([key, fn]) => (
        [key, namedFunction(scope, key, service, { ...plan.defaults, ...fn }, fn)]))),
      defaults: withoutUndefined<WebsocketFunctionOptions>({ ...options(plan.defaults), handlerRoot: service.folder, bundling }),
      authorizer: plan.authorizer ? connectAuthorizer(scope, plan.authorizer) : noAuthorizer(plan),
      naming: ServiceNaming.serverless(namingOptions(scope, plan.naming)),
    },
    own: withoutUndefined({
      stageName,
      apiName,
      description,
      stageDescription: description,
      routeSelectionExpression,
      loggingLevel: loggingLevel && WebsocketLoggingLevel[loggingLevel],
      dataTraceEnabled,
      accessLog: accessLogFormat === undefined ? undefined : { format: WebsocketAccessLogFormat.custom(unchecked(accessLogFormat)) },
      cloudWatchRole,
    }),
  };
}

/** API Gateway accepts variables of REST APIs too, and logs a hyphen for them. A token is not checked. */
function unchecked(format: string): string {
  return Lazy.string({ produce: () => format });
}

/** Routes in the API of another service need none unless they have $connect. */
function noAuthorizer({ apiId, routes }: ServicePlan): ConnectAuthorizer | undefined {
  return apiId === undefined || '$connect' in routes ? ConnectAuthorizer.none() : undefined;
}

function connectAuthorizer(
  scope: Construct, { functionKey, functionArn, authorizerName, identitySource }: AuthorizerPlan,
): ConnectAuthorizer {
  const authorizerOptions = { authorizerName, identitySource: [...identitySource] };
  if (functionKey !== undefined) return ConnectAuthorizer.functionKey(functionKey, authorizerOptions);
  // In the account of the service, as far as the Serverless Framework knows: it makes a permission, too.
  const fn = lambda.Function.fromFunctionAttributes(scope, 'AuthorizerFunction', {
    functionArn: value(functionArn!), sameEnvironment: true,
  });
  return ConnectAuthorizer.function(fn, authorizerOptions);
}

function namingOptions(scope: Construct, { role, roleStatements, logRetentionInDays, ...naming }: NamingPlan): ServerlessNamingOptions {
  return withoutUndefined<ServerlessNamingOptions>({
    ...naming,
    role: role === undefined ? undefined : importedRole(scope, 'Role', role),
    roleStatements: roleStatements?.map((statement) => iam.PolicyStatement.fromJson(withTokens(statement))),
    logGroupRetention: logRetentionInDays,
  });
}

/** @param fn the plan without the defaults, of which code that is deployed as it is needs all */
function namedFunction(
  parent: Construct, key: string, service: ServerlessService, whole: FunctionPlan, fn: FunctionPlan,
): WebsocketNamedFunction {
  const scope = new Construct(parent, `Function-${key}`);
  const { handler, code, functionName, hasLogGroup, logRetentionInDays, role, alias, provisionedConcurrentExecutions } = whole;
  const name = functionName ?? `${service.name}-${service.stage}-${key}`;
  return withoutUndefined<WebsocketNamedFunction>({
    ...options(fn),
    handler: handler!,
    code: code === undefined ? undefined : codeOf(service, code),
    functionName,
    alias,
    provisionedConcurrentExecutions,
    role: role === undefined ? undefined : importedRole(scope, 'Role', role),
    logGroupRetention: logRetentionInDays,
    logGroup: hasLogGroup === false ? logs.LogGroup.fromLogGroupName(scope, 'Logs', `/aws/lambda/${name}`) : undefined,
  });
}

function options(plan: FunctionPlan): WebsocketFunctionOptions {
  const { runtime, memorySize, timeout, description, architecture, ephemeralStorageSize, reservedConcurrentExecutions, environment } = plan;
  return withoutUndefined<WebsocketFunctionOptions>({
    runtime: runtime === undefined ? undefined : runtimeOf(runtime),
    memorySize,
    timeout: timeout === undefined ? undefined : Duration.seconds(timeout),
    description,
    architecture: architecture === undefined ? undefined : lambda.Architecture.custom(architecture),
    ephemeralStorageSize: ephemeralStorageSize === undefined ? undefined : Size.mebibytes(ephemeralStorageSize),
    reservedConcurrentExecutions,
    environment: environment && Object.fromEntries(Object.entries(environment).map(([name, one]) => [name, value(one)])),
  });
}

function codeOf(service: ServerlessService, code: string): lambda.Code {
  if (code !== '.') return lambda.Code.fromAsset(path.resolve(service.folder, code));
  return lambda.Code.fromAsset(service.folder, { exclude: packedFiles(service), ignoreMode: IgnoreMode.GIT });
}

/**
 * A version that aws-cdk-lib does not know is one that AWS no longer lets create, and may still be deployed. `NODEJS_LATEST` has the name
 * of a version, too, but stands for another one in some Regions, and its functions bundle the AWS SDK.
 */
function runtimeOf(name: string): lambda.Runtime {
  const known = lambda.Runtime.ALL.find((runtime) => runtime.name === name && !runtime.isVariable);
  return known ?? new lambda.Runtime(name, name.startsWith('nodejs') ? lambda.RuntimeFamily.NODEJS : lambda.RuntimeFamily.OTHER);
}

function importedRole(scope: Construct, id: string, arn: Json): iam.IRole {
  return iam.Role.fromRoleArn(scope, id, value(arn), { mutable: false });
}

/** Lists of strings may have intrinsics, which aws-cdk-lib takes as tokens only. */
function withTokens(statement: JsonObject): JsonObject {
  const lists = ['Action', 'NotAction', 'Resource', 'NotResource'].filter((name) => name in statement);
  return { ...statement, ...Object.fromEntries(lists.map((name) => [name, [statement[name]].flat().map((one) => value(one))])) };
}

/** Intrinsics stay as they are written. */
function value(json: Json): string {
  return typeof json === 'string' ? json : Token.asString(json);
}
