/** For browsers and Node.js: names only. */
export { connect } from './connect';
export { SocketError } from './error';
export type { EventData, EventName, JoinKey, JoinMessage, Message, Reply, RequestMessage, ReservedEvent, RouteKey } from './message-types';
export type {
  AbortSignalLike, Backoff, ChangeOver, Connect, ConnectOptions, Dropped, End, Envelope, Heartbeat, JoinOptions, Member, Missed, Options,
  Queue, Remove, RequestOptions, Room, Socket, SocketConstructor, SocketLike, SocketState, StateDetail,
} from './types';
