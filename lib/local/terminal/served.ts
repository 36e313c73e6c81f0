import type { Api, Authorization, FunctionTarget, Integration, LambdaFunction, LocalApp, Route, Stage } from '../assembly/local-app';
import { listed } from '../assembly/notices';

/** What a gateway serves, as far as it is printed: as a banner, as a table, as JSON. */
export interface Served {
  readonly apis: readonly ServedApi[];
  /** By `LambdaFunction.id`. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** The DynamoDB tables of the app, if it has any. */
  readonly tables?: ServedTables;
  /** The page that shows what passes the gateway, if it is on. */
  readonly inspectorUrl?: string;
}

export interface ServedTables {
  readonly names: readonly string[];
  /** `in memory, by dynoxide 1.2.1` */
  readonly where: string;
}

export interface ServedApi {
  readonly api: Api;
  readonly port: number;
  readonly stages: ReadonlyArray<{ readonly stage: Stage; readonly url: string; readonly callbackUrl: string }>;
}

/** A route in words that people read. */
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

interface ServedApiJson {
  readonly name: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly port: number;
  readonly stages: readonly ServedStageJson[];
  readonly routes: readonly RouteRow[];
}

interface ServedStageJson {
  readonly name: string;
  readonly url: string;
  readonly callbackUrl: string;
  /** The command that connects to the stage. */
  readonly connect: string;
  /** URL and command for each custom domain; absent if there is none. */
  readonly domains?: ReturnType<typeof domainLines>;
}

type Functions = LocalApp['functions'];

const COLUMNS = ['Route', 'Target', 'Function', 'Authorizer', 'Two-way'];

/** Stands where the developer's own value belongs. */
const PLACEHOLDER = 'VALUE';

/** With the other expression, `$context.authorizer.usageIdentifierKey`, the authorizer names the key, not the client (3.13). */
const KEY_IN_HEADER = '$request.header.x-api-key';

const IDENTITY_SOURCE = /^route\.request\.(header|querystring)\.(.+)$/;

/** What a developer reads first: per API the URLs, a command that connects, and the routes. */
export function banner({ apis, functions, tables, inspectorUrl }: Served): string {
  const texts = apis.map(({ api, stages }) => {
    const addresses = stages.flatMap(({ stage, url, callbackUrl }) => [
      `  url       ${url}`,
      `  callback  ${callbackUrl}`,
      `  connect   ${wscatLine(api, stage, url)}`,
      ...domainLines(api, stage, url).flatMap((domain) => [`  domain    ${domain.url}`, `  connect   ${domain.connect}`]),
    ]);
    return apiText(api, addresses, functions);
  });
  if (tables) texts.push(`DynamoDB ${tables.where}: ${listed(tables.names)}`);
  if (inspectorUrl) texts.push(`inspector  ${inspectorUrl}`);
  return `\n${texts.join('\n\n')}\n\nCtrl-C stops the gateway.\n\n`;
}

/** What a gateway serves, for tools. */
export function servedJson({ apis, functions }: Served): readonly ServedApiJson[] {
  return apis.map(({ api, port, stages }) => ({
    name: api.name,
    stack: api.stack,
    logicalId: api.logicalId,
    port,
    stages: stages.map(({ stage, url, callbackUrl }) => ({
      name: stage.name,
      url,
      callbackUrl,
      connect: wscatLine(api, stage, url),
      domains: stage.mappings.length > 0 ? domainLines(api, stage, url) : undefined,
    })),
    routes: routeRows(api, functions),
  }));
}

/** An API as it will be on AWS: its URLs, with what only a deployment knows in angle brackets, and a row for each route. */
export function routeTable(api: Api, functions: Functions): string {
  const suffix = api.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const hosts = api.stages.flatMap(({ name, mappings }) => [
    // Custom domains come first: clients are to connect there.
    ...mappings.map(({ domainName, mappingKey }) => (mappingKey ? `${domainName}/${mappingKey}` : domainName)),
    ...api.disableExecuteApiEndpoint ? [] : [`<${api.logicalId}>.execute-api.${api.region}.${suffix}/${name}`],
  ]);
  return apiText(api, hosts.flatMap((host) => [`  url       wss://${host}`, `  callback  https://${host}`]), functions);
}

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

/** The command that connects to a stage, with what its authorizer and API key ask of the client. */
export function wscatLine(api: Api, stage: Stage, url: string): string {
  const connect = api.routes.get('$connect');
  const sources = identitySources(connect);
  const query = sources.filter(({ kind }) => kind === 'querystring').map(({ name }) => `${encodeURIComponent(name)}=${PLACEHOLDER}`);
  const headers = new Map(sources.filter(({ kind }) => kind === 'header').map(({ name }) => [name, PLACEHOLDER]));
  if (connect?.apiKeyRequired && api.apiKeySelectionExpression === KEY_IN_HEADER) headers.set('x-api-key', keyFor(api, stage));
  return [
    'npx wscat -c',
    query.length > 0 ? `"${url}?${query.join('&')}"` : url,
    ...[...headers].map(([name, value]) => `-H "${name}: ${value}"`),
  ].join(' ');
}

/**
 * The short name of a function in a line of many. A handler is named as its author wrote it: `Stack/Chat/Handler-src%2Fmessages.send`
 * is `src/messages.send`. Any other function is named by its construct path.
 */
export function functionLabel(path: string): string {
  const handler = /\/Handler-([^/]+)$/.exec(path)?.[1];
  return handler?.replace(/%2F/gi, '/').replace(/%25/g, '%') ?? path;
}

function apiText(api: Api, addresses: readonly string[], functions: Functions): string {
  return [`${api.name} (${api.stack}, ${api.logicalId})`, ...addresses, '', ...routeLines(api, functions)].join('\n');
}

/** `routeRows` as the lines of a table, with a heading. */
function routeLines(api: Api, functions: Functions): readonly string[] {
  const rows = [COLUMNS, ...routeRows(api, functions).map((row) => [
    row.routeKey, row.target, row.function ?? '-', row.authorizer ?? '-', row.twoWay ? 'yes' : 'no',
  ])];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
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

/** How to reach a stage by its custom domains: their names lead to AWS, so the `Host` header names the domain (1.1.5). */
function domainLines(api: Api, stage: Stage, url: string): Array<{ readonly url: string; readonly connect: string }> {
  return stage.mappings.map(({ domainName, mappingKey }) => {
    const path = mappingKey && `/${mappingKey}`;
    const connect = `${wscatLine(api, stage, `${new URL(url).origin}${path}`)} -H "Host: ${domainName}"`;
    return { url: `wss://${domainName}${path}`, connect };
  });
}

/** Headers and query only, which the client sends; stage variables and context come from the gateway (3.3). */
function identitySources(route: Route | undefined): Array<{ readonly kind: string; readonly name: string }> {
  const authorization = route?.authorization;
  if (authorization?.type !== 'CUSTOM') return [];
  return authorization.authorizer.identitySource.flatMap((source) => {
    const [, kind, name] = IDENTITY_SOURCE.exec(source) ?? [];
    return kind ? [{ kind, name }] : [];
  });
}

function keyFor(api: Api, stage: Stage): string {
  return api.apiKeys.find(({ stages }) => stages.includes(stage.name))?.value ?? PLACEHOLDER;
}
