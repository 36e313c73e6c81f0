import { Token } from 'aws-cdk-lib';
import { Fault } from './private/problem';

/**
 * Where a client puts the token of a handshake.
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
   * Every client can do it. URLs end up in logs of proxies and in the history of browsers: let such a token live for minutes.
   *
   * @param name letters, digits, underscores, dots and hyphens
   */
  public static queryString(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('querystring', name);
  }

  /**
   * A header, with or without `Bearer ` before the token. For clients that are no browsers: those cannot set one.
   *
   * @param name letters, digits, underscores, dots and hyphens, for example `Authorization`
   */
  public static header(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('header', name);
  }

  /**
   * A cookie. Browsers send it along if another site opens the connection, too: make it `SameSite=Strict` and check the header
   * `Origin` in `$connect`.
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
   * The browser wants one of the two selected, and only what `$connect` answers selects it: a service without `$connect` gets a
   * function that does; a `$connect` of your own returns the header `Sec-WebSocket-Protocol` with `name`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
   * @param name the subprotocol to select, for example `bearer`
   */
  public static subprotocol(name: string): WebsocketTokenSource {
    return new WebsocketTokenSource('subprotocol', name);
  }

  private constructor(private readonly place: TokenPlace, private readonly name: string) {}

  /**
   * What is wrong with the name.
   *
   * @internal
   */
  public get _fault(): Fault | undefined {
    return Token.isUnresolved(this.name) ? undefined : tokenNameFault(this.place, String(this.name));
  }

  /**
   * How the function knows it.
   *
   * @internal
   */
  public get _key(): string {
    return `${this.place}:${this.name}`;
  }

  /**
   * What a handshake without such a token lacks.
   *
   * @internal
   */
  public get _identitySource(): string {
    if (this.place === 'querystring') return `route.request.querystring.${this.name}`;
    const headers = { header: this.name, cookie: 'Cookie', subprotocol: 'Sec-WebSocket-Protocol' };
    return `route.request.header.${headers[this.place]}`;
  }

  /**
   * What `$connect` has to select.
   *
   * @internal
   */
  public get _subprotocol(): string | undefined {
    return this.place === 'subprotocol' ? this.name : undefined;
  }
}

/** What a token's name is the name of. */
type TokenPlace = 'querystring' | 'header' | 'cookie' | 'subprotocol';

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
function tokenNameFault(place: TokenPlace, name: string): Fault | undefined {
  const [legal, fault] = LEGAL[place];
  if (!legal.test(name)) return fault;
  return place === 'header' ? OTHERS[name.toLowerCase()] : undefined;
}
