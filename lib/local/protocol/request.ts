/** A request's path and query string, undecoded. */
export interface RequestTarget {
  /** Starts with `/`. */
  readonly path: string;
  /** Without `?`; empty if there is none. */
  readonly query: string;
}

/** Headers or a query string as events have them. */
export interface ValueMaps {
  /** Without a prototype, as is `multi`: any name is safe. */
  readonly single: Record<string, string>;
  readonly multi: Record<string, string[]>;
}

/** What API Gateway knows about a request and the client does not send. */
export interface RequestOrigin {
  /** `Root=1-...` */
  readonly traceId: string;
  readonly sourceIp: string;
  /** The port of the gateway. */
  readonly port: number;
  readonly secure: boolean;
  /** 1.1.6: the client came through a mapping key of several levels. */
  readonly lowerCaseNames?: boolean;
}

/** Splits a request target: `/production?room=1`, or the same after `http://host`. */
export function parseTarget(url: string): RequestTarget {
  const [target] = isPlain(url) ? [url] : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('#', 1);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path.startsWith('/') ? path : `/${path}`, query: mark < 0 ? '' : target.slice(mark + 1) };
}

function isPlain(url: string): boolean {
  return url.startsWith('/') && !url.includes('#');
}

/** The two maps of a query string; `undefined` if it has no parameter (1.3.1). */
export function queryMaps(query: string): ValueMaps | undefined {
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length === 0) return undefined;
  const maps = emptyMaps();
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    const [name, value] = mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
    addValue(maps, formDecoded(name), formDecoded(value));
  }
  return maps;
}

/** Decodes percent escapes; never throws. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // assumed (1.3.1): a percent sign that does not begin an escape stays as it is
    return text;
  }
}

function formDecoded(text: string): string {
  // assumed (1.3.1): `+` in a query string is a space
  return percentDecoded(text.replace(/\+/g, ' '));
}

/**
 * The two maps of the headers, in the client's spelling (1.3.4).
 *
 * @param rawHeaders names and values in turn, as in Node.js
 */
export function headerMaps(rawHeaders: readonly string[]): ValueMaps {
  const maps = emptyMaps();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) addValue(maps, rawHeaders[i], rawHeaders[i + 1]);
  return maps;
}

/** The headers of the `$connect` event: without those of the connection itself, with those that the service adds (1.3.4). */
export function connectHeaders(rawHeaders: readonly string[], origin: RequestOrigin): ValueMaps {
  return headerMaps(spelled([...clientHeaders(rawHeaders), ...forwardedHeaders(origin).flat()], origin));
}

/** The headers of the authorizer's event: with those of the connection, in the spelling of AWS (3.2). */
export function authorizerHeaders(rawHeaders: readonly string[], origin: RequestOrigin): ValueMaps {
  const connection = ['Connection', 'upgrade', 'content-length', '0', 'Upgrade', 'websocket'];
  return headerMaps(spelled([...connection, ...clientHeaders(rawHeaders), ...forwardedHeaders(origin).flat()], origin));
}

/** The headers of the `$disconnect` event, three of which are always empty (1.5). */
export function disconnectHeaders(host: string): ValueMaps {
  return headerMaps(['Host', host, 'x-api-key', '', 'X-Forwarded-For', '', 'x-restapi', '']);
}

/** The headers that the service adds: names and values. */
export function forwardedHeaders({ traceId, sourceIp, port, secure }: RequestOrigin): readonly (readonly [string, string])[] {
  return [
    ['X-Amzn-Trace-Id', traceId],
    ['X-Forwarded-For', sourceIp],
    ['X-Forwarded-Port', String(port)],
    ['X-Forwarded-Proto', secure ? 'https' : 'http'],
  ];
}

/** The value of a header, whatever the case of its name in the map. */
export function headerValue<T>(headers: Readonly<Record<string, T>>, name: string): T | undefined {
  const wanted = name.toLowerCase();
  const found = Object.keys(headers).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : headers[found];
}

const OF_CONNECTION = new Set(['connection', 'upgrade', 'content-length']);
const ADDED = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

function clientHeaders(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    // assumed (1.3.4): `X-Forwarded-*` and `X-Amzn-Trace-Id` from the client are replaced
    if (OF_CONNECTION.has(name) || ADDED.has(name)) continue;
    kept.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  return kept;
}

function spelled(rawHeaders: readonly string[], { lowerCaseNames }: RequestOrigin): readonly string[] {
  return lowerCaseNames ? rawHeaders.map((text, i) => i % 2 === 0 ? text.toLowerCase() : text) : rawHeaders;
}

/** No prototype: `__proto__` is a name like any other. */
function emptyMaps(): ValueMaps {
  return { single: Object.create(null) as Record<string, string>, multi: Object.create(null) as Record<string, string[]> };
}

function addValue({ single, multi }: ValueMaps, name: string, value: string): void {
  const values = multi[name];
  if (values) values.push(value);
  else multi[name] = [value];
  // 1.3.1: the last value of a repeated query parameter.
  // assumed (1.3.1): in the single-value map a repeated header has its last value, as a query parameter has
  single[name] = value;
}
