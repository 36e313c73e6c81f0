import { compileService } from './compiling/compile';
import { isPlanned, Packaging, planFunctions } from './function-plans';
import { defined, isObject, same } from './json-value';
import { logicalIds } from './logical-ids';
import { hasDeploymentBucket, hasPlainStatements, planNaming, texts } from './naming-plan';
import type { AuthorizerPlan, RoutePlan, ServicePlan } from './plan';
import type { ServerlessAuthorizer, ServerlessFunction, ServerlessService } from './service';
import type { Json, JsonObject, Template, TemplateResource } from './template';

/** Properties that the construct and its naming give a resource, by its type. */
const PLANNED: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['Name', 'Description', 'RouteSelectionExpression', 'ProtocolType'],
  'AWS::ApiGatewayV2::Integration': ['ApiId', 'IntegrationType', 'IntegrationUri'],
  'AWS::ApiGatewayV2::Route': ['ApiId', 'RouteKey', 'Target', 'RouteResponseSelectionExpression'],
  'AWS::ApiGatewayV2::RouteResponse': ['ApiId', 'RouteId', 'RouteResponseKey'],
  'AWS::ApiGatewayV2::Authorizer': ['ApiId', 'Name', 'AuthorizerType', 'AuthorizerUri', 'IdentitySource'],
  'AWS::ApiGatewayV2::Stage': ['ApiId', 'StageName', 'DeploymentId', 'AccessLogSettings'],
  'AWS::Lambda::Permission': ['FunctionName', 'Action', 'Principal'],
  'AWS::Lambda::Alias': ['FunctionName', 'FunctionVersion', 'Name'],
  'AWS::Logs::LogGroup': ['LogGroupName', 'RetentionInDays'],
  'AWS::S3::Bucket': [],
  'AWS::S3::BucketPolicy': ['Bucket'],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'Policies'],
  'Custom::ApiGatewayAccountRole': ['ServiceToken'],
};

/** They refer to what each update makes anew. */
const RENEWED: readonly string[] = ['FunctionVersion', 'DeploymentId'];

/** Attributes of a resource that the construct does not set. */
const ATTRIBUTES = ['Condition', 'CreationPolicy', 'DeletionPolicy', 'Metadata', 'UpdatePolicy', 'UpdateReplacePolicy'] as const;

/**
 * What makes a `WebsocketService` the service of the file, so that its template has every resource of `template` under the same id.
 *
 * @param template what the Serverless Framework compiled, or would compile
 */
export function planService(service: ServerlessService, template: Template, packaging: Packaging = 'bundled'): ServicePlan {
  const own = new OwnResources(service, template);
  const { Resources } = template;
  const api = Resources[logicalIds.websocketsApi]?.Properties ?? {};
  const stage = Resources[logicalIds.websocketsStage]?.Properties ?? {};
  const settings = isObject(stage.DefaultRouteSettings) ? stage.DefaultRouteSettings : {};
  return defined<ServicePlan>({
    stackName: text(service.provider.stackName) ?? `${service.name}-${service.stage}`,
    region: service.region,
    stackTags: stackTags(service),
    stageName: service.stage,
    apiName: text(api.Name) ?? `${service.stage}-${service.name}-websockets`,
    description: text(api.Description) ?? 'Serverless Websockets',
    routeSelectionExpression: text(api.RouteSelectionExpression) ?? '$request.body.action',
    apiId: own.isShared ? (service.provider.apiGateway as JsonObject).websocketApiId : undefined,
    loggingLevel: text(settings.LoggingLevel) as ServicePlan['loggingLevel'],
    dataTraceEnabled: typeof settings.DataTraceEnabled === 'boolean' ? settings.DataTraceEnabled : undefined,
    accessLogFormat: own.accessLogFormat,
    cloudWatchRole: own.writesLogs && !Resources[logicalIds.accountRole] ? false : undefined,
    naming: planNaming(service, template),
    ...planFunctions(service, template, packaging),
    routes: Object.fromEntries(service.routes.map(({ routeKey, functionKey, isTwoWay }) => (
      [routeKey, defined<RoutePlan>({ functionKey, returnResponse: isTwoWay || undefined })]))),
    authorizer: own.authorizer && planAuthorizer(own.authorizer),
    ...own.deviations(),
    fragment: own.rest(),
  });
}

/** As the Serverless Framework tags the stack: with the stage, unless a tag of the file has that name in any case. */
function stackTags({ stage, provider }: ServerlessService): Record<string, string> {
  const own = texts(provider.stackTags);
  return Object.keys(own).some((name) => name.toLowerCase() === 'stage') ? own : { STAGE: stage, ...own };
}

function planAuthorizer({ name, functionKey, arn, identitySource }: ServerlessAuthorizer): AuthorizerPlan {
  return defined({ functionKey, functionArn: arn, authorizerName: name, identitySource });
}

/** The resources that the construct makes under ids of the template, and what remains. */
class OwnResources {
  public readonly isShared: boolean;
  public readonly authorizer?: ServerlessAuthorizer;
  public readonly accessLogFormat?: string;
  private readonly ids: ReadonlySet<string>;
  private readonly functionOf = new Map<string, ServerlessFunction>();
  private readonly logGroups: ReadonlySet<string>;
  /** What the Serverless Framework makes without `resources:` and plugins. */
  private readonly usual: Template['Resources'];
  private readonly usualOutputs: Readonly<Record<string, JsonObject>>;

  public constructor(private readonly service: ServerlessService, private readonly template: Template) {
    this.isShared = isObject(service.provider.apiGateway) && service.provider.apiGateway.websocketApiId !== undefined;
    this.authorizer = service.routes.find(({ routeKey }) => routeKey === '$connect')?.authorizer;
    this.accessLogFormat = this.formatOf(template.Resources[logicalIds.websocketsStage]);
    for (const fn of service.functions) this.functionOf.set(logicalIds.lambdaFunctionId(fn.key), fn);
    this.logGroups = new Set(service.functions.map(({ key }) => logicalIds.logGroupId(key)));
    const usual = compileService({ ...service, config: { ...service.config, resources: {} } }, 'osls');
    [this.usual, this.usualOutputs] = [usual.Resources, usual.Outputs ?? {}];
    this.ids = new Set([...this.all()].filter((id) => template.Resources[id]));
  }

  /** Properties and attributes of own resources that no option says. */
  public deviations(): Pick<ServicePlan, 'overrides' | 'attributes'> {
    const found = [...this.ids].map((id) => [id, this.template.Resources[id]] as const);
    const overrides = found.map(([id, resource]) => [id, this.unsaid(id, resource)] as const);
    const attributes = found.map(([id, resource]) => [id, defined(
      Object.fromEntries(this.attributesOf(id, resource).map((name) => [name, resource[name] as Json])),
    )] as const);
    return { overrides: nonEmpty(overrides), attributes: nonEmpty(attributes) };
  }

  /** The template without what the construct makes. */
  public rest(): Template {
    const { Resources, Outputs = {}, AWSTemplateFormatVersion, ...sections } = this.template;
    const isKept = (id: string, resource: TemplateResource): boolean => (
      !this.ids.has(id) && !this.isRenewed(resource));
    const outputs = Object.entries(Outputs).map(([id, output]) => [id, this.isOwnOutput(id) ? this.unsaidOf(id, output) : output] as const)
      .filter(([, output]) => Object.keys(output).length > 0);
    return {
      ...sections,
      Resources: { ...Object.fromEntries(Object.entries(Resources).filter(([id, resource]) => isKept(id, resource))), ...this.waiting() },
      ...outputs.length > 0 && { Outputs: Object.fromEntries(outputs) },
    };
  }

  /** Own resources that wait for more than the Serverless Framework says: `dependsOn` of a function, or `extensions`. */
  private waiting(): Template['Resources'] {
    return Object.fromEntries([...this.ids].flatMap((id) => {
      const { Type, DependsOn } = this.template.Resources[id];
      const usual = [this.usual[id]?.DependsOn ?? []].flat();
      const more = [DependsOn ?? []].flat().filter((other) => this.waitsFor(other) && !(usual.includes(other) && this.ids.has(other)));
      return more.length > 0 ? [[id, { Type, DependsOn: more }]] : [];
    }));
  }

  private waitsFor(other: string): boolean {
    const resource = this.template.Resources[other];
    return resource !== undefined && !this.isRenewed(resource);
  }

  private* all(): Iterable<string> {
    const { functions, routes } = this.service;
    for (const { key, config } of functions) {
      yield logicalIds.lambdaFunctionId(key);
      if (!config.disableLogs) yield logicalIds.logGroupId(key);
      yield* [logicalIds.provisionedAliasId(key), logicalIds.snapStartAliasId(key)];
    }
    for (const { routeKey, functionKey, isTwoWay } of routes) {
      yield* [logicalIds.integrationId(functionKey), logicalIds.permissionId(functionKey), logicalIds.routeId(routeKey)];
      if (isTwoWay) yield logicalIds.routeResponseId(routeKey);
    }
    if (this.authorizer) {
      yield* [logicalIds.authorizerId(this.authorizer.name), logicalIds.permissionId(this.authorizer.functionKey ?? this.authorizer.name)];
    }
    yield logicalIds.role;
    if (hasDeploymentBucket(this.template)) yield* [logicalIds.deploymentBucket, logicalIds.deploymentBucketPolicy];
    yield* [logicalIds.websocketsApi, logicalIds.websocketsStage];
    if (this.accessLogFormat !== undefined) yield logicalIds.websocketsLogGroup;
    if (this.writesLogs) yield* [logicalIds.accountRole, logicalIds.customResourcesRole, logicalIds.accountRoleFunction];
  }

  /** Whether the construct makes the custom resource for the account's role, too. */
  public get writesLogs(): boolean {
    const settings = this.template.Resources[logicalIds.websocketsStage]?.Properties?.DefaultRouteSettings;
    const level = isObject(settings) ? settings.LoggingLevel : undefined;
    return this.accessLogFormat !== undefined || (level !== undefined && level !== 'OFF');
  }

  private formatOf(stage?: TemplateResource): string | undefined {
    const settings = stage?.Properties?.AccessLogSettings;
    if (!isObject(settings) || typeof settings.Format !== 'string') return undefined;
    return JSON.stringify(settings.DestinationArn ?? '').includes(logicalIds.websocketsLogGroup) ? settings.Format : undefined;
  }

  private unsaid(id: string, { Type, Properties = {} }: TemplateResource): Record<string, Json> {
    const entries = Object.entries(Properties).filter(([name, value]) => !this.isSaid(id, Type, name, value));
    // The function of the custom resource is ours; only its name is kept.
    return Object.fromEntries(id === logicalIds.accountRoleFunction ? [] : entries);
  }

  private isSaid(id: string, type: string, name: string, value: Json): boolean {
    const fn = this.functionOf.get(id);
    if (name === 'Tags') return this.hasProviderTags(value, type);
    if (fn) return isPlanned(name, value, fn);
    if (type === 'AWS::ApiGatewayV2::Api') return PLANNED[type].includes(name) && typeof value === 'string';
    if (type === 'AWS::ApiGatewayV2::Stage' && name === 'Description') {
      return value === this.template.Resources[logicalIds.websocketsApi]?.Properties?.Description;
    }
    if (name === 'DefaultRouteSettings') {
      return isObject(value) && Object.keys(value).every((key) => ['DataTraceEnabled', 'LoggingLevel'].includes(key));
    }
    if (name === 'AccessLogSettings') return this.accessLogFormat !== undefined;
    if (type === 'AWS::ApiGatewayV2::Route') return this.isSaidOfRoute(id, name, value);
    if (type === 'AWS::IAM::Role') return this.isSaidOfRole(id, name, value);
    if (type === 'AWS::S3::Bucket' && name === 'BucketEncryption') return same(value, ENCRYPTION);
    if (type === 'AWS::S3::BucketPolicy' && name === 'PolicyDocument') return isTransportPolicy(value);
    if (type === 'AWS::Lambda::Alias' && name === 'ProvisionedConcurrencyConfig') {
      return isObject(value) && typeof value.ProvisionedConcurrentExecutions === 'number';
    }
    if (this.logGroups.has(id) && name === 'RetentionInDays') return typeof value === 'number';
    return PLANNED[type]?.includes(name) && (RENEWED.includes(name) || this.isUsual(id, name, value));
  }

  /** What `resources:` or a plugin changed is no longer what the naming writes. */
  private isUsual(id: string, name: string, value: Json): boolean {
    return same(value, this.usual[id]?.Properties?.[name]);
  }

  private isSaidOfRoute(id: string, name: string, value: Json): boolean {
    const authorizer = id === logicalIds.routeId('$connect') ? this.authorizer : undefined;
    if (name === 'AuthorizationType') return value === (authorizer ? 'CUSTOM' : 'NONE') || (!authorizer && value === 'CUSTOM');
    if (name === 'AuthorizerId') return !authorizer || same(value, { Ref: logicalIds.authorizerId(authorizer.name) });
    return PLANNED['AWS::ApiGatewayV2::Route'].includes(name) && this.isUsual(id, name, value);
  }

  private isSaidOfRole(id: string, name: string, value: Json): boolean {
    const { name: service, stage } = this.service;
    if (id === logicalIds.role && name === 'RoleName') {
      return same(value, { 'Fn::Join': ['-', [service, stage, { Ref: 'AWS::Region' }, 'lambdaRole']] });
    }
    if (name === 'Path') return id === logicalIds.role && value === '/';
    if (name === 'Policies') return id !== logicalIds.role || hasPlainStatements(value);
    return PLANNED['AWS::IAM::Role'].includes(name) && this.isUsual(id, name, value);
  }

  private hasProviderTags(value: Json, type: string): boolean {
    const tags = texts(this.service.provider.tags);
    const found = Array.isArray(value)
      ? Object.fromEntries((value as unknown as ReadonlyArray<{ Key: string; Value: Json }>).map(({ Key, Value }) => [Key, Value])) : value;
    if (!['AWS::Lambda::Function', 'AWS::ApiGatewayV2::Api'].includes(type)) return false;
    return same(sorted(found as JsonObject), sorted(tags));
  }

  private attributesOf(id: string, { Type }: TemplateResource): ReadonlyArray<typeof ATTRIBUTES[number]> {
    return Type === 'AWS::Lambda::Version' || id === logicalIds.accountRole ? [] : ATTRIBUTES;
  }

  /** Deployments of the API, and versions of functions of the service: each update makes others. */
  private isRenewed({ Type, Properties }: TemplateResource): boolean {
    if (Type === 'AWS::ApiGatewayV2::Deployment') {
      return this.isShared ? this.service.routes.length > 0 : same(Properties?.ApiId, { Ref: logicalIds.websocketsApi });
    }
    const name = Properties?.FunctionName;
    return Type === 'AWS::Lambda::Version' && isObject(name) && this.functionOf.has(String(name.Ref));
  }

  /** What the construct does not say of an output that it makes. */
  private unsaidOf(id: string, output: JsonObject): JsonObject {
    const usual = this.usualOutputs[id] ?? {};
    const fn = this.service.functions.find(({ key }) => id === logicalIds.versionOutputId(key));
    const isSaid = (name: string, value: Json): boolean => same(value, usual[name]) || (name === 'Value' && this.isOfVersion(value));
    return defined({
      ...Object.fromEntries(Object.entries(output).filter(([name, value]) => name !== 'Condition' && !isSaid(name, value))),
      // An output cannot refer to a version that is not made.
      Condition: fn ? this.template.Resources[logicalIds.lambdaFunctionId(fn.key)]?.Condition : output.Condition,
    }) as JsonObject;
  }

  private isOfVersion(value: Json): boolean {
    const resource = isObject(value) ? this.template.Resources[String(value.Ref)] : undefined;
    return resource !== undefined && this.isRenewed(resource);
  }

  private isOwnOutput(id: string): boolean {
    if (id === logicalIds.serviceEndpoint) return !this.isShared;
    if (id === logicalIds.deploymentBucketName) return this.ids.has(logicalIds.deploymentBucket);
    return this.service.functions.some(({ key }) => id === logicalIds.versionOutputId(key));
  }
}

const ENCRYPTION: Json = { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] };

/** The policy that refuses plain HTTP. */
function isTransportPolicy(document: Json): boolean {
  const statements = isObject(document) ? document.Statement : undefined;
  return Array.isArray(statements) && statements.length === 1 && JSON.stringify(statements).includes('"aws:SecureTransport":false');
}

function nonEmpty(entries: ReadonlyArray<readonly [string, Record<string, Json>]>): Record<string, Record<string, Json>> {
  return Object.fromEntries(entries.filter(([, value]) => Object.keys(value).length > 0));
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function sorted(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}
