import { Duration } from 'aws-cdk-lib';
import { GraphWidget, IMetric, IWidget, Row, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { LabelledFunctions } from './labelled-functions';
import { MeteredStage, MetricName, metricOf } from './metrics';

const STAGE_WIDTH = 6;
const FUNCTION_WIDTH = 8;
const HEIGHT = 6;

const ERRORS = ['IntegrationError', 'ExecutionError', 'ClientError'] as const;
const PERCENTILES = [50, 90, 99];

/** The number of metrics in the row of a stage. */
export const METRICS_OF_A_STAGE = 2 + ERRORS.length + PERCENTILES.length;

/** One row of graphs: connects, messages, errors and latencies of a stage. */
export function stageWidgets(scope: Construct, stage: MeteredStage, period?: Duration): GraphWidget[] {
  const count = (name: MetricName): IMetric => metricOf(scope, stage, name, { period, label: name });
  const latency = (percentile: number): IMetric => metricOf(scope, stage, 'IntegrationLatency', {
    period, statistic: Stats.p(percentile), label: `p${percentile}`,
  });
  const row: Array<[string, IMetric[], string?]> = [
    ['connects', [count('ConnectCount')]],
    ['messages', [count('MessageCount')]],
    ['errors', ERRORS.map(count)],
    ['integration latency', PERCENTILES.map(latency), 'ms'],
  ];
  return row.map(([title, metrics, unit]) => graph(`${stage.stageName}: ${title}`, STAGE_WIDTH, metrics, unit));
}

/** More lines than this are hard to distinguish; CloudWatch's own limit is 500. */
const FUNCTIONS_IN_A_GRAPH = 20;

interface FunctionGraph {
  readonly title: string;
  readonly unit?: string;
  readonly metric: (fn: lambda.IFunction, label: string, period?: Duration) => IMetric;
}

const FUNCTION_GRAPHS: FunctionGraph[] = [
  { title: 'Function errors', metric: (fn, label, period) => fn.metricErrors({ label, period }) },
  {
    title: 'Function duration (p99)',
    unit: 'ms',
    metric: (fn, label, period) => fn.metricDuration({ label, period, statistic: Stats.p(99) }),
  },
  { title: 'Function throttles', metric: (fn, label, period) => fn.metricThrottles({ label, period }) },
];

/**
 * Errors, duration and throttles of functions: rows of graphs in the order of the labels.
 *
 * The rows are made at synthesis, so that functions that are added later are included.
 */
export class FunctionWidgets implements IWidget {
  public readonly width = FUNCTION_WIDTH * FUNCTION_GRAPHS.length;
  private x = 0;
  private y = 0;

  public constructor(private readonly functions: LabelledFunctions, private readonly period?: Duration) {}

  public get height(): number {
    return HEIGHT * Math.ceil(this.functions.size / FUNCTIONS_IN_A_GRAPH);
  }

  /** The number of metrics in all graphs. */
  public get metricCount(): number {
    return this.functions.size * FUNCTION_GRAPHS.length;
  }

  public position(x: number, y: number): void {
    this.x = x;
    this.y = y;
  }

  public toJson(): object[] {
    return this.rows().flatMap((row, index) => {
      row.position(this.x, this.y + index * HEIGHT);
      return row.toJson();
    });
  }

  private rows(): Row[] {
    const functions = this.functions.entries;
    const count = Math.ceil(functions.length / FUNCTIONS_IN_A_GRAPH);
    return Array.from({ length: count }, (_, index) => {
      const shown = functions.slice(index * FUNCTIONS_IN_A_GRAPH, (index + 1) * FUNCTIONS_IN_A_GRAPH);
      const part = count > 1 ? `, ${index + 1} of ${count}` : '';
      return new Row(...FUNCTION_GRAPHS.map(({ title, unit, metric }) => (
        graph(`${title}${part}`, FUNCTION_WIDTH, shown.map(([fn, label]) => metric(fn, label, this.period)), unit)
      )));
    });
  }
}

/** Without a unit, the graph shows counts. */
function graph(title: string, width: number, left: IMetric[], unit?: string): GraphWidget {
  const leftYAxis = { min: 0, label: unit, showUnits: unit === undefined ? undefined : false };
  return new GraphWidget({ title, width, height: HEIGHT, left, leftYAxis });
}
