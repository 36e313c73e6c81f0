import { Annotations } from 'aws-cdk-lib';
import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { IConstruct } from 'constructs';
import { OBJECT, requireKind } from '../checks/kind';
import { checkOptionNames, checkOptionValues } from '../checks/options';
import { literal } from '../literal';
import { ownMembers } from '../members';

/**
 * What API Gateway tells CloudWatch about WebSocket APIs, and how to add it up by default.
 *
 * The latency is in milliseconds, everything else is a count.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
 */
export const STATISTICS = {
  /** Messages sent to the integration of `$connect`. */
  ConnectCount: Stats.SUM,
  /** Messages from clients and to them. */
  MessageCount: Stats.SUM,
  /** Requests that the integration answered with 4XX or 5XX. */
  IntegrationError: Stats.SUM,
  /** Requests that API Gateway answered with 4XX before it asked the integration. */
  ClientError: Stats.SUM,
  /** Calls of the integration that failed. */
  ExecutionError: Stats.SUM,
  /** From the request to the integration to its answer; not for callbacks, nor for mock integrations. */
  IntegrationLatency: Stats.AVERAGE,
} as const;

/** The name of a metric of WebSocket APIs. */
export type MetricName = keyof typeof STATISTICS;

/** A stage, as CloudWatch knows it. */
export interface MeteredStage {
  readonly apiId: string;
  readonly stageName: string;
  /** If not those of the scope; a token is that of the stack that the metric is used in. */
  readonly region?: string;
  readonly account?: string;
}

/** A metric of a stage. A name that is not in the table is averaged. */
export function metricOf(scope: IConstruct, stage: MeteredStage, name: string, options: MetricOptions = {}): Metric {
  checkOptions(scope, name, options);
  const statistic = Object.entries(STATISTICS).find(([known]) => known === name)?.[1];
  const metric = new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: name,
    region: literal(stage.region),
    account: literal(stage.account),
    ...ownMembers(options),
    statistic: options.statistic ?? statistic,
    dimensionsMap: { ApiId: stage.apiId, Stage: stage.stageName, ...options.dimensionsMap },
  });
  return metric.region === undefined ? metric.attachTo(scope) : metric;
}

/** The same for one route. There is none without detailed metrics. */
export function routeMetricOf(scope: IConstruct, stage: MeteredStage, routeKey: string, name: string, options: MetricOptions = {}): Metric {
  checkOptions(scope, name, options);
  return metricOf(scope, stage, name, { ...ownMembers(options), dimensionsMap: { Route: routeKey, ...options.dimensionsMap } });
}

function checkOptions(scope: IConstruct, name: string, options: MetricOptions): void {
  const property = `metric("${name}")`;
  requireKind(scope, property, options, { ...OBJECT, example: '{ period: Duration.minutes(1) }' });
  checkOptionNames(scope, `${property}.`, 'aws-cloudwatch.MetricOptions', options);
  checkOptionValues(scope, `${property}.`, 'aws-cloudwatch.MetricOptions', options);
}

/** A metric of a route without detailed metrics is an empty graph, and an alarm that never goes off. */
export function warnOfRouteMetrics(scope: IConstruct, routeKey: string): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:routeMetricsOff',
    `CloudWatch gets no metrics of the route ${routeKey}: set \`detailedMetricsEnabled\` of the service or of the route`,
  );
}
