import { Measurements } from './measurements';
import { median, ratio, Series } from './statistics';

/** What the library promises, with template validation off, and what was measured. */
export function targetLines(measurements: Measurements): string[] {
  const seconds = (variant: 'plain' | 'service' | 'floor'): Series => measurements.seconds(variant, 50, false);
  const perRoute = (variant: 'service' | 'floor'): Series => measurements.millisecondsPerRoute(variant, 1, 100, false);
  return [
    line('50 routes', 'at least 20x plain', ratio(seconds('plain'), seconds('service')), (x) => x >= 20),
    line('50 routes', 'at most 1.6x the floor', ratio(seconds('service'), seconds('floor')), (x) => x <= 1.6),
    line('per added route', 'at most 1.5x the floor', ratio(perRoute('service'), perRoute('floor')), (x) => x <= 1.5),
  ];
}

function line(what: string, target: string, series: Series, holds: (measured: number) => boolean): string {
  const measured = median(series);
  if (measured === undefined) return `${what}: ${target}: not measured`;
  return `${what}: ${target}: measured ${measured.toFixed(2)}: ${holds(measured) ? 'holds' : 'DOES NOT HOLD'}`;
}
