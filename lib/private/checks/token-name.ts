import { Fault } from '../problem';

/** What a token's name is the name of. */
export type TokenPlace = 'querystring' | 'header' | 'cookie' | 'subprotocol';

/** RFC 7230, section 3.2.6: names of headers and cookies, and subprotocols. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** The names of parameters that API Gateway takes. */
const PARAMETER = /^[\w.-]+$/;

const LEGAL: Record<TokenPlace, [RegExp, Fault]> = {
  querystring: [PARAMETER, {
    reason: 'is not a name of a query parameter that API Gateway takes', remedy: 'use letters, digits, underscores, dots and hyphens',
  }],
  header: [PARAMETER, {
    reason: 'is not a name of a header that API Gateway takes', remedy: 'use letters, digits, underscores, dots and hyphens',
  }],
  cookie: [TOKEN, { reason: 'is not a legal name of a cookie', remedy: 'use letters, digits, underscores, dots and hyphens' }],
  subprotocol: [TOKEN, {
    reason: 'is not a legal subprotocol', remedy: 'use letters, digits, underscores, dots and hyphens, for example "bearer"',
  }],
};

/** Headers that hold more than a token, and what reads them. */
const OTHERS: Record<string, Fault> = {
  'cookie': { reason: 'holds all cookies', remedy: 'use WebsocketTokenSource.cookie(name)' },
  'sec-websocket-protocol': { reason: 'holds all subprotocols that the client offers', remedy: 'use WebsocketTokenSource.subprotocol(name)' },
};

/** What is wrong with the name under which a handshake holds a token, if anything. */
export function tokenNameFault(place: TokenPlace, name: string): Fault | undefined {
  const [legal, fault] = LEGAL[place];
  if (!legal.test(name)) return fault;
  return place === 'header' ? OTHERS[name.toLowerCase()] : undefined;
}
