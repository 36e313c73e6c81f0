import { median, Series } from './statistics';

/** The median. */
export function middle(series: Series, digits: number): string {
  return median(series)?.toFixed(digits) ?? '-';
}

/** The median, and the least and the greatest beside it. */
export function spread(series: Series, digits = 2): string {
  if (series.size < 2) return middle(series, digits);
  const values = [...series.values()];
  return `${middle(series, digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`;
}

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
