import { median, ratio, Series } from '../statistics';
import { Metric, Variant } from './metrics';
import { Results } from './results';

/** What the gateway promises, and what was measured. */
export function targetLines(results: Results): string[] {
  const against = (variant: Variant, metric: Metric): Series => ratio(results.series('gateway', metric), results.series(variant, metric));
  return [
    atMost('start, synthesis apart, without a $connect function', 2, against('bare', 'start'), 'x bare'),
    atMost('round trip, 1 client, p50', 2.5, against('bare', '1-p50'), 'x bare'),
    atLeast('messages a second, 100 clients', 0.4, against('bare', '100-rate'), 'x bare'),
    atLeast('messages a second, 100 clients, aim', 0.45, against('bare', '100-rate'), 'x bare'),
    atLeast('messages a second, pipelined', 0.25, against('bare', 'pipelined-rate'), 'x bare'),
    atLeast('messages a second, pipelined, aim', 0.3, against('bare', 'pipelined-rate'), 'x bare'),
    atMost('memory at 5,000 connections, children apart', 2, against('bare', 'many-memory'), 'x bare'),
    atMost('save to new code', 300, results.series('gateway', 'version'), ' ms'),
    atMost('save to new code, with the AWS SDK', 300, results.series('gateway', 'versionWithSdk'), ' ms'),
    atLeast('messages a second, 100 clients', 5, against('offline', '100-rate'), 'x serverless-offline'),
  ];
}

function atMost(what: string, limit: number, series: Series, unit: string): string {
  return line(`${what}: at most ${limit}${unit}`, series, (measured) => measured <= limit);
}

function atLeast(what: string, limit: number, series: Series, unit: string): string {
  return line(`${what}: at least ${limit}${unit}`, series, (measured) => measured >= limit);
}

function line(target: string, series: Series, holds: (measured: number) => boolean): string {
  const measured = median(series);
  if (measured === undefined) return `${target}: not measured`;
  return `${target}: measured ${measured.toFixed(2)}: ${holds(measured) ? 'holds' : 'DOES NOT HOLD'}`;
}
