import type { Authorizer } from '../assembly/local-app';
import { parseTarget } from '../protocol/request';
import type { ServedApi } from '../terminal/served';
import type { ConnectedEntry, RefusedEntry } from '../trace';

/** Headers that belong to one connection, or that the client library writes. */
const OF_CONNECTION = new Set([
  'connection', 'upgrade', 'host', 'content-length', 'transfer-encoding', 'expect', 'te', 'trailer',
  'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'sec-websocket-protocol',
]);

const PLACEHOLDER = /<masked:(\d+)>/g;

/** What a header may hold, for Node.js: https://www.rfc-editor.org/rfc/rfc9110#name-field-values */
const VALUE = /[^\t\x20-\x7e\x80-\xff]/g;
const NAME = /^[!#$%&'*+.^`|~\w-]+$/;

/** A handshake of a recording, for a gateway on this machine. */
export class ReplayedHandshake {
  public readonly url: string;
  /** Names and values in the client's spelling; repeated ones as a list. */
  public readonly headers: Readonly<Record<string, string | string[]>>;
  /** The offered subprotocols, if they are words. */
  public readonly protocols: string[];
  /** Headers that only the request itself takes. */
  public readonly ownHeaders: ReadonlyArray<readonly [string, string]>;

  /** @param token replaces what was masked in the places where the authorizer looks */
  public constructor(entry: ConnectedEntry | RefusedEntry, apis: readonly ServedApi[], token?: string) {
    const served = apis.find(({ api }) => api.name === entry.api) ?? apis[0];
    const stage = served.stages.find((one) => one.stage.name === entry.stage) ?? served.stages[0];
    const sources = token === undefined ? [] : sourcesOf(served);
    const filled = (text: string, source: string): string => (
      token !== undefined && sources.includes(source.toLowerCase()) ? text.replace(PLACEHOLDER, () => token) : text);
    const { path, query } = parseTarget(entry.url);
    const parameters = query.split('&').map((pair) => filled(pair, `query ${pair.split('=', 1)[0]}`)).join('&');
    this.url = `${new URL(stage.url).origin}${path}${query && `?${parameters}`}`;
    const headers = new Map<string, string[]>();
    const protocols: string[] = [];
    let host: string | undefined;
    for (let i = 0; i + 1 < entry.rawHeaders.length; i += 2) {
      const name = entry.rawHeaders[i];
      const lower = name.toLowerCase();
      const value = filled(entry.rawHeaders[i + 1], `header ${lower}`).replace(VALUE, '?');
      if (lower === 'host') host = value;
      // A subprotocol is a word.
      if (lower === 'sec-websocket-protocol') protocols.push(value.replace(PLACEHOLDER, 'masked-$1'));
      if (!OF_CONNECTION.has(lower) && NAME.test(name)) headers.set(name, [...headers.get(name) ?? [], value]);
    }
    this.headers = Object.fromEntries([...headers].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
    const offered = protocols.join(',').split(',').map((name) => name.trim()).filter((name) => name !== '');
    const areWords = offered.every((name) => NAME.test(name)) && new Set(offered).size === offered.length;
    this.protocols = areWords ? offered : [];
    this.ownHeaders = [
      // 1.1.5: a custom domain leads to its own mapping; any other host was the address of the gateway.
      ...isDomain(host, served) ? [['Host', host!] as const] : [],
      ...protocols.length > 0 && !areWords ? [['Sec-WebSocket-Protocol', protocols.join(',')] as const] : [],
    ];
  }
}

function isDomain(host: string | undefined, { stages }: ServedApi): boolean {
  const name = host?.replace(/:\d*$/, '').toLowerCase();
  return name !== undefined && stages.some(({ stage }) => stage.mappings.some(({ domainName }) => domainName.toLowerCase() === name));
}

/** `header authorization`, `query token`: where the authorizer of `$connect` finds the token. */
function sourcesOf({ api }: ServedApi): string[] {
  const authorization = api.routes.get('$connect')?.authorization;
  const declared: Authorizer['identitySource'] = authorization?.type === 'CUSTOM' ? authorization.authorizer.identitySource : [];
  const found = declared.flatMap((source) => {
    const [, place, name] = /^route\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
    return place === undefined ? [] : `${place === 'header' ? 'header' : 'query'} ${name.toLowerCase()}`;
  });
  return found.length > 0 ? found : ['header authorization', 'query token', 'header cookie', 'header sec-websocket-protocol'];
}
