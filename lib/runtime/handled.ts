import { hasStore, storeSettings } from './configuration';
import { runtimeError } from './error';
import {
  Connection, connectionOf, LambdaContext, WebsocketAuthorizerEvent, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketMessageEvent,
} from './events';

/** What each handler is called with. */
export interface Handled<Claims = Record<string, string>, Event = HandledEvent> {
  readonly connection: Connection<Claims>;
  /** As API Gateway sent it. */
  readonly event: Event;
  /** The context of Lambda. */
  readonly lambda: LambdaContext;
}

/** What an integration returns to API Gateway. */
export interface WebsocketResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** The text of a value for a client: strings as they are, the rest as JSON. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type HandledEvent = WebsocketConnectEvent | WebsocketMessageEvent | WebsocketDisconnectEvent;

/** The connection, with the user by the setting of the store. */
export function connectionFrom<Claims>(event: HandledEvent): Connection<Claims> {
  return connectionOf<Claims>(event, hasStore() ? storeSettings().userFrom : undefined);
}

/** The headers of a handshake by their names in lower case: API Gateway keeps the client's spelling, or does not, by the kind of domain. */
export function headersOf({ headers }: WebsocketConnectEvent | WebsocketAuthorizerEvent): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Refuses the events of other routes, which a handler would misunderstand. */
export function expectEvent(what: string, event: unknown, eventType?: string): void {
  const { requestContext, type } = (event ?? {}) as { requestContext?: { eventType?: string; routeKey?: string }; type?: string };
  if (!requestContext) {
    throw runtimeError('CONFIGURATION', `${what} was called with no event of a WebSocket API: its route needs a Lambda proxy integration`);
  }
  const { eventType: found, routeKey } = requestContext;
  const isAuthorizer = type === 'REQUEST';
  if (!isAuthorizer && (found === undefined || eventType === undefined || found === eventType)) return;
  throw runtimeError('CONFIGURATION', isAuthorizer
    ? `${what} was called as an authorizer: use onAuthorize`
    : `${what} was called for the route ${routeKey}: use ${HANDLERS[found!] ?? 'another handler'} there`);
}

const HANDLERS: Record<string, string> = { CONNECT: 'onConnect', MESSAGE: 'onMessage', DISCONNECT: 'onDisconnect' };
