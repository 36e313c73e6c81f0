/** For code in Lambda handlers: names only. At most 14 values. */
export { configure } from './configuration';
export { connection } from './connection';
export { WebsocketError } from './error';
export { room } from './room';
export { user } from './user';
export type { Configuration } from './configuration';
export type { ConnectionInfo, ConnectionTarget, SendOptions, Target } from './connection';
export type { Delivery } from './delivery';
export type { EmitOptions, Joined, JoinOptions, RoomTarget } from './room';
export type { Except, Member } from './store/members';
export type { UserTarget } from './user';

export { allow, deny, onAuthorize } from './authorize';
export { accept, onConnect, reject } from './connect';
export { onDisconnect } from './disconnect';
export { onMessage } from './message';
export { routes } from './routes';
export type { AuthorizeHandler, AuthorizerResult, Authorizing, Decision, Permission } from './authorize';
export type { AnyHandler } from './call';
export type { ConnectHandler, Connecting } from './connect';
export type { Disconnected, DisconnectHandler } from './disconnect';
export type {
  Connection, LambdaContext, WebsocketAuthorizerEvent, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketEvent,
  WebsocketMessageEvent,
} from './events';
export type { Handled, WebsocketResult } from './handled';
export type { Message, MessageHandler, MessageOptions } from './message';
export type { InputOfHandler, Json, ReplyOfHandler, RouteTypes } from './route-types';
export type { RouteHandlers, RoutesHandler } from './routes';
export type { Issue, StandardSchema } from './schema';
