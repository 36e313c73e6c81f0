import { Annotations, Aspects, AspectPriority, CfnOutput, CfnResource, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import * as apigwv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct, IDependable } from 'constructs';
import { makeAccountRole, makeDeploymentBucket, named } from './serverless-resources';
import { ServerlessRole } from './serverless-role';
import { logicalIds } from '../../serverless/logical-ids';
import type { ServerlessNamingOptions } from '../../service-naming';
import { FunctionSettings } from '../handlers/function-settings';
import { withoutUndefined } from '../members';
import { RouteDeployment } from '../stages/deployment';

/** What gives the resources of a service ids and names other than those of their construct paths. */
export type Naming = Pick<ServerlessNaming, keyof ServerlessNaming>;

/** What aws-cdk-lib says of a function with a version and a permission. */
const PERMISSION_WARNING = '@aws-cdk/aws-lambda:addPermissionsToVersionOrAlias';

/** A function with its key. */
interface NamedFunction {
  readonly key: string;
  readonly fn: lambda.Function;
}

/**
 * Gives the resources of a service the ids and names of the Serverless Framework.
 *
 * Roles, names and log groups are set when a function is made. Logical ids are set by an aspect, shortly before the template is written, so
 * that resources get them however and whenever they were made.
 */
export class ServerlessNaming {
  private readonly functions = new Map<string, lambda.Function>();
  private readonly keys = new Map<IConstruct, string>();
  private readonly role: iam.IRole;
  private authorizer?: { readonly name: string; readonly key?: string };

  public constructor(
    private readonly scope: Construct, private readonly stageName: string, private readonly options: ServerlessNamingOptions,
  ) {
    const { service, role, roleStatements = [], deploymentBucket = true } = options;
    this.role = role ?? new ServerlessRole(scope, 'ExecutionRole', { service, stageName, statements: roleStatements });
    if (deploymentBucket) makeDeploymentBucket(scope, service, stageName);
    // API Gateway invokes the latest code, or the alias, and has the permission for that.
    Annotations.of(scope).acknowledgeWarning(PERMISSION_WARNING);
    this.visit(AspectPriority.READONLY - 100, (resource) => this.rename(resource));
    // After what no option says.
    this.visit(AspectPriority.READONLY - 20, (resource) => this.condition(resource));
  }

  /** The settings of a function with a key: its name and its role, and a log group of its own instead of a retention. */
  public settings(key: string, { logGroupRetention, ...settings }: FunctionSettings): FunctionSettings {
    const { service, versionFunctions = true } = this.options;
    const versions = versionFunctions || settings.alias !== undefined;
    return {
      functionName: `${service}-${this.stageName}-${key}`,
      role: this.role,
      ...versions && { currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN } },
      ...settings,
    };
  }

  /** Names a function, and makes its log group, its version and the output of that. */
  public add(key: string, fn: lambda.Function, { logGroup, logGroupRetention, functionName, alias }: FunctionSettings): void {
    const { service, versionFunctions = true, tags = {} } = this.options;
    this.functions.set(key, fn);
    this.keys.set(fn, key);
    for (const [name, value] of Object.entries(tags)) Tags.of(fn).add(name, value);
    if (!logGroup) {
      const made = new logs.CfnLogGroup(this.scope, `Logs-${key}`, withoutUndefined({
        logGroupName: `/aws/lambda/${functionName ?? `${service}-${this.stageName}-${key}`}`,
        retentionInDays: logGroupRetention ?? this.options.logGroupRetention,
      }));
      fn.node.defaultChild!.node.addDependency(named(made, logicalIds.logGroupId(key)));
    }
    if (this.role instanceof ServerlessRole) this.role.addLogs(functionName);
    // The version that an alias needs has the output, too.
    if (!versionFunctions && alias === undefined) return;
    named(new CfnOutput(this.scope, `Version-${key}`, {
      description: 'Current Lambda function version',
      value: fn.currentVersion.functionArn,
      exportName: `sls-${service}-${this.stageName}-${logicalIds.versionOutputId(key)}`,
    }), logicalIds.versionOutputId(key));
  }

  /** @param key the key of its function, if it has one */
  public addAuthorizer(name: string, key?: string): void {
    this.authorizer = { name, key };
  }

  /** A function has one permission, also if a route invokes the function of the authorizer. */
  public dropSecondPermissions(): void {
    const { key } = this.authorizer ?? {};
    const { children } = this.functions.get(key ?? '')?.node ?? { children: [] };
    const isPermitted = children.some(({ node }) => node.id.startsWith('RoutePermission'));
    if (isPermitted) this.scope.node.findChild('Authorizer').node.tryRemoveChild('Permission');
  }

  /** The output with the URL, and the tags of the API. */
  public addApi(api: apigwv2.IWebSocketApi): void {
    for (const [name, value] of Object.entries(this.options.tags ?? {})) Tags.of(api).add(name, value);
    const { region, urlSuffix } = Stack.of(this.scope);
    named(new CfnOutput(this.scope, 'ServiceEndpoint', {
      description: 'URL of the service endpoint',
      value: `wss://${api.apiId}.execute-api.${region}.${urlSuffix}/${this.stageName}`,
      exportName: `sls-${this.options.service}-${this.stageName}-${logicalIds.serviceEndpoint}`,
    }), logicalIds.serviceEndpoint);
  }

  /** The custom resource that makes sure that the account has a role for the logs of API Gateway. */
  public accountRole(): IDependable {
    return makeAccountRole(this.scope, this.options.service, this.stageName);
  }

  private visit(priority: number, visitor: (resource: CfnResource) => void): void {
    Aspects.of(this.scope).add({ visit: (node) => CfnResource.isCfnResource(node) && visitor(node) }, { priority });
  }

  /** A version exists only if its function does. */
  private condition(version: CfnResource): void {
    if (!(version instanceof lambda.CfnVersion)) return;
    const resource = this.functionOf(version)?.fn.node.defaultChild as CfnResource | undefined;
    const condition = resource && conditionOf(resource);
    if (condition !== undefined) version.addOverride('Condition', condition);
  }

  private rename(resource: CfnResource): void {
    const fn = this.functionOf(resource);
    if (resource instanceof lambda.CfnPermission) {
      this.renamePermission(resource, fn);
    } else if (fn) {
      renameFunctionPart(resource, fn);
    } else if (resource instanceof RouteDeployment) {
      resource.rename(logicalIds.deploymentId(''));
    } else if (resource instanceof logs.CfnLogGroup) {
      if (resource.node.path.endsWith('/Stage/AccessLog/Resource')) this.renameAccessLog(resource);
    } else {
      const id = this.idOf(resource);
      if (id !== undefined) named(resource, id);
    }
  }

  /** The function that a resource belongs to. */
  private functionOf(resource: CfnResource): NamedFunction | undefined {
    const fn = resource.node.scopes.find((scope) => this.keys.has(scope));
    return fn && { key: this.keys.get(fn)!, fn: fn as lambda.Function };
  }

  private idOf(resource: CfnResource): string | undefined {
    if (resource instanceof apigwv2.CfnApi) return logicalIds.websocketsApi;
    if (resource instanceof apigwv2.CfnRoute) return logicalIds.routeId(resource.routeKey);
    if (resource instanceof apigwv2.CfnRouteResponse) return routeResponseId(resource);
    if (resource instanceof apigwv2.CfnAuthorizer) return logicalIds.authorizerId(resource.name);
    return resource instanceof apigwv2.CfnStage && resource.stageName === this.stageName ? logicalIds.websocketsStage : undefined;
  }

  /** One a function, without a `SourceArn`: every property of a permission replaces it. */
  private renamePermission(permission: CfnResource, fn?: NamedFunction): void {
    const isOfAuthorizer = permission.node.scopes.some((scope) => scope instanceof apigwv2.WebSocketAuthorizer);
    const key = fn?.key ?? (isOfAuthorizer ? this.authorizer?.key ?? this.authorizer?.name : undefined);
    if (key === undefined) return;
    named(permission, logicalIds.permissionId(key));
    permission.addPropertyDeletionOverride('SourceArn');
    const alias = this.functions.get(key)?.node.children.find((child) => child instanceof lambda.Alias);
    if (alias) {
      // `FunctionName` does not refer to it.
      permission.addDependency(alias.node.defaultChild as lambda.CfnAlias);
      permission.addPropertyOverride('FunctionName', {
        'Fn::Join': [':', [{ 'Fn::GetAtt': [logicalIds.lambdaFunctionId(key), 'Arn'] }, (alias as lambda.Alias).aliasName]],
      });
    }
  }

  private renameAccessLog(logGroup: logs.CfnLogGroup): void {
    named(logGroup, logicalIds.websocketsLogGroup);
    logGroup.logGroupName = `/aws/websocket/${this.options.service}-${this.stageName}`;
  }
}

function routeResponseId(response: apigwv2.CfnRouteResponse): string | undefined {
  const siblings = response.node.scopes.flatMap(({ node }) => node.children);
  const route = siblings.find((child): child is apigwv2.CfnRoute => child instanceof apigwv2.CfnRoute);
  return route && logicalIds.routeResponseId(route.routeKey);
}

function renameFunctionPart(resource: CfnResource, { key, fn }: NamedFunction): void {
  if (resource === fn.node.defaultChild) {
    named(resource, logicalIds.lambdaFunctionId(key));
  } else if (resource instanceof apigwv2.CfnIntegration) {
    named(resource, logicalIds.integrationId(key));
  } else if (resource instanceof lambda.CfnVersion) {
    named(resource, logicalIds.versionId(key, versionHash(resource)));
  } else if (resource instanceof lambda.CfnAlias) {
    named(resource, resource.name === 'snapstart' ? logicalIds.snapStartAliasId(key) : logicalIds.provisionedAliasId(key));
  }
}

/** The hash at the end of the id that aws-cdk-lib gives a version: of code and settings of the function. */
function versionHash(version: IConstruct & CfnResource): string {
  return (version.stack.resolve(version.logicalId) as string).slice(-32);
}

/** The name of the condition of a resource. The whole definition would have it too, but takes long to resolve for each function. */
function conditionOf(resource: CfnResource): string | undefined {
  // The only access to what `addOverride` sets.
  const { rawOverrides } = resource as unknown as { rawOverrides: { Condition?: string } };
  const { condition } = resource.cfnOptions;
  return rawOverrides.Condition ?? (condition && resource.stack.resolve(condition.logicalId) as string);
}
