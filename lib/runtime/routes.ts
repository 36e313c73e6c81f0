import { AnyHandler, call, isCallbackHandler, takesCallbacks } from './call';
import { runtimeError, WebsocketError } from './error';
import type { LambdaContext, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketMessageEvent } from './events';
import { expectEvent, WebsocketResult } from './handled';
import { onMessage } from './message';
import { handle } from './tracking';

/** Handlers by their route keys: made by this library, or any other Lambda handlers. */
export type RouteHandlers = Readonly<Record<string, AnyHandler>>;

/** Made by `routes`: one Lambda handler for the routes. */
export interface RoutesHandler<Handlers extends RouteHandlers = RouteHandlers> {
  (event: WebsocketConnectEvent | WebsocketMessageEvent | WebsocketDisconnectEvent, lambda?: LambdaContext): Promise<WebsocketResult>;
  /** Types only, for clients: it is never set. */
  readonly '~routes'?: Handlers;
}

const OWN = ['$connect', '$disconnect', '$default'];

/**
 * One Lambda handler for several routes. Messages of other routes go to `$default`, if there is one. A missing `$connect` lets everybody
 * in. With a connection store, connections are tracked, whatever the handlers are.
 *
 * @example export const handler = routes({ $connect: onConnect(connect), join: onMessage(Join, join), $default: legacyHandler });
 */
export function routes<const Handlers extends RouteHandlers>(handlers: Handlers): RoutesHandler<Handlers> {
  for (const [key, handler] of Object.entries<AnyHandler>(handlers)) checkHandler(key, handler);
  const unknown = onMessage(({ event }) => {
    throw new WebsocketError('NO_ROUTE', `there is no handler for the route ${event.requestContext.routeKey}`);
  });
  const find = (key: string): AnyHandler | undefined => (Object.hasOwn(handlers, key) ? handlers[key] : undefined);
  return (event, lambda) => handle(event, lambda, async () => {
    expectEvent('routes', event);
    const { routeKey, eventType } = event.requestContext;
    const handler = find(routeKey) ?? (eventType === 'MESSAGE' ? find('$default') ?? unknown : undefined);
    return (handler ? await call(handler, event, lambda) : { statusCode: 200 }) as WebsocketResult;
  });
}

/** At the start of the function, where a mistake shows at once. */
function checkHandler(key: string, handler: unknown): void {
  const refuse = (reason: string): never => { throw runtimeError('CONFIGURATION', `routes({ ${JSON.stringify(key)}: ... }): ${reason}`); };
  if (typeof handler !== 'function') refuse(`the handler is ${handler === null ? 'null' : typeof handler}, not a function`);
  // A misspelt `$connect` would let everybody in.
  if (key.startsWith('$') && !OWN.includes(key)) refuse(`no route has such a key: of those with $ there are ${OWN.join(', ')}`);
  if (isCallbackHandler(handler as AnyHandler) && !takesCallbacks()) {
    refuse('the handler takes a callback, which Lambda has removed with Node.js 24: return a promise');
  }
}
