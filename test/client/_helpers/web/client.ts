/*
 * What must compile, in every kind of project, with the types of a server in another folder: test/client/types.test.ts. Below
 * `@ts-expect-error` is what must not, as in mistakes.ts, which has the errors' codes.
 */
import { connect, SocketError } from 'cdk-websocket-service/client';
import type {
  Dropped, Envelope, EventData, EventName, Member, Message, Options, Reply, Room, RouteKey, Socket, SocketConstructor, SocketLike,
  SocketState,
} from 'cdk-websocket-service/client';
import type * as server from '../server/handler.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function assert<_T extends true>(): void { /* Types only. */ }

type Events = server.Events;

export async function withTypes(): Promise<void> {
  const socket = connect<typeof server.handler, Events>({ url: 'wss://chat.example.com' });
  assert<Equal<typeof socket, Socket<typeof server.handler, Events>>>();
  assert<Equal<RouteKey<typeof server.handler>, 'join' | 'say' | 'move' | 'loose' | 'enveloped' | 'raw'>>();

  socket.send({ action: 'join', room: 'lobby' });
  socket.send({ action: 'say', room: 'news', text: 'hi' });
  socket.send({ action: 'move', x: 1, y: 2 });
  socket.send({ action: 'move', room: 'a', to: 'b' });
  socket.send({ action: 'loose', kind: 'a', more: [1] });
  socket.send({ action: 'enveloped', id: 'a', since: 1, list: [] });
  socket.send({ action: 'raw' });
  socket.send({ action: 'raw', whatever: { it: 'has' } });
  const message: Message<typeof server.handler> = Math.random() < 0.5 ? { action: 'join', room: 'a' } : { action: 'say', room: 'news', text: '' };
  socket.send(message);
  const part: Message<typeof server.handler, 'say'> = { action: 'say', room: 'lobby', text: '' };
  socket.send(part);
  interface Whatever { readonly action: 'raw'; readonly n: number }
  socket.send({ action: 'raw', n: 1 } as Whatever);

  const said = await socket.request({ action: 'say', room: 'lobby', text: 'hi' }, { timeout: 5 });
  assert<Equal<typeof said, { at: string; length: number }>>();
  assert<Equal<Reply<typeof server.handler, 'say'>, typeof said>>();
  const moved = await socket.request({ action: 'move', x: 1, y: 1 });
  assert<Equal<typeof moved, null>>();
  // The client adds the `id`.
  const list = await socket.request({ action: 'enveloped', since: 1, list: ['a'] });
  assert<Equal<typeof list, readonly string[]>>();
  const kind = await socket.request({ action: 'loose', kind: 'a', more: 1 });
  assert<Equal<typeof kind, 'a' | 'b'>>();
  const unknown = await socket.request({ action: 'raw', n: 1 });
  assert<Equal<typeof unknown, unknown>>();
  await socket.close();
}

export async function rooms(socket: Socket<typeof server.handler, Events>): Promise<void> {
  const lobby = socket.join({ action: 'join', room: 'lobby', nick: 'ada' }, { leave: { action: 'raw', room: 'lobby' } });
  const { members, more, seq, missed } = await lobby.ready;
  const at: string | undefined = members[0]?.joinedAt;
  assert<Equal<[typeof more, typeof seq, typeof missed], [boolean, number | undefined, boolean]>>();
  const first: Member | undefined = lobby.members[0];
  void [at, first?.user];

  const remove = lobby.on('said', (data, envelope) => {
    assert<Equal<typeof data, { text: string; by: string | undefined; at: string }>>();
    assert<Equal<typeof envelope, Envelope<'said', typeof data>>>();
    assert<Equal<typeof envelope.seq, number | undefined>>();
  });
  remove();
  lobby.on('cleared', (data) => assert<Equal<typeof data, undefined>>());
  lobby.on('typing', (data) => assert<Equal<typeof data, { user: string } | undefined>>());
  lobby.on('missed', ({ since, seq: newest }) => assert<Equal<[typeof since, typeof newest], [number, number]>>());
  lobby.on('error', (error) => assert<Equal<typeof error, SocketError>>());
  lobby.on('members', (all) => assert<Equal<typeof all, readonly Member[]>>());
  lobby.leave();

  // Of an input with alternatives, the one with a room. What the client adds is not given; an optional room is.
  socket.join({ action: 'move', room: 'a', to: 'b' });
  socket.join({ action: 'enveloped', room: 'a', list: [] });
  socket.join({ action: 'raw', room: 'a', whatever: 1 });
  socket.join({ action: 'loose', room: 'a', kind: 'a', whatever: 1 });
}

export function listeners(socket: Socket<typeof server.handler, Events>): void {
  assert<Equal<EventName<Events>, 'said' | 'cleared' | 'typing'>>();
  socket.on('said', (data, { room }) => assert<Equal<[typeof data.at, typeof room], [string, string | undefined]>>());
  socket.on('state', (state, { code, reason, status, error, retryIn }) => {
    assert<Equal<typeof state, SocketState>>();
    assert<Equal<[typeof code, typeof reason, typeof status, typeof error, typeof retryIn], [
      number | undefined, string | undefined, number | undefined, unknown, number | undefined,
    ]>>();
  });
  socket.on('message', (value, text) => assert<Equal<[typeof value, typeof text], [unknown, string]>>());
  socket.on('dropped', (dropped) => assert<Equal<typeof dropped, Dropped<Message<typeof server.handler>>>>());
}

export async function otherServers(): Promise<void> {
  // The handlers by their route keys, as a type, or as a module, of which other exports are no routes.
  const map = connect<{ hi: typeof server.say; join: typeof server.join }, Events>({ url: 'wss://a' });
  map.send({ action: 'join', room: 'a' });
  // @ts-expect-error the schema names another action
  map.send({ action: 'hi', room: 'lobby', text: 'a' });
  const module = connect<Pick<typeof server, 'say' | 'join' | 'VERSION'>>({ url: 'wss://a' });
  assert<Equal<RouteKey<Pick<typeof server, 'say' | 'join' | 'VERSION'>>, 'say' | 'join'>>();
  const { length } = await module.request({ action: 'say', room: 'lobby', text: '' });
  assert<Equal<typeof length, number>>();

  const chat = connect<typeof server.chatter>({ url: 'wss://a' });
  chat.send({ text: 'hi' });
  chat.send('hi');
  const reply = await chat.request({ text: 'hi' });
  assert<Equal<typeof reply, { text: string } | string>>();
  const operated = await connect<typeof server.operator>({ url: 'wss://a' }).request({ action: 'add', operand: 1 });
  // Nothing tells for which route it is.
  assert<Equal<typeof operated, number | Reply<typeof server.operator, 'join'>>>();

  const typed = connect<typeof server.handler, Events, 'type'>({ url: 'wss://a', action: 'type' });
  typed.send({ type: 'join', room: 'a' });
  await typed.request({ type: 'move', x: 1, y: 1 });
  typed.join({ type: 'join', room: 'a' }, { leave: { type: 'raw' } });
}

export async function withoutTypes(): Promise<void> {
  const socket = connect({ url: async () => 'wss://a' });
  interface Any { readonly action: string; readonly room: string }
  const any: Any = { action: 'a', room: 'b' };
  socket.send('text');
  socket.send([1]);
  socket.send(any);
  socket.send({ action: 'whatever', it: 'has' });
  const reply = await socket.request({ action: 'whatever', it: 'has' }, { signal: new Abort() });
  await socket.request(any);
  const lobby = socket.join(any);
  socket.join({ action: 'join', room: 'a', whatever: 1 }, { leave: { action: 'leave' } });
  assert<Equal<[typeof reply, typeof lobby], [unknown, Room]>>();
  socket.on('whatever', (data, { event }) => assert<Equal<[typeof data, typeof event], [unknown, 'whatever']>>());
  lobby.on('whatever', (data) => assert<Equal<typeof data, unknown>>());
  lobby.on('missed', ({ since }) => assert<Equal<typeof since, number>>());
  connect({ url: 'wss://a', action: 'type' }).send({ type: 'a' });
  // A type of events without one of handlers.
  connect<unknown, Events>({ url: 'wss://a' }).on('said', ({ text }) => assert<Equal<typeof text, string>>());
}

/** What takes any socket leaves its types open, and keeps them. */
export function withAny(socket: Socket<typeof server.handler, Events>, lobby: Room<Events, Reply<typeof server.handler, 'join'>>): void {
  const logged = <Server, Own, Action extends string>(any: Socket<Server, Own, Action>): typeof any => {
    any.on('state', (state) => void state);
    return any;
  };
  const listening = <Own, Joined, Name extends EventName<Own>>(any: Room<Own, Joined>, name: Name): (() => void) => (
    any.on(name, (data) => assert<Equal<typeof data, EventData<Own, Name>>>())
  );
  assert<Equal<ReturnType<typeof logged<typeof server.handler, Events, 'action'>>, typeof socket>>();
  logged(socket).send({ action: 'raw' });
  logged(connect({ url: 'wss://a' }));
  listening(lobby, 'said');
}

export function options(maybe: number | undefined, Given: SocketConstructor | undefined): Options {
  const error: string = new SocketError('TIMEOUT', 'no reply').code;
  return {
    url: () => 'wss://a',
    protocols: ['a'] as const,
    WebSocket: Given,
    action: 'action',
    heartbeat: { seconds: maybe, message: { action: 'ping' }, timeout: maybe },
    changeOver: maybe === 1 ? false : { minutes: maybe },
    backoff: { base: maybe, cap: maybe },
    queue: { count: maybe, bytes: maybe, seconds: maybe },
    giveUp: ({ code, reason, status, attempts }) => code === 1000 || reason === error || status === 403 || attempts > 9,
  };
}

/** A class of sockets of one's own. */
export class OwnSocket implements SocketLike {
  public readonly readyState = 0;
  public onopen: SocketLike['onopen'] = null;
  public onmessage: SocketLike['onmessage'] = null;
  public onclose: SocketLike['onclose'] = null;
  public onerror: SocketLike['onerror'] = null;
  public constructor(public readonly url: string, _protocols?: string | string[]) {
    this.onmessage?.({ data: '{}' });
    this.onclose?.({ code: 1000, reason: '' });
  }

  public send(text: string): void { void text; }
  public close(): void { /* At once. */ }
}
export const own = connect({ url: 'wss://a', WebSocket: OwnSocket });

class Abort {
  public readonly aborted = false;
  public addEventListener(_type: 'abort', _listener: () => void): void { /* Never. */ }
  public removeEventListener(): void { /* Never. */ }
}
