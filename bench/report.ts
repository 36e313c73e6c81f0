import { Measurements, Variant } from './measurements';
import { ratio, Series } from './statistics';
import { middle, spread, table } from './table';

/** The measurements as Markdown tables. */
export function report(measurements: Measurements, routes: number[]): string {
  const sections = [false, true].flatMap((validation) => [
    `Template validation ${validation ? 'on (the default)' : 'off (CDK_VALIDATION=false)'}:`,
    synthesisTable(measurements, routes, validation),
    perRouteTable(measurements, routes, validation),
  ]);
  return [...sections, ...oslsSection(measurements, routes)].filter((section) => section).join('\n\n');
}

function synthesisTable(measurements: Measurements, routes: number[], validation: boolean): string {
  return table(['routes', 'plain s', 'ours s', 'floor s', 'plain/ours', 'ours/floor', 'runs of plain, of the others'], routes.map((count) => {
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
