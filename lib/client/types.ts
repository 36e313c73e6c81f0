import type { SocketError } from './error';
import type {
  EventData, EventName, JoinKey, JoinMessage, Message, Reply, RequestMessage, RouteKey, Unselected,
} from './message-types';

/** Of `connect`. Only `url` is required. */
export interface ConnectOptions {
  /**
   * `wss://...`, or a function that is asked at each attempt to connect, such as one that adds a new token. If the function fails, so has
   * the attempt.
   *
   * @example async () => `wss://chat.example.com?token=${await freshToken()}`
   */
  readonly url: string | (() => string | PromiseLike<string>);
  /** The subprotocols that are offered. By default none. */
  readonly protocols?: string | readonly string[] | undefined;
  /** The class of the sockets. By default the global `WebSocket`: Node.js before 22 has none, and takes that of `ws`. */
  readonly WebSocket?: SocketConstructor | undefined;
  /** What keeps the connection from ending after 10 idle minutes and notices that the other side is gone; `false` for none. */
  readonly heartbeat?: Heartbeat | false | undefined;
  /** The connection is replaced before API Gateway ends it, after two hours; `false` to wait until then. */
  readonly changeOver?: ChangeOver | false | undefined;
  /** The pauses between attempts to connect. */
  readonly backoff?: Backoff | undefined;
  /** What is kept while there is no connection. */
  readonly queue?: Queue | undefined;
  /**
   * Whether an end is final: then the state is `closed`. By default it is after code 1000, by which the server closed this connection on
   * purpose.
   *
   * @example ({ code, status }) => code === 1000 || status === 403
   */
  readonly giveUp?: ((end: End) => boolean) | undefined;
}

/** The options of `connect`. */
export type Options<Action extends string = 'action'> = ConnectOptions & ('action' extends Action ? {
  /** The member of a message that selects the route, as in `$request.body.action`. By default `action`. */
  readonly action?: Action | undefined;
} : {
  /** The member of a message that selects the route, as in `$request.body.action`. By default `action`. */
  readonly action: Action;
});

export interface Heartbeat {
  /** After how many seconds without a frame in either direction the message is sent. By default 240. */
  readonly seconds?: number | undefined;
  /** For a two-way route that costs no invocation, `RouteIntegration.ping()`. By default `{ action: 'ping' }`, with your `action`. */
  readonly message?: object | string | undefined;
  /**
   * How many seconds any frame may take to answer it. By default 20; then the connection counts as lost, if a heartbeat was ever answered.
   */
  readonly timeout?: number | undefined;
}

export interface ChangeOver {
  /** After at most how many minutes, at least 90 % of them; by default 110. */
  readonly minutes?: number | undefined;
}

/** The pause is random, from nothing to `base * 2 ** attempts`, or to `cap`. */
export interface Backoff {
  /** Seconds, by default 0.5. */
  readonly base?: number | undefined;
  /** Seconds, by default 30. */
  readonly cap?: number | undefined;
}

/** What is too much goes, the oldest first: listen to `dropped`. */
export interface Queue {
  /** Messages, by default 100. */
  readonly count?: number | undefined;
  /** Bytes of all their texts, by default 262,144. */
  readonly bytes?: number | undefined;
  /** The age of a message, by default 60. */
  readonly seconds?: number | undefined;
}

/** How a connection, or the attempt to make one, ended. */
export interface End {
  /** The close code. A refused connection and one that was cut have 1006. */
  readonly code: number;
  readonly reason: string;
  /** Of the answer that refused the connection. Browsers do not tell it, `ws` does. */
  readonly status?: number | undefined;
  /** How many failed in a row, this one with them. */
  readonly attempts: number;
}

/** `waiting`: for the next attempt to connect. `closed`: for good. */
export type SocketState = 'connecting' | 'open' | 'waiting' | 'closed';

/** What led to a state. */
export interface StateDetail {
  /** The close code of the connection before. */
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  /** Of the answer that refused the connection. Browsers do not tell it. */
  readonly status?: number | undefined;
  /** What the `url` function has thrown, or the class of the sockets. */
  readonly error?: unknown;
  /** Of `waiting`: seconds until the next attempt. */
  readonly retryIn?: number | undefined;
}

/** A message that was not sent. */
export interface Dropped<Sent = unknown> {
  readonly message: Sent;
  /** `full`: more than the queue takes. `old`: it waited too long. `closed`: there is no connection any more. */
  readonly reason: 'full' | 'old' | 'closed';
}

/** The frame of an event. */
export interface Envelope<Name extends string = string, Data = unknown> {
  readonly event: Name;
  readonly data: Data;
  /** The room that it was emitted to. */
  readonly room?: string;
  /** Its number in the room, if the server keeps a history. */
  readonly seq?: number;
}

/** A connection in a room. */
export interface Member {
  readonly connectionId: string;
  readonly user?: string;
  /** What it joined with. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** In the ISO format, such as `2026-01-31T09:30:00.000Z`. */
  readonly joinedAt?: string;
}

/** Events that came while there was no connection and are no longer in the server's history: load afresh. */
export interface Missed {
  /** The number up to which all had come. */
  readonly since: number;
  /** The number from which on all come again. */
  readonly seq: number;
}

/** Ends what it was returned for. */
export type Remove = () => void;

/**
 * A connection that is made again whenever it ends.
 *
 * `Server` is the type of the server's handlers, `Events` that of its events, `Action` the name of the member that selects the route.
 * Without them, everything is allowed and nothing known.
 */
export interface Socket<Server = unknown, Events = unknown, Action extends string = 'action'> {
  readonly state: SocketState;

  /** Calls the listener at each change of the state. */
  on(event: 'state', listener: (state: SocketState, detail: StateDetail) => void): Remove;
  /** Calls the listener with each frame that is not an event: its JSON, or else its text. Error frames of API Gateway are among them. */
  on(event: 'message', listener: (value: unknown, text: string) => void): Remove;
  /** Calls the listener with each message that is given up before it was sent. */
  on(event: 'dropped', listener: (dropped: Dropped<Message<Server, RouteKey<Server>, Action>>) => void): Remove;
  /**
   * Calls the listener with each such event of the server; with those of a room after the room's own listeners.
   *
   * @returns A function that removes the listener.
   */
  on<Name extends EventName<Events>>(
    event: Name,
    listener: (data: EventData<Events, Name>, envelope: Envelope<Name, EventData<Events, Name>>) => void,
  ): Remove;

  /**
   * Sends a message, as JSON; a string as it is. While there is no connection it waits, bounded by `queue`. It is sent at most once: one
   * that an open connection has taken is not sent again, also if that connection is cut.
   *
   * @throws SocketError `TOO_LARGE` if it has more than 32 KB, `CLOSED` after `close`
   */
  send(message: Message<Server, RouteKey<Server>, Action>): void;

  /**
   * Sends a message to a two-way route, with an `id`, and waits for the reply.
   *
   * @returns The reply's data. It rejects with a SocketError: the code and the issues that the server replied, or `TIMEOUT`,
   * `CONNECTION_LOST` if the connection is cut meanwhile (whether the message was handled is not known), `CLOSED`, `TOO_LARGE`.
   *
   * @example const { members } = await socket.request({ action: 'list', room: 'lobby' });
   */
  request<Key extends RouteKey<Server> = Unselected<Server>>(
    message: RequestMessage<Server, Key, Action>, options?: RequestOptions,
  ): Promise<Reply<Server, Key>>;

  /**
   * Joins a room, on this and every later connection, until `leave`. Events that came in between are sent by the server, if it keeps a
   * history, and none is delivered twice. The client adds `id` and `since`. The same message again gives the same room.
   *
   * @param message - any with a `room`; its handler returns what `room(name).join()` returns
   * @throws SocketError if the room is joined with another message
   *
   * @example const lobby = socket.join({ action: 'join', room: 'lobby' });
   */
  join<Key extends JoinKey<Server> = JoinKey<Server>>(
    message: JoinMessage<Server, Key, Action>, options?: JoinOptions<Server, Action>,
  ): Room<Events, Reply<Server, Key & RouteKey<Server>>>;

  /**
   * Closes the connection for good. Messages that wait are dropped, requests rejected with `CLOSED`.
   *
   * @returns When the connection is closed, at the latest after three seconds.
   */
  close(): Promise<void>;
}

export interface RequestOptions {
  /** Seconds, by default 30. Then it rejects with `TIMEOUT`. */
  readonly timeout?: number | undefined;
  /** Aborted, it rejects with the signal's reason. What was sent stays sent. */
  readonly signal?: AbortSignalLike | undefined;
}

export interface JoinOptions<Server = unknown, Action extends string = 'action'> {
  /** What `leave` sends. By default nothing: then the server knows it when the connection ends. */
  readonly leave?: Message<Server, RouteKey<Server>, Action> | undefined;
}

/** A room that was joined. `Joined` is what the join's handler replies. */
export interface Room<Events = unknown, Joined = unknown> {
  /** The reply to the first join, or its error. */
  readonly ready: Promise<Joined>;
  /** Who is there: as the reply to the join says, then kept by what `announce` sends. Empty until the reply. */
  readonly members: readonly Member[];

  /** Calls the listener when events were missed and come no more. */
  on(event: 'missed', listener: (missed: Missed) => void): Remove;
  /** Calls the listener when the server refuses to let this client in again. It is tried on the next connection. */
  on(event: 'error', listener: (error: SocketError) => void): Remove;
  /** Calls the listener when somebody has joined or left. */
  on(event: 'members', listener: (members: readonly Member[]) => void): Remove;
  /**
   * Calls the listener with each such event of the room.
   *
   * @returns A function that removes the listener.
   */
  on<Name extends EventName<Events>>(
    event: Name,
    listener: (data: EventData<Events, Name>, envelope: Envelope<Name, EventData<Events, Name>>) => void,
  ): Remove;

  /** Removes all listeners and joins no more; sends the `leave` message of the join, if it was given one. */
  leave(): void;
}

/** What is used of a `WebSocket`: of a browser, of Node.js, of `ws`. */
export interface SocketLike {
  readonly readyState: number;
  onopen: Handler<{ readonly type: string }> | null;
  onmessage: Handler<{ readonly data: unknown }> | null;
  onclose: Handler<{ readonly code: number; readonly reason: string }> | null;
  onerror: Handler<{ readonly type: string }> | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** As a method: it takes the events of every kind of socket. */
type Handler<Event> = { handle(event: Event): void }['handle'];

export type SocketConstructor = new (url: string, protocols?: string | string[]) => SocketLike;

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Connects, and connects again whenever the connection ends.
 *
 * @example
 * import type { handler, Events } from '../server';
 * const socket = connect<typeof handler, Events>({ url: 'wss://chat.example.com' });
 */
export type Connect = <Server = unknown, Events = unknown, Action extends string = 'action'>(
  options: Options<Action>,
) => Socket<Server, Events, Action>;
