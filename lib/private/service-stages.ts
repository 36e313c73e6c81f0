import { Lazy } from 'aws-cdk-lib';
import { CfnStage, IWebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { mapEntry, RouteSettings, stageProperty } from './route-settings';
import { RoutePlan } from './route-target';

/** A stage whose options are checked, before anything of it is made. */
export interface StagePlan {
  readonly name: string;
  readonly settings: RouteSettings;
  readonly variables?: { [name: string]: string };
  readonly description?: string;
  readonly clientCertificateId?: string;
  readonly autoDeploy: boolean;
}

/** @param routes those that there are in the end */
export function makeStage(scope: Construct, id: string, api: IWebSocketApi, plan: StagePlan, routes: () => RoutePlan[]): WebSocketStage {
  const { name, settings, variables, description, clientCertificateId, autoDeploy } = plan;
  const stage = new WebSocketStage(scope, id, {
    webSocketApi: api,
    stageName: name,
    autoDeploy,
    stageVariables: variables,
    description,
    throttle: settings.throttle,
    detailedMetricsEnabled: settings.detailedMetricsEnabled,
  });
  const resource = stage.node.defaultChild as CfnStage;
  resource.clientCertificateId = clientCertificateId;
  const property = stageProperty(settings);
  if (property) resource.defaultRouteSettings = { ...resource.defaultRouteSettings, ...defined(property) };
  resource.routeSettings = Lazy.any({ produce: () => entries(settings, routes()) }, { omitEmptyArray: true });
  return stage;
}

function entries(stage: RouteSettings, routes: RoutePlan[]): Record<string, unknown> | undefined {
  const own = routes.filter(({ settings }) => stageProperty(settings));
  return own.length === 0 ? undefined : Object.fromEntries(own.map(({ routeKey, settings }) => [routeKey, mapEntry(stage, settings)]));
}

function defined(property: object): object {
  return Object.fromEntries(Object.entries(property).filter(([, value]) => value !== undefined));
}
