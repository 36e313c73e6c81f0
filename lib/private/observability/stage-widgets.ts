import { Duration } from 'aws-cdk-lib';
import { GraphWidget, IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { IConstruct } from 'constructs';
import { MeteredStage, MetricName, metricOf } from './metrics';

const WIDTH = 6;
const HEIGHT = 6;
const ERRORS = ['IntegrationError', 'ExecutionError', 'ClientError'] as const;
const PERCENTILES = [50, 90, 99];

/** One row of graphs: connects, messages, errors and latencies of a stage. */
export function stageWidgets(scope: IConstruct, stage: MeteredStage, period?: Duration): GraphWidget[] {
  const count = (name: MetricName): IMetric => metricOf(scope, stage, name, { period, label: name });
  const latency = (percentile: number): IMetric => metricOf(scope, stage, 'IntegrationLatency', {
    period, statistic: Stats.p(percentile), label: `p${percentile}`,
  });
  const graph = (title: string, left: IMetric[], unit?: string): GraphWidget => new GraphWidget({
    title: `${stage.stageName}: ${title}`,
    width: WIDTH,
    height: HEIGHT,
    left,
    leftYAxis: { min: 0, label: unit, showUnits: unit === undefined ? undefined : false },
  });
  return [
    graph('connects', [count('ConnectCount')]),
    graph('messages', [count('MessageCount')]),
    graph('errors', ERRORS.map(count)),
    graph('integration latency', PERCENTILES.map(latency), 'ms'),
  ];
}

/** The number of metrics in the row of a stage. */
export const METRICS_OF_A_STAGE = 2 + ERRORS.length + PERCENTILES.length;
