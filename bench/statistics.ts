/** One number for each round in which it was measured. */
export type Series = ReadonlyMap<number, number>;

export function median(series: Series): number | undefined {
  const values = [...series.values()].sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const middle = (values.length - 1) / 2;
  return (values[Math.floor(middle)] + values[Math.ceil(middle)]) / 2;
}

/** Combines what two series have of the same round: a noisy minute is in both. */
export function paired(a: Series, b: Series, combine: (a: number, b: number) => number): Series {
  const both = [...a].filter(([round]) => b.has(round));
  return new Map(both.map(([round, value]) => [round, combine(value, b.get(round)!)]));
}

export function ratio(a: Series, b: Series): Series {
  return paired(a, b, (x, y) => x / y);
}
