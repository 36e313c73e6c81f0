import { middle, paired, ratio, Series, spread, table, targetLine } from './figures';
import { Subject, Variant } from './synthesis';

/** The wall seconds of every run. */
export class Measurements {
  private readonly runs = new Map<string, Map<number, number>>();

  public add(subject: Subject, round: number, seconds: number): void {
    const runs = this.runs.get(key(subject)) ?? new Map<number, number>();
    this.runs.set(key(subject), runs.set(round, seconds));
  }

  public seconds(variant: Variant, routes: number, validation: boolean): Series {
    return this.runs.get(key({ variant, routes, validation })) ?? new Map();
  }

  /** The time that each further route adds, round by round. */
  public millisecondsPerRoute(variant: Variant, from: number, to: number, validation: boolean): Series {
    const [few, many] = [from, to].map((routes) => this.seconds(variant, routes, validation));
    return paired(many, few, (a, b) => 1000 * (a - b) / (to - from));
  }
}

/** The measurements as Markdown tables. */
export function report(measurements: Measurements, routes: number[]): string {
  const sections = [false, true].flatMap((validation) => [
    `Template validation ${validation ? 'on (the default)' : 'off (CDK_VALIDATION=false)'}:`,
    synthesisTable(measurements, routes, validation),
    perRouteTable(measurements, routes, validation),
  ]);
  return [...sections, ...oslsSection(measurements, routes)].filter((section) => section).join('\n\n');
}

/** What the library promises, with template validation off, and what was measured. */
export function targetLines(measurements: Measurements): string[] {
  const seconds = (variant: Variant): Series => measurements.seconds(variant, 50, false);
  const perRoute = (variant: Variant): Series => measurements.millisecondsPerRoute(variant, 1, 100, false);
  return [
    targetLine('50 routes: at least 30x plain', ratio(seconds('plain'), seconds('service')), (x) => x >= 30),
    targetLine('50 routes: at most 1.35x the floor', ratio(seconds('service'), seconds('floor')), (x) => x <= 1.35),
    targetLine('per added route: at most 1.5x the floor', ratio(perRoute('service'), perRoute('floor')), (x) => x <= 1.5),
  ];
}

function synthesisTable(measurements: Measurements, routes: number[], validation: boolean): string {
  const head = ['routes', 'plain s', 'ours s', 'floor s', 'plain/ours', 'ours/floor', 'runs of plain, of the others'];
  return table(head, routes.map((count) => {
    const [plain, ours, floor] = variants((variant) => measurements.seconds(variant, count, validation));
    return [
      String(count), middle(plain, 2), middle(ours, 2), middle(floor, 2),
      spread(ratio(plain, ours)), spread(ratio(ours, floor)), `${plain.size}, ${ours.size}`,
    ];
  }));
}

function perRouteTable(measurements: Measurements, routes: number[], validation: boolean): string {
  const [from] = routes;
  const rows = routes.filter((to) => to >= 50 && to > from).map((to) => {
    const [plain, ours, floor] = variants((variant) => measurements.millisecondsPerRoute(variant, from, to, validation));
    return [`${from} to ${to}`, middle(plain, 0), middle(ours, 1), middle(floor, 1), spread(ratio(ours, floor))];
  });
  return rows.length === 0 ? '' : table(['per added route', 'plain ms', 'ours ms', 'floor ms', 'ours/floor'], rows);
}

function oslsSection(measurements: Measurements, routes: number[]): string[] {
  const rows = routes.map((count) => {
    const osls = measurements.seconds('osls', count, false);
    const [off, on] = [false, true].map((validation) => ratio(osls, measurements.seconds('service', count, validation)));
    return { osls, cells: [String(count), middle(osls, 2), spread(off), spread(on), String(osls.size)] };
  });
  if (rows.every(({ osls }) => osls.size === 0)) return [];
  const head = ['routes', 'osls s', 'osls/ours, validation off', 'osls/ours, validation on', 'runs of osls'];
  return ['`osls package` with serverless-esbuild:', table(head, rows.map(({ cells }) => cells))];
}

function variants(series: (variant: Variant) => Series): [Series, Series, Series] {
  return [series('plain'), series('service'), series('floor')];
}

function key({ variant, routes, validation }: Subject): string {
  return `${variant} ${routes} ${validation}`;
}
