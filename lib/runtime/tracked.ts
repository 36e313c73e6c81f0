import { call, isCallbackHandler, takesCallbacks } from './call';
import type { LambdaContext, WebsocketEvent } from './events';
import { track } from './tracking';

/**
 * Bundled around the handlers of `$connect` and `$disconnect`, of any style, where the service has a connection store. It acts by the
 * type of the event, since the handler may serve other routes, too.
 *
 * What is no function is handed through: the message of Lambda is the better one. So is a handler with a callback where Lambda refuses it.
 */
export function tracked<T>(handler: T): T {
  if (typeof handler !== 'function' || (isCallbackHandler(handler) && !takesCallbacks())) return handler;
  const wrapped = (event: WebsocketEvent, lambda: LambdaContext): Promise<unknown> => (
    track(event, lambda, () => call(handler as never, event, lambda))
  );
  return wrapped as T;
}
