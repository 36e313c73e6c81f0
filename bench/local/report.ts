import { median, ratio } from '../statistics';
import { middle, spread, table } from '../table';
import { Metric, METRICS, Variant } from './metrics';
import { Results } from './results';

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

/** What went wrong, a line each. */
export function failureLines(results: Results): string[] {
  return (['bare', 'gateway', 'offline'] as const).map((variant) => {
    const { errors, lost, leaked, example } = results.failures(variant);
    return `${variant}: ${errors} errors, ${lost} lost replies, ${leaked} processes left behind${example ? `; the first error: ${example}` : ''}`;
  });
}

/** Whether a variant answered everything and left nothing behind. */
export function faultless(results: Results, variant: Variant): boolean {
  const { errors, lost, leaked } = results.failures(variant);
  return errors + lost + leaked === 0;
}
