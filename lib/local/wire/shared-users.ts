import { createHash } from 'crypto';
import type { IncomingMessage } from 'http';
import { Connection } from './connection';
import type { Api, LocalApp } from '../assembly/local-app';
import type { GatewayObserver } from '../gateway-event';
import { JsonObject, shortened, textAt } from '../protocol/json';
import { parseTarget, queryMaps } from '../protocol/request';

export interface SharedUsersOptions {
  readonly observe?: GatewayObserver;
  /** Those of the app that is served now. */
  readonly functions: () => LocalApp['functions'];
}

/** This many open connections with different tokens are several people. */
const MANY = 5;

/** Where tokens are if the authorizer has no identity source. */
const USUAL_SOURCES = ['route.request.header.Authorization', 'route.request.querystring.token'];

/** Notices when an authorizer makes everybody one user, which shows only when `user(id).close()` ends the connections of all. */
export class SharedUsers {
  /** How many open connections each token has, by API and user. */
  private readonly tokens = new Map<string, Map<string, number>>();
  private readonly ofConnection = new WeakMap<Connection, { readonly user: string; readonly token: string }>();
  /** The APIs whose notice was given. */
  private readonly reported = new Set<string>();

  public constructor(private readonly options: SharedUsersOptions) {}

  public opened(connection: Connection, token: string | undefined): void {
    const { context: { authorizer }, served: { api } } = connection;
    if (!this.options.observe || !authorizer || token === undefined || this.reported.has(api.apiId)) return;
    const key = userKeyOf(this.options.functions());
    const name = key === undefined ? undefined : authorizer[key];
    if (name === undefined) return;
    const user = `${api.apiId} ${name}`;
    const counts = this.tokens.get(user) ?? new Map<string, number>();
    this.tokens.set(user, counts.set(token, (counts.get(token) ?? 0) + 1));
    this.ofConnection.set(connection, { user, token });
    if (counts.size >= MANY) this.report(api, key!, name);
  }

  public closed(connection: Connection): void {
    const { user = '', token = '' } = this.ofConnection.get(connection) ?? {};
    const counts = this.tokens.get(user);
    const count = counts?.get(token) ?? 0;
    if (count > 1) counts!.set(token, count - 1);
    else counts?.delete(token);
    if (counts?.size === 0) this.tokens.delete(user);
  }

  private report(api: Api, key: string, name: string): void {
    this.reported.add(api.apiId);
    for (const user of this.tokens.keys()) if (user.startsWith(`${api.apiId} `)) this.tokens.delete(user);
    this.options.observe!({
      type: 'notice',
      time: Date.now(),
      code: 'user-shared',
      subject: api.name,
      text: `${api.name}: ${MANY} open connections with different tokens all belong to the user ${JSON.stringify(shortened(name))}, since `
        + `the authorizer gives them one ${key}: user(...).send() reaches all of them, and user(...).close() would end them all; `
        + `return the subject of the token as ${key}`,
    });
  }
}

/** The member of the authorizer's context that the connection store of an app takes for the user; `undefined` without a store. */
function userKeyOf(functions: LocalApp['functions']): string | undefined {
  for (const { environment, unresolved } of functions.values()) {
    if (unresolved.some(({ name }) => name === 'WEBSOCKET_STORE')) return 'principalId';
    if (!Object.hasOwn(environment, 'WEBSOCKET_STORE')) continue;
    try {
      return textAt(JSON.parse(environment.WEBSOCKET_STORE) as JsonObject, 'userFrom') ?? 'principalId';
    } catch {
      return 'principalId';
    }
  }
  return undefined;
}

/** What a handshake shows of who connects, as a hash; `undefined` if that is nothing. */
export function tokenOf({ headers, url = '/' }: IncomingMessage, { routes }: Api): string | undefined {
  const authorization = routes.get('$connect')?.authorization;
  if (authorization?.type !== 'CUSTOM') return undefined;
  const query = queryMaps(parseTarget(url).query)?.single ?? {};
  const { identitySource } = authorization.authorizer;
  const values = (identitySource.length > 0 ? identitySource : USUAL_SOURCES).flatMap((source) => {
    const [, kind, name = ''] = /^route\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
    const value = kind === 'header' ? headers[name.toLowerCase()] : kind === undefined ? undefined : query[name];
    return value ?? [];
  });
  return values.length === 0 ? undefined : createHash('sha256').update(JSON.stringify(values)).digest('base64');
}
