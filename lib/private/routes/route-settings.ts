import { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import { emptyAsUndefined, withoutUndefined } from '../members';
import { STRUCTS } from '../option-names';

/** What a stage does with the messages of its routes, or of one route. */
export interface RouteSettings {
  readonly throttle?: ThrottleSettings;
  readonly detailedMetricsEnabled?: boolean;
  readonly loggingLevel?: string;
  readonly dataTraceEnabled?: boolean;
}

/** Those of some options. */
export function routeSettings(options: RouteSettings): RouteSettings {
  const names = Object.keys(STRUCTS.WebsocketRouteSettings.options) as Array<keyof RouteSettings>;
  return withoutUndefined(Object.fromEntries(names.map((name) => [name, options[name]])));
}

/** As a property of the stage; nothing if nothing is set. */
export function stageProperty(settings: RouteSettings): object | undefined {
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
 * The same as an entry of the map by route keys, which CloudFormation takes as JSON.
 *
 * What the route leaves out is repeated from the stage. AWS does not say whether API Gateway would complete an entry, and users of the
 * same settings by other tools saw that it does not (terraform-aws-modules/terraform-aws-apigateway-v2#78): this is right either way.
 *
 * @param stage the property of the stage, whoever set it
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-stage-routesettings.html
 */
export function mapEntry(stage: object, route: RouteSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...stage, ...stageProperty(route) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]));
}

/** Whether execution logs are written. */
export function writesLogs({ loggingLevel }: RouteSettings): boolean {
  return loggingLevel !== undefined && loggingLevel !== 'OFF';
}
