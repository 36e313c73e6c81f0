import { Duration } from 'aws-cdk-lib';
import { GraphWidget, IMetric, IWidget, Row, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LabelledFunctions } from './labelled-functions';

/** More lines than this cannot be told apart; CloudWatch itself takes 500 in a graph. */
const FUNCTIONS_IN_A_GRAPH = 20;

const WIDTH = 8;
const HEIGHT = 6;

/** What is shown of a function, a graph each. */
const GRAPHS: Array<{ title: string; unit?: string; metric: (fn: lambda.IFunction, label: string, period?: Duration) => IMetric }> = [
  { title: 'Function errors', metric: (fn, label, period) => fn.metricErrors({ label, period }) },
  { title: 'Function duration (p99)', unit: 'ms', metric: (fn, label, period) => fn.metricDuration({ label, period, statistic: Stats.p(99) }) },
  { title: 'Function throttles', metric: (fn, label, period) => fn.metricThrottles({ label, period }) },
];

/**
 * Errors, duration and throttles of functions, rows of graphs in the order of their labels.
 *
 * It is laid out when the template is written, so that a function that comes later finds its place.
 */
export class FunctionWidgets implements IWidget {
  public readonly width = WIDTH * GRAPHS.length;
  private x = 0;
  private y = 0;

  public constructor(private readonly functions: LabelledFunctions, private readonly period?: Duration) {}

  public get height(): number {
    return HEIGHT * Math.ceil(this.functions.size / FUNCTIONS_IN_A_GRAPH);
  }

  /** The number of metrics in all graphs. */
  public get metricCount(): number {
    return this.functions.size * GRAPHS.length;
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
      return new Row(...GRAPHS.map(({ title, unit, metric }) => new GraphWidget({
        title: `${title}${part}`,
        width: WIDTH,
        height: HEIGHT,
        left: shown.map(([fn, label]) => metric(fn, label, this.period)),
        leftYAxis: { min: 0, label: unit, showUnits: unit === undefined ? undefined : false },
      })));
    });
  }
}
