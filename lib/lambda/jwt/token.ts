import { TokenSource } from './configuration';

/** As much of a handshake as may hold a token. */
export interface Handshake {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
}

/** The token in the first source that has one. */
export function findToken(handshake: Handshake, sources: readonly TokenSource[]): string | undefined {
  for (const source of sources) {
    const token = READERS[source.kind]?.(handshake, source.name)?.trim();
    if (token) return token;
  }
  return undefined;
}

const READERS: Readonly<Record<string, (handshake: Handshake, name: string) => string | undefined>> = {
  querystring: ({ queryStringParameters = {} }, name) => queryStringParameters[name],
  header: (handshake, name) => header(handshake, name)?.replace(/^bearer +/i, ''),
  cookie: (handshake, name) => pairs(header(handshake, 'cookie'))
    .find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1).replace(/^"(.*)"$/, '$1'),
  subprotocol: (handshake, name) => {
    const offered = (header(handshake, 'sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
    // Somebody who does not offer the name would not know which of the two the server selects.
    return offered.includes(name) ? offered.find((protocol) => protocol !== name) : undefined;
  },
};

/** Header names come as the client spelled them. */
function header({ headers = {} }: Handshake, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function pairs(cookies = ''): string[] {
  return cookies.split(';').map((pair) => pair.trim());
}
