import { Annotations, Duration } from 'aws-cdk-lib';
import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { IConstruct } from 'constructs';
import type { WebsocketServiceAttributes } from '../../websocket-service-attributes';
import { Checks } from '../checks/checks';
import { OBJECT } from '../checks/kind';
import { ownMembers } from '../members';
import { Fault } from '../problem';
import { literal } from '../values';

/**
 * The metrics that API Gateway sends to CloudWatch, and the default statistic of each.
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
  /** Requests that the integration responded to with 4XX or 5XX. */
  IntegrationError: Stats.SUM,
  /** Requests that API Gateway rejected with 4XX before it called the integration. */
  ClientError: Stats.SUM,
  /** Calls of the integration that failed. */
  ExecutionError: Stats.SUM,
  /** From the request to the integration to its response; not for callbacks or mock integrations. */
  IntegrationLatency: Stats.AVERAGE,
} as const;

/** The name of a metric of WebSocket APIs. */
export type MetricName = keyof typeof STATISTICS;

/** The stage of a metric. If Region or account are absent or tokens, those of the stack that uses the metric apply. */
export type MeteredStage = Pick<WebsocketServiceAttributes, 'apiId' | 'stageName' | 'region' | 'account'>;

/** A metric of a stage. The statistic of a metric that is not in the table is the average. */
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

/** A metric of one route, which exists only with detailed metrics. */
export function routeMetricOf(scope: IConstruct, stage: MeteredStage, routeKey: string, name: string, options: MetricOptions = {}): Metric {
  checkOptions(scope, name, options);
  return metricOf(scope, stage, name, { ...ownMembers(options), dimensionsMap: { Route: routeKey, ...options.dimensionsMap } });
}

function checkOptions(scope: IConstruct, name: string, options: MetricOptions): void {
  const checks = new Checks(scope, `metric("${name}")`);
  checks.required('', options, { ...OBJECT, example: '{ period: Duration.minutes(1) }' });
  checks.names('aws-cloudwatch.MetricOptions', options);
  checks.values('aws-cloudwatch.MetricOptions', options);
}

const MINUTE = 60;
const DAY = 86400;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
export function periodFault(period: Duration): Fault | undefined {
  const seconds = period.isUnresolved() ? undefined : period.toSeconds({ integral: false });
  if (seconds !== undefined && seconds > 0 && seconds <= DAY && seconds % MINUTE === 0) return undefined;
  return {
    reason: 'is not a period of these metrics, which come every minute',
    remedy: 'use whole minutes, up to one day, for example Duration.minutes(5)',
  };
}

/** Without detailed metrics, a metric of a route gives an empty graph, or an alarm that never goes off. */
export function warnOfRouteMetrics(scope: IConstruct, routeKey: string): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:routeMetricsOff',
    `CloudWatch gets no metrics of the route ${routeKey}: set \`detailedMetricsEnabled\` of the service or of the route`,
  );
}
