import { runtimeError } from './error';
import type { LambdaContext, WebsocketConnectEvent } from './events';
import { connectionFrom, expectEvent, Handled, headersOf, textOf, WebsocketResult } from './handled';
import { countFailure, logFailure } from './log';
import { handle } from './tracking';

/** What the function of `onConnect` is called with. */
export interface Connecting<Claims = Record<string, string>> extends Handled<Claims, WebsocketConnectEvent> {
  readonly query: Record<string, string>;
  /** By their names in lower case. */
  readonly headers: Record<string, string>;
  /** The subprotocols that the client offers, in its order. */
  readonly protocols: string[];
}

/** Made by `onConnect`: a Lambda handler of `$connect`. */
export type ConnectHandler = (event: WebsocketConnectEvent, lambda?: LambdaContext) => Promise<WebsocketResult>;

type Answer = WebsocketResult | undefined | void;

/**
 * A handler of `$connect`. With a connection store, the connection is recorded before the function runs, and removed if it refuses.
 *
 * @example export const connect = onConnect(({ query }) => query.room === undefined ? reject(400) : accept());
 */
export function onConnect<Claims = Record<string, string>>(
  fn: (connecting: Connecting<Claims>) => Answer | Promise<Answer>,
): ConnectHandler {
  return (event, lambda) => handle(event, lambda, async () => {
    try {
      expectEvent('onConnect', event, 'CONNECT');
      const headers = headersOf(event);
      return checked(await fn({
        connection: connectionFrom(event),
        event,
        lambda: lambda!,
        query: { ...event.queryStringParameters },
        headers,
        protocols: (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''),
      }));
    } catch (error) {
      logFailure('onConnect', event, error);
      countFailure();
      return { statusCode: 500 };
    }
  });
}

/** Lets the client in. A client that offers subprotocols needs one of them back. */
export function accept({ protocol }: { readonly protocol?: string | undefined } = {}): WebsocketResult {
  return { statusCode: 200, ...protocol !== undefined && { headers: { 'Sec-WebSocket-Protocol': protocol } } };
}

/** Refuses the handshake with this HTTP status, from 400 to 599. Browsers see neither status nor body. */
export function reject(status: number, body?: unknown): WebsocketResult {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw runtimeError('CONFIGURATION', `reject(${String(status)}): the status of a refusal is an integer from 400 to 599`);
  }
  return { statusCode: status, ...body !== undefined && { body: textOf(body) } };
}

/** Anything else might be meant as a refusal, for example `false`. */
function checked(answer: Answer): WebsocketResult {
  if (answer === undefined) return accept();
  if (typeof (answer as WebsocketResult | null)?.statusCode === 'number') return answer as WebsocketResult;
  throw runtimeError('CONFIGURATION', 'the function of onConnect must return accept(), reject(status) or nothing');
}
