/** Headers with credentials, besides those whose name says so. */
const HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'sec-websocket-protocol']);

/** Names of parameters and members with credentials, without their `-` and `_`, in lower case. */
const NAMES = new Set([
  'accesskeyid', 'bearer', 'code', 'connectsid', 'csrf', 'jwt', 'key', 'otp', 'pass', 'passphrase', 'phpsessid', 'pin', 'pwd', 'session',
  'sid', 'sig', 'ticket', 'xsession', 'xsrf',
]);

/** The ends of further names: `access_token`, `clientSecret`, `X-Auth-Token`, `usageIdentifierKey`, `token[0]`. */
const ENDS = new RegExp(
  '(?:tokens?|secrets?|password|passwd|passcode|accesscode|signature|assertion|credentials?|auth|authorization|sessionid|'
  + '(?:api|access|auth|identifier|master|private|secret|subscription)key)\\d*$',
);

/** Whether the value of a query parameter, of a header or of a member of the authorizer's context is taken for a credential. */
export function isSecretName(name: string): boolean {
  if (/^x-amz-/i.test(name)) return true;
  const plain = name.replace(/[-_.[\]]/g, '').toLowerCase();
  return NAMES.has(plain) || ENDS.test(plain);
}

export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return HEADERS.has(lower) || isSecretName(lower);
}

/** Names of headers and query parameters, in lower case: where the authorizers of an app look for credentials. */
export interface IdentitySources {
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
}

/** @param expressions `route.request.header.X`, `route.request.querystring.X`; stage variables and the context are not of a client */
export function identitySources(expressions: Iterable<string>): IdentitySources {
  const [headers, query] = [new Set<string>(), new Set<string>()];
  for (const expression of expressions) {
    const [, place, name = ''] = /^route\.request\.(header|querystring)\.(.+)$/s.exec(expression) ?? [];
    if (place !== undefined) (place === 'header' ? headers : query).add(name.toLowerCase());
  }
  return { headers, query };
}

/** Subprotocols that are names of protocols, as far as they have no version: https://www.iana.org/assignments/websocket */
const SUBPROTOCOLS = new Set([
  'access_token', 'actioncable-v1-json', 'auth', 'authorization', 'base64', 'bearer', 'binary', 'chat', 'graphql-transport-ws',
  'graphql-ws', 'json', 'jwt', 'mqtt', 'msgpack', 'ocpp', 'sip', 'soap', 'stomp', 'token', 'wamp', 'xmpp',
]);
const WITH_VERSION = /^(?:[a-z][a-z-]{0,20}[.-]v?\d{1,3}(?:\.\d{1,3}){0,2}(?:\.(?:json|msgpack|cbor))?|v\d{1,3}\.[a-z][a-z-]{0,20})$/;
const WORDS = /^[a-z]{2,16}(?:[.-][a-z]{2,16}){0,3}$/;

/**
 * Whether a subprotocol that a client offers names a protocol. Browsers, which can set no header, also put tokens there: of several the
 * first may be any word (`['bearer', token]`), everything else counts as a token unless it is known or has a version.
 */
export function isProtocolName(offered: string, index: number, count: number): boolean {
  return SUBPROTOCOLS.has(offered) || WITH_VERSION.test(offered) || (count > 1 && index === 0 && WORDS.test(offered));
}
