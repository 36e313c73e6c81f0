import type { Api, Authorization, FunctionTarget, Integration, LocalApp } from '../assembly/model';

/** A route as it is shown: every value for people. */
export interface RouteRow {
  readonly routeKey: string;
  /** `Lambda`, or the integration's type (`MOCK`, `AWS`, `HTTP`, ...), or `none`. */
  readonly target: string;
  /** The function's construct path or, of one that is not in the app, its name. */
  readonly function?: string;
  /** Of `$connect` only: the authorizer's function, `AWS_IAM` or `none` (3.1). */
  readonly authorizer?: string;
  readonly twoWay: boolean;
}

type Functions = LocalApp['functions'];

const COLUMNS = ['Route', 'Target', 'Function', 'Authorizer', 'Two-way'];

/** The routes of an API in the order of the template. */
export function routeRows(api: Api, functions: Functions): readonly RouteRow[] {
  return [...api.routes.values()].map((route) => ({
    routeKey: route.routeKey,
    target: targetOf(route.integration),
    function: invokedFunction(route.integration?.target, functions),
    authorizer: route.routeKey === '$connect' ? authorizerOf(route.authorization, functions) : undefined,
    twoWay: route.twoWay,
  }));
}

/** The same as lines of a table, its heading first. */
export function routeLines(api: Api, functions: Functions): readonly string[] {
  const rows = routeRows(api, functions).map((row) => [
    row.routeKey, row.target, row.function ?? '-', row.authorizer ?? '-', row.twoWay ? 'yes' : 'no',
  ]);
  return aligned([COLUMNS, ...rows]);
}

function targetOf(integration: Integration | undefined): string {
  if (!integration) return 'none';
  const { target, type } = integration;
  return target && (target.type !== 'none' || target.function !== undefined) ? 'Lambda' : type;
}

function invokedFunction(target: FunctionTarget | undefined, functions: Functions): string | undefined {
  if (target?.type === 'none') return target.function;
  if (target?.type === 'function') return pathOf(target.functionId, functions);
  return target && [...new Set(Object.values(target.functions))].map((id) => pathOf(id, functions)).join(', ');
}

function pathOf(functionId: string, functions: Functions): string {
  return functions.get(functionId)?.path ?? functionId;
}

function authorizerOf(authorization: Authorization, functions: Functions): string {
  if (authorization.type !== 'CUSTOM') return authorization.type === 'NONE' ? 'none' : authorization.type;
  return invokedFunction(authorization.authorizer.target, functions) ?? authorization.authorizer.name;
}

function aligned(rows: readonly string[][]): readonly string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}
