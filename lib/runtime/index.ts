/** For code in Lambda handlers: names only. At most 14 values. */
export { WebsocketError } from './error';

export { allow, deny, onAuthorize } from './authorize';
export { onMessage } from './message';
export type { AuthorizeHandler, AuthorizerResult, Authorizing, Decision, Permission } from './authorize';
export type { AnyHandler } from './call';
export type {
  Connection, LambdaContext, WebsocketAuthorizerEvent, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketEvent,
  WebsocketMessageEvent,
} from './events';
export type { Handled, WebsocketResult } from './handled';
export type { Message, MessageHandler, MessageOptions } from './message';
export type { Issue, StandardSchema } from './schema';
