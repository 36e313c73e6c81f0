import type { LambdaContext, WebsocketDisconnectEvent } from './events';
import { connectionFrom, expectEvent, Handled, WebsocketResult } from './handled';
import { logFailure } from './log';
import { handle } from './tracking';

/** What the function of `onDisconnect` is called with. */
export interface Disconnected<Claims = Record<string, string>> extends Handled<Claims, WebsocketDisconnectEvent> {
  /** Why the connection closed: 1001 after ten idle minutes, 1005 if the client gave no code. */
  readonly code?: number;
  readonly reason?: string;
}

/** Made by `onDisconnect`: a Lambda handler of `$disconnect`. */
export type DisconnectHandler = (event: WebsocketDisconnectEvent, lambda?: LambdaContext) => Promise<WebsocketResult>;

/**
 * A handler of `$disconnect`, which API Gateway calls once at most: after a crash of either side, never. With a connection store, the
 * connection and its rooms are still there when the function runs, and are removed after it, also if it throws.
 */
export function onDisconnect<Claims = Record<string, string>>(
  fn: (disconnected: Disconnected<Claims>) => unknown,
): DisconnectHandler {
  return (event, lambda) => handle(event, lambda, async () => {
    try {
      expectEvent('onDisconnect', event, 'DISCONNECT');
      const { disconnectStatusCode, disconnectReason } = event.requestContext;
      await fn({ connection: connectionFrom(event), event, lambda: lambda!, code: disconnectStatusCode, reason: disconnectReason });
      return { statusCode: 200 };
    } catch (error) {
      logFailure('onDisconnect', event, error);
      throw error;
    }
  });
}
