import { Token } from 'aws-cdk-lib';
import { Fault } from './private/problem';

/**
 * The place in a handshake where a client sends its token.
 *
 * @example
 * ConnectAuthorizer.cognito({
 *   userPool,
 *   userPoolClients: [client],
 *   tokenSources: [WebsocketTokenSource.header('Authorization'), WebsocketTokenSource.cookie('token')],
 * });
 */
export class WebsocketTokenSource {
  /**
   * A parameter of the URL: `new WebSocket('wss://...?token=...')`.
   *
   * Every client supports this. URLs end up in logs of proxies and in the history of browsers: let such a token expire within minutes.
   *
   * @param name letters, digits, underscores, dots and hyphens
   */
  public static queryString(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('querystring', name);
  }

  /**
   * A header, with or without `Bearer ` before the token. Not for browsers, which cannot set headers on a WebSocket handshake.
   *
   * @param name letters, digits, underscores, dots and hyphens, for example `Authorization`
   */
  public static header(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('header', name);
  }

  /**
   * A cookie. Browsers also send it when another site opens the connection: set `SameSite=Strict` and check the header `Origin` in
   * `$connect`.
   *
   * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie
   * @param name the name of the cookie
   */
  public static cookie(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('cookie', name);
  }

  /**
   * The subprotocol that is offered beside `name`: `new WebSocket(url, ['bearer', token])`.
   *
   * Browsers require that the response of `$connect` selects one of the two. If the routes have no `$connect`, the service adds one with a
   * function that does; your own `$connect` must return the header `Sec-WebSocket-Protocol` with `name`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
   * @param name the subprotocol to select, for example `bearer`
   */
  public static subprotocol(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('subprotocol', name);
  }

  private constructor(private readonly place: TokenPlace, private readonly name: string) {}

  /** @internal */
  public get _fault(): Fault | undefined {
    return Token.isUnresolved(this.name) ? undefined : tokenNameFault(this.place, String(this.name));
  }

  /**
   * The source as the function's environment has it.
   *
   * @internal
   */
  public get _key(): string {
    return `${this.place}:${this.name}`;
  }

  /**
   * The identity source that a handshake with such a token always has.
   *
   * @internal
   */
  public get _identitySource(): string {
    if (this.place === 'querystring') return `route.request.querystring.${this.name}`;
    const headers = { header: this.name, cookie: 'Cookie', subprotocol: 'Sec-WebSocket-Protocol' };
    return `route.request.header.${headers[this.place]}`;
  }

  /**
   * The subprotocol that `$connect` must select.
   *
   * @internal
   */
  public get _subprotocol(): string | undefined {
    return this.place === 'subprotocol' ? this.name : undefined;
  }
}

/** Where a handshake can have a token. */
type TokenPlace = 'querystring' | 'header' | 'cookie' | 'subprotocol';

/** RFC 7230, section 3.2.6: names of headers and cookies, and subprotocols. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Names of parameters that API Gateway accepts. */
const PARAMETER = /^[\w.-]+$/;

const LEGAL: Record<TokenPlace, [RegExp, Fault]> = {
  querystring: [PARAMETER, {
    reason: 'is not a name of a query parameter that API Gateway accepts', remedy: 'use letters, digits, underscores, dots and hyphens',
  }],
  header: [PARAMETER, {
    reason: 'is not a name of a header that API Gateway accepts', remedy: 'use letters, digits, underscores, dots and hyphens',
  }],
  cookie: [TOKEN, { reason: 'is not a legal name of a cookie', remedy: 'use letters, digits, underscores, dots and hyphens' }],
  subprotocol: [TOKEN, {
    reason: 'is not a legal subprotocol', remedy: 'use letters, digits, underscores, dots and hyphens, for example "bearer"',
  }],
};

/** Headers with more than a token in them. */
const OTHERS: Record<string, Fault> = {
  'cookie': { reason: 'holds all cookies', remedy: 'use WebsocketTokenSource.cookie(name)' },
  'sec-websocket-protocol': {
    reason: 'holds all subprotocols that the client offers', remedy: 'use WebsocketTokenSource.subprotocol(name)',
  },
};

function tokenNameFault(place: TokenPlace, name: string): Fault | undefined {
  const [legal, fault] = LEGAL[place];
  if (!legal.test(name)) return fault;
  return place === 'header' ? OTHERS[name.toLowerCase()] : undefined;
}
