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

/** A stage whose options are checked, before anything of it is made. */
export interface StagePlan {
  readonly name: string;
  readonly settings: WebsocketRouteSettings;
  readonly variables?: { [name: string]: string };
  readonly description?: string;
  readonly clientCertificateId?: string;
  readonly autoDeploy: boolean;
  readonly domain?: DomainPlan;
  /** Absent: there is no access log. */
  readonly makeAccessLog?: (stage: WebSocketStage) => AccessLog;
}

/** The access log of a stage: what the stage takes, and the log group unless the log goes elsewhere. */
export interface AccessLog {
  readonly settings: CfnStage.AccessLogSettingsProperty;
  readonly logGroup?: ILogGroup;
}

/** What is made of a plan. */
export interface MadeStage {
  readonly stage: WebSocketStage;
  readonly domainName?: IDomainName;
  readonly accessLogGroup?: ILogGroup;
}

/**
 * Makes the stages. They wait for the routes: the first deployment has all of them, and the settings of a route need the route.
 *
 * Stages that do not deploy changes themselves share one deployment.
 */
export function makeStages(scope: Construct, api: WebSocketApi, plans: StagePlan[], table: RouteTable): MadeStage[] {
  const isManual = plans.some(({ autoDeploy }) => !autoDeploy);
  const deployment = isManual ? new RouteDeployment(scope, 'Deployment', { apiId: api.apiId, api: api.node.defaultChild as CfnApi }) : undefined;
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

/** Whether API Gateway writes any log of these stages: it needs a role for that. */
export function writeLogs(stages: readonly StagePlan[], routes: readonly RoutePlan[]): boolean {
  return stages.some(({ makeAccessLog }) => makeAccessLog) || [...stages, ...routes].some(({ settings }) => writesLogs(settings));
}

/** The same of a stage that is made: a property injector may have given it an access log. */
export function hasAccessLog(stage: WebSocketStage): boolean {
  return (stage.node.defaultChild as CfnStage).accessLogSettings !== undefined;
}

/** @param routes those that there are in the end */
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
  // Only what is given: a property injector may have set the rest.
  const property = stageProperty(settings);
  if (property) resource.defaultRouteSettings = { ...resource.defaultRouteSettings, ...property };
  resource.routeSettings = Lazy.any({ produce: () => entries(resource, routes()) });
  return stage;
}

/** A full trace goes to the execution log, and there is none at the level OFF. */
export function warnOfSilentTraces(scope: Construct, stages: StagePlan[], routes: RoutePlan[]): void {
  for (const { name, settings } of stages) {
    const effective = routes.map((route) => ({ name: `routes["${route.routeKey}"]`, own: route.settings, ...settings, ...route.settings }));
    const silent = effective.filter(({ own, ...all }) => own.dataTraceEnabled && !writesLogs(all)).map((route) => route.name);
    if (settings.dataTraceEnabled && !writesLogs(settings) && !effective.some(writesLogs)) silent.unshift('the stage');
    if (silent.length === 0) continue;
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:dataTraceWithoutLogging',
      `\`dataTraceEnabled\` of ${list(silent)} writes nothing in the stage ${name}, where the logging level is OFF: set \`loggingLevel\` too`,
    );
  }
}

function entries({ defaultRouteSettings = {} }: CfnStage, routes: RoutePlan[]): Record<string, unknown> | undefined {
  const own = routes.filter(({ settings }) => stageProperty(settings));
  const stage = Token.isUnresolved(defaultRouteSettings) ? {} : defaultRouteSettings;
  return own.length === 0 ? undefined : Object.fromEntries(own.map(({ routeKey, settings }) => [routeKey, mapEntry(stage, settings)]));
}

/** The settings as a property of the stage; nothing if nothing is set. */
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
 * The settings of a route as an entry of the map by route keys, which CloudFormation takes as JSON.
 *
 * What the route leaves out is repeated from the stage. AWS does not say whether API Gateway would complete an entry, and users of the
 * same settings by other tools saw that it does not (terraform-aws-modules/terraform-aws-apigateway-v2#78): this is right either way.
 *
 * @param stage the property of the stage, whoever set it
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
