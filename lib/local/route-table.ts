import { SynthesizedApi } from './synthesized-api';

const COLUMNS = ['Route', 'Target', 'Function', 'Authorizer', 'Two-way'];

/** An API as text: its URLs, and a row for each route. */
export function routeTable(api: SynthesizedApi): string {
  const rows = api.routes.map((route) => [
    route.routeKey,
    route.target,
    route.function ?? '-',
    route.routeKey === '$connect' ? route.authorizer : '-',
    route.twoWay ? 'yes' : 'no',
  ]);
  const stages = api.stages.flatMap(({ url, callbackUrl }) => [`  url       ${url}`, `  callback  ${callbackUrl}`]);
  return [`${api.name} (${api.stack}, ${api.logicalId})`, ...stages, '', ...aligned([COLUMNS, ...rows])].join('\n');
}

function aligned(rows: string[][]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}
