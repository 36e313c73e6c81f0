import * as os from 'os';

/** One number for each round in which it was measured. */
export type Series = ReadonlyMap<number, number>;

export function median(series: Series): number | undefined {
  const values = [...series.values()].sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const centre = (values.length - 1) / 2;
  return (values[Math.floor(centre)] + values[Math.ceil(centre)]) / 2;
}

/** Combines two series round by round, since both sides of a pair met the same noise. */
export function paired(a: Series, b: Series, combine: (a: number, b: number) => number): Series {
  const both = [...a].filter(([round]) => b.has(round));
  return new Map(both.map(([round, value]) => [round, combine(value, b.get(round)!)]));
}

export function ratio(a: Series, b: Series): Series {
  return paired(a, b, (x, y) => x / y);
}

/** The median as text. */
export function middle(series: Series, digits: number): string {
  return median(series)?.toFixed(digits) ?? '-';
}

/** The median as text, with the least and the greatest beside it. */
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

/** A target in words, what was measured, and whether the target holds. */
export function targetLine(target: string, series: Series, holds: (measured: number) => boolean): string {
  const measured = median(series);
  if (measured === undefined) return `${target}: not measured`;
  return `${target}: measured ${measured.toFixed(2)}: ${holds(measured) ? 'holds' : 'DOES NOT HOLD'}`;
}

/** The machine and the versions that were measured. */
export function machineFacts(versions: Record<string, string>): string {
  const cpus = os.cpus();
  const model = cpus[0]?.model.trim() ?? 'unknown';
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  return [
    `${cpus.length} cores (${model}), ${gibibytes} GiB, ${os.platform()} ${os.arch()}, Node.js ${process.version}`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', '),
  ].join('\n');
}

/** How busy the machine was in the last minute. */
export function loadAverage(): string {
  return os.loadavg()[0].toFixed(1);
}

/** An option of the command line that is a number of things. */
export function count(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${flag} must be an integer above 0, got ${JSON.stringify(text)}`);
}
