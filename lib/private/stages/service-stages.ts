import { Annotations, Lazy, Token } from 'aws-cdk-lib';
import { CfnApi, CfnStage, IDomainName, IWebSocketApi, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { RouteDeployment, routesOf } from './deployment';
import type { RoutePlan } from '../../route';
import type { WebsocketRouteSettings } from '../../route-settings';
import { DomainPlan, makeDomain } from '../domains/custom-domain';
import { emptyAsUndefined, withoutUndefined } from '../members';
import { list } from '../problem';
import { RouteTable } from '../routes/route-table';

/** A stage whose options are checked, with nothing created yet. */
export interface StagePlan {
  readonly name: string;
  readonly settings: WebsocketRouteSettings;
  readonly variables?: { [name: string]: string };
  readonly description?: string;
  readonly clientCertificateId?: string;
  readonly autoDeploy: boolean;
  readonly domain?: DomainPlan;
  /** Absent if there is no access log. */
  readonly makeAccessLog?: (stage: WebSocketStage) => AccessLog;
}

/** The access log of a stage: the stage's property, and the log group unless there is another destination. */
export interface AccessLog {
  readonly settings: CfnStage.AccessLogSettingsProperty;
  readonly logGroup?: ILogGroup;
}

export interface MadeStage {
  readonly stage: WebSocketStage;
  readonly domainName?: IDomainName;
  readonly accessLogGroup?: ILogGroup;
}

/**
 * Makes the stages. Stages depend on the routes, so that the first deployment has all routes, and since settings of a route need the route.
 *
 * Stages that do not deploy changes automatically share one deployment.
 */
export function makeStages(scope: Construct, api: WebSocketApi, plans: StagePlan[], table: RouteTable): MadeStage[] {
  const isManual = plans.some(({ autoDeploy }) => !autoDeploy);
  const deployment = isManual
    ? new RouteDeployment(scope, 'Deployment', { apiId: api.apiId, api: api.node.defaultChild as CfnApi })
    : undefined;
  return plans.map((plan, index) => {
    const isFirst = index === 0;
    const stage = makeStage(scope, isFirst ? 'Stage' : `Stage-${plan.name}`, api, plan, () => table.plans);
    if (plan.autoDeploy) stage.node.addDependency(routesOf(scope));
    else (stage.node.defaultChild as CfnStage).deploymentId = deployment!.ref;
    const accessLog = plan.makeAccessLog?.(stage);
    if (accessLog) (stage.node.defaultChild as CfnStage).accessLogSettings = accessLog.settings;
    const domainScope = (): Construct => (isFirst ? scope : new Construct(scope, `Domain-${plan.name}`));
    return { stage, domainName: plan.domain && makeDomain(domainScope(), plan.domain, api, stage), accessLogGroup: accessLog?.logGroup };
  });
}

/** Whether API Gateway writes any log of these stages, for which it needs a role. */
export function writeLogs(stages: readonly StagePlan[], routes: readonly RoutePlan[]): boolean {
  return stages.some(({ makeAccessLog }) => makeAccessLog) || [...stages, ...routes].some(({ settings }) => writesLogs(settings));
}

/** Whether a stage has an access log, possibly from a property injector. */
export function hasAccessLog(stage: WebSocketStage): boolean {
  return (stage.node.defaultChild as CfnStage).accessLogSettings !== undefined;
}

/** @param routes the routes at synthesis */
export function makeStage(scope: Construct, id: string, api: IWebSocketApi, plan: StagePlan, routes: () => RoutePlan[]): WebSocketStage {
  const { name, settings, variables, description, clientCertificateId, autoDeploy } = plan;
  const stage = new WebSocketStage(scope, id, withoutUndefined({
    webSocketApi: api,
    stageName: name,
    autoDeploy,
    stageVariables: variables,
    description,
  }));
  const resource = stage.node.defaultChild as CfnStage;
  if (clientCertificateId !== undefined) resource.clientCertificateId = clientCertificateId;
  // A property injector may have set the other settings.
  const property = stageProperty(settings);
  if (property) resource.defaultRouteSettings = { ...resource.defaultRouteSettings, ...property };
  resource.routeSettings = Lazy.any({ produce: () => entries(resource, routes()) });
  return stage;
}

/** A full trace goes to the execution log, which does not exist at the level OFF. */
export function warnOfSilentTraces(scope: Construct, stages: StagePlan[], routes: RoutePlan[]): void {
  for (const { name, settings } of stages) {
    const effective = routes.map((route) => ({ name: `routes["${route.routeKey}"]`, own: route.settings, ...settings, ...route.settings }));
    const silent = effective.filter(({ own, ...all }) => own.dataTraceEnabled && !writesLogs(all)).map((route) => route.name);
    if (settings.dataTraceEnabled && !writesLogs(settings) && !effective.some(writesLogs)) silent.unshift('the stage');
    if (silent.length === 0) continue;
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:dataTraceWithoutLogging',
      `\`dataTraceEnabled\` of ${list(silent)} writes nothing in the stage ${name}, where the logging level is OFF: `
      + 'set `loggingLevel` too',
    );
  }
}

function entries({ defaultRouteSettings = {} }: CfnStage, routes: RoutePlan[]): Record<string, unknown> | undefined {
  const own = routes.filter(({ settings }) => stageProperty(settings));
  const stage = Token.isUnresolved(defaultRouteSettings) ? {} : defaultRouteSettings;
  return own.length === 0 ? undefined : Object.fromEntries(own.map(({ routeKey, settings }) => [routeKey, mapEntry(stage, settings)]));
}

/** The settings as a property of the stage; `undefined` if nothing is set. */
export function stageProperty(settings: WebsocketRouteSettings): object | undefined {
  const { throttle, detailedMetricsEnabled, loggingLevel, dataTraceEnabled } = settings;
  return emptyAsUndefined(withoutUndefined({
    throttlingRateLimit: throttle?.rateLimit,
    throttlingBurstLimit: throttle?.burstLimit,
    detailedMetricsEnabled,
    loggingLevel,
    dataTraceEnabled,
  }));
}

/**
 * The settings of a route as an entry of the stage's `RouteSettings`, which is plain JSON in CloudFormation.
 *
 * Settings that the route does not have are repeated from the stage. AWS does not document whether API Gateway merges the two, and users
 * of other tools saw that it does not (terraform-aws-modules/terraform-aws-apigateway-v2#78); complete entries are right either way.
 *
 * @param stage the `DefaultRouteSettings` of the stage
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-stage-routesettings.html
 */
export function mapEntry(stage: object, route: WebsocketRouteSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...stage, ...stageProperty(route) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]));
}

/** Whether API Gateway writes execution logs. */
export function writesLogs({ loggingLevel }: WebsocketRouteSettings): boolean {
  return loggingLevel !== undefined && loggingLevel !== 'OFF';
}
