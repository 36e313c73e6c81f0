import { median, middle, ratio, Series, spread, table, targetLine } from './figures';
import type { Exchanged } from './load';

/** A bare `ws` server, the gateway, and serverless-offline. */
export type Variant = 'bare' | 'gateway' | 'offline';

/** All that is measured, in the order of the report. */
const METRICS = {
  'start': { name: 'start to first connection, without a `$connect` function, ms', digits: 0 },
  'guarded-start': { name: 'start to first connection, with one, ms', digits: 0 },
  'connects': { name: 'connections a second, 10 at once', digits: 0 },
  '1-p50': { name: 'round trip, 1 client, p50, ms', digits: 2 },
  '1-p99': { name: 'round trip, 1 client, p99, ms', digits: 2 },
  '100-p50': { name: 'round trip, 100 clients, p50, ms', digits: 1 },
  '100-p99': { name: 'round trip, 100 clients, p99, ms', digits: 1 },
  '100-rate': { name: 'messages a second, 100 clients', digits: 0 },
  'pipelined-rate': { name: 'messages a second, 10 clients with 10 in flight each', digits: 0 },
  'idle-memory': { name: 'resident memory idle, MiB', digits: 0 },
  'idle-children': { name: '- its child processes, MiB', digits: 0 },
  'some-memory': { name: 'resident memory, 1,000 connections, MiB', digits: 0 },
  'some-children': { name: '- its child processes, MiB', digits: 0 },
  'many-memory': { name: 'resident memory, 5,000 connections, MiB', digits: 0 },
  'many-children': { name: '- its child processes, MiB', digits: 0 },
  'version': { name: 'save to new code, ms', digits: 0 },
  'versionWithSdk': { name: 'save to new code of a handler that imports the AWS SDK, ms', digits: 0 },
} as const;

export type Metric = keyof typeof METRICS;

/** The figures of one server from one step. */
export type Figures = Partial<Record<Metric, number>>;

interface Failures {
  errors: number;
  lost: number;
  /** The first error frame. */
  example?: string;
  /** Processes that the variant left behind. */
  leaked: number;
}

/** The figures of every round, and the failures of each variant. */
export class Results {
  private readonly runs = new Map<string, Map<number, number>>();
  private readonly failed = new Map<Variant, Failures>();

  public add(variant: Variant, round: number, figures: Figures): void {
    for (const [metric, value] of Object.entries(figures)) {
      const key = `${variant} ${metric}`;
      this.runs.set(key, (this.runs.get(key) ?? new Map<number, number>()).set(round, value));
    }
  }

  public series(variant: Variant, metric: Metric): Series {
    return this.runs.get(`${variant} ${metric}`) ?? new Map();
  }

  public addFailures(variant: Variant, { errors, lost, error }: Exchanged): void {
    const failures = this.failures(variant);
    failures.errors += errors;
    failures.lost += lost;
    failures.example ??= error;
    this.failed.set(variant, failures);
  }

  public addLeaked(variant: Variant, processes: number): void {
    const failures = this.failures(variant);
    failures.leaked += processes;
    this.failed.set(variant, failures);
  }

  public failures(variant: Variant): Failures {
    return this.failed.get(variant) ?? { errors: 0, lost: 0, leaked: 0 };
  }
}

/** The results as a Markdown table. */
export function report(results: Results): string {
  const head = ['', 'bare `ws`', 'gateway', 'gateway/bare', 'serverless-offline', 'gateway/offline'];
  const rows = (Object.keys(METRICS) as Metric[]).map((metric) => {
    const [bare, gateway, offline] = (['bare', 'gateway', 'offline'] as const).map((variant) => results.series(variant, metric));
    const { name, digits } = METRICS[metric];
    const times = (series: typeof bare): string => median(series) ? spread(ratio(gateway, series)) : '-';
    return [name, middle(bare, digits), spread(gateway, digits), times(bare), spread(offline, digits), times(offline)];
  });
  return table(head, rows);
}

/** The failures of each variant, a line each. */
export function failureLines(results: Results): string[] {
  return (['bare', 'gateway', 'offline'] as const).map((variant) => {
    const { errors, lost, leaked, example } = results.failures(variant);
    const first = example ? `; the first error: ${example}` : '';
    return `${variant}: ${errors} errors, ${lost} lost replies, ${leaked} processes left behind${first}`;
  });
}

/** Whether a variant answered everything and left nothing behind. */
export function faultless(results: Results, variant: Variant): boolean {
  const { errors, lost, leaked } = results.failures(variant);
  return errors + lost + leaked === 0;
}

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
  return targetLine(`${what}: at most ${limit}${unit}`, series, (measured) => measured <= limit);
}

function atLeast(what: string, limit: number, series: Series, unit: string): string {
  return targetLine(`${what}: at least ${limit}${unit}`, series, (measured) => measured >= limit);
}

