import { SocketError } from './error';
import { listeners } from './listeners';
import { Item, queue, Wire } from './queue';
import { Frame, Room, room } from './room';
import { listenToPage, parsed, scope } from './scope';
import type { Connect, Options, RequestOptions, SocketState, StateDetail } from './types';

/** Bytes: API Gateway closes a connection that sends a longer frame. */
const LARGEST = 32_768;
/**
 * Milliseconds: the handshake takes so long at most, since API Gateway waits 29 seconds for `$connect`; after so long a connection was
 * good; so long the one before stays open; so long `close` may take, but for a look.
 */
const [HANDSHAKE, STABLE, OVERLAP, FAREWELL] = [30e3, 10e3, 5e3, 2e3];
/** What only sleep makes of the milliseconds between two looks at the clock: a hidden page has a look each minute. */
const SLEPT = 75e3;
/** Milliseconds: on waking up, a connection that was heard within these needs no proof. */
const FRESH = 30e3;
/** Events with these names are the client's own. */
const OURS = /^(state|message|dropped|error|missed|members)$/;

export const connect: Connect = (options) => {
  const { url, protocols, action = 'action', heartbeat, changeOver, giveUp = ({ code }) => code === 1000 } = options as Options;
  const Socket = options.WebSocket ?? scope.WebSocket;
  if (!Socket) throw new TypeError('there is no WebSocket: pass one to connect');
  const { base = 0.5, cap = 30 } = options.backoff ?? {};
  const { seconds = 240, timeout = 20, message: ping = { [action]: 'ping' } } = heartbeat || {};
  const { minutes = 110 } = changeOver || {};

  const { on, emit } = listeners();
  const waiting = queue(options.queue);
  const requests = new Map<unknown, Item & { reply(data: unknown, error: unknown): void }>();
  const rooms = new Map<unknown, Room>();
  const leaving = new Map<string, Promise<unknown> | undefined>();
  const wires = new Set<Wire>();
  const ears = new AbortController();
  /** The connection that is sent on, and the one that is being made. */
  let current: Wire | undefined;
  let next: Wire | undefined;
  let state: SocketState = 'connecting';
  let [ids, attempts, changeAt, looked] = [0, 0, Infinity, Date.now()];
  let [isAsleep, isAnswered, isWarned] = [false, false, false];
  let closing: Promise<void> | undefined;
  let allClosed: () => void;
  const become = (to: SocketState, detail: StateDetail = {}) => {
    if (state === to || state === 'closed') return;
    state = to;
    emit('state', to, detail);
  };
  const isOpen = (wire: Wire | undefined) => wire?.socket?.readyState === 1;
  const open = () => [current, next].filter(isOpen) as Wire[];
  const lost = (why: string) => new SocketError(closing ? 'CLOSED' : 'CONNECTION_LOST', why);
  const attempt = async () => {
    clearTimeout(retry);
    if (!current) {
      if (isAsleep || scope.navigator?.onLine === false) return become('waiting');
      become('connecting');
      // A listener may have closed.
      if (closing) return;
    }
    const wire: Wire = next = { due: Date.now() + HANDSHAKE };
    wires.add(wire);
    try {
      const address = await (typeof url === 'function' ? url() : url);
      if (!wires.has(wire)) return;
      const socket = wire.socket = new Socket(address, protocols as string[]);
      let failure: { readonly message?: string; readonly error?: unknown } = {};
      socket.onopen = async () => {
        wire.opened = Date.now();
        wire.due = wire.opened + OVERLAP;
        const joined = Promise.all([...rooms.values()].map((each) => each.join(wire)));
        if (current) await joined;
        use(wire);
      };
      socket.onmessage = ({ data }) => heard(wire, data);
      // `ws` throws what nobody listens to, and tells the status in its message.
      socket.onerror = (error: object) => failure = error;
      socket.onclose = ({ code, reason }) => {
        ended(wire, { code, reason, status: Number(/\d{3}$/.exec(failure.message!)) || undefined, error: failure.error });
      };
    } catch (error) {
      lose(wire, String(error), error);
    }
  };
  /** Later, when the user has had time to listen. */
  let retry = setTimeout(attempt);

  /** Sends on the new connection from now on. */
  const use = (wire: Wire) => {
    if (wire !== next) return;
    if (current) current.due = Date.now() + OVERLAP;
    current = wire;
    next = undefined;
    if (changeOver !== false) changeAt = Date.now() + minutes * 6e4 * (1 - Math.random() / 10);
    touch(wire);
    waiting.sift(post);
    become('open');
  };

  const ended = (wire: Wire, end: StateDetail & { readonly code: number; readonly reason: string }) => {
    if (!wires.delete(wire)) return;
    for (const item of requests.values()) if (item.wire === wire) item.end('lost');
    if (closing) return allClosed();
    if (wire === current) {
      current = undefined;
      if (Date.now() - wire.opened! > STABLE) attempts = 0;
      if (next?.opened) return use(next);
      for (const each of rooms.values()) each.lost();
      if (next) return become('connecting', end);
    } else if (wire === next) {
      next = undefined;
    } else {
      return;
    }
    const retryIn = Math.random() * Math.min(cap, base * 2 ** attempts++);
    if (!current && giveUp({ ...end, attempts })) void close(end);
    if (closing) return;
    clearTimeout(retry);
    retry = setTimeout(attempt, retryIn * 1e3);
    if (!current) become('waiting', { ...end, retryIn });
  };

  const lose = (wire: Wire, reason: string, error?: unknown) => {
    ended(wire, { code: 1006, reason, error });
    // Without waiting for the other side, where that is possible.
    if (wire.socket?.terminate) wire.socket.terminate();
    else wire.socket?.close();
  };

  /** Something was sent or heard. */
  const touch = (wire: Wire) => {
    if (wire === current && !wire.isAsked) wire.due = Date.now() + seconds * 1e3;
  };
  const probe = () => {
    if (heartbeat === false || current!.isAsked) return;
    if (isOpen(current)) current!.socket!.send(encode(ping).text);
    current!.isAsked = true;
    current!.due = Date.now() + timeout * 1e3;
  };

  const expired = (wire: Wire) => {
    if (wire === current) {
      if (!wire.isAsked) return probe();
      if (isAnswered) return lose(wire, 'no heartbeat');
      if (!isWarned) console.warn('no answer to the heartbeat: RouteIntegration.ping() with returnResponse');
      isWarned = true;
      wire.isAsked = false;
      touch(wire);
    } else if (wire === next && wire.opened) {
      use(wire);
    } else if (wire === next || closing) {
      lose(wire, 'too slow');
    } else if (![...requests.values()].some((item) => item.wire === wire)) {
      // With the last reply that it owes, or when nobody waits for it any more.
      wire.socket!.close(1000);
    }
  };

  /** Does what is due: other timers stand still while the machine sleeps, the clock does not. */
  const clock = setInterval(() => {
    const now = Date.now();
    if (now - looked > SLEPT) wake(true);
    looked = now;
    waiting.sift();
    for (const wire of wires) if (now >= wire.due) expired(wire);
    if (!isOpen(current)) return;
    for (const each of rooms.values()) each.look(current!);
    if (now < changeAt) return;
    changeAt = Infinity;
    void attempt();
  }, Math.min(1e3, seconds * 250));

  const wake = (isSure: boolean) => {
    isAsleep = false;
    attempts = 0;
    if (state === 'waiting') void attempt();
    else if (current && (isSure || current.due < Date.now() + seconds * 1e3 - FRESH)) probe();
  };
  listenToPage(wake, () => {
    isAsleep = true;
    for (const wire of wires) lose(wire, 'asleep');
  }, ears.signal);

  const heard = (wire: Wire, data: unknown) => {
    if (!wires.has(wire)) return;
    isAnswered ||= !!wire.isAsked;
    wire.isAsked = false;
    touch(wire);
    const value = parsed(data);
    const frame = Object(value) as Frame;
    const { id, event, room: name, seq } = frame;
    if (id !== undefined && ('error' in frame || 'data' in frame)) return requests.get(id)?.reply(frame.data, frame.error);
    const to = rooms.get(name);
    // What has no number comes twice during a change-over.
    if (to && (seq === undefined ? wire !== current : !to.take(seq))) return;
    if (typeof event === 'string' && !OURS.test(event)) {
      to?.emit(frame);
      emit(event, frame.data, frame);
    } else if ((event !== undefined || !seq || !name) && JSON.stringify(value) !== '{"message":"pong"}') {
      emit('message', value, data);
    }
  };

  const encode = (message: unknown) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const size = new TextEncoder().encode(text).length;
    if (closing) throw lost('closed');
    if (size > LARGEST) throw new SocketError('TOO_LARGE', `${size} bytes, of at most ${LARGEST}`);
    return { text, size };
  };

  const post = (item: Item, wire = current) => {
    if (isOpen(wire)) {
      wire!.socket!.send(item.text);
      touch(wire!);
      item.wire = wire!;
    } else if (wire === current) {
      waiting.add(item);
    } else {
      item.end('lost');
    }
  };

  const request = (message: object, { timeout: limit = 30, signal }: RequestOptions = {}, wire?: Wire) => new Promise((resolve, reject) => {
    const id = ++ids;
    const settle = <Value>(how: (value: Value) => void, value: Value) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      waiting.delete(item);
      requests.delete(id);
      how(value);
    };
    const item = {
      ...encode({ ...message, id }),
      end: (why: string) => settle(reject, lost(`no reply: ${why}`)),
      reply(data: unknown, error: unknown) {
        if (!error) return settle(resolve, data);
        const { code, message: text, issues } = error as SocketError;
        settle(reject, new SocketError(code, text, issues));
      },
    };
    const abort = () => settle(reject, signal!.reason);
    // A longer timer than that would go off at once.
    const late = () => settle(reject, new SocketError('TIMEOUT', `no reply in ${limit} s`));
    const timer = setTimeout(late, Math.min(limit * 1e3, 2 ** 31 - 1));
    requests.set(id, item);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    else post(item, wire);
  });

  const close = (end: StateDetail = {}) => {
    if (closing) return closing;
    closing = new Promise((resolve) => allClosed = () => {
      if (wires.size) return;
      clearInterval(clock);
      resolve();
    });
    ears.abort();
    clearTimeout(retry);
    become('closed', end);
    for (const each of rooms.values()) each.end(lost('closed'));
    for (const item of requests.values()) item.end('closed');
    waiting.sift((item) => item.end('closed'));
    current = next = undefined;
    for (const wire of wires) {
      wire.due = Date.now() + FAREWELL;
      if (wire.socket) wire.socket.close(1000);
      else wires.delete(wire);
    }
    allClosed!();
    return closing;
  };

  return {
    on,
    get state() {
      return state;
    },
    send(message: unknown) {
      post({ ...encode(message), end: (reason) => emit('dropped', { message, reason }) });
    },
    request,
    join(message: { readonly room: string }, { leave }: { readonly leave?: object } = {}) {
      const name = message.room;
      let joined = rooms.get(name);
      if (!joined) {
        if (closing) throw lost('closed');
        rooms.set(name, joined = room(message, leave, request, open, (left) => {
          rooms.delete(name);
          leaving.set(name, left);
        }, leaving.get(name)));
        for (const wire of open()) void joined.join(wire);
      }
      if (joined.text !== JSON.stringify(message)) throw new SocketError('JOINED', `${name} is joined with another message`);
      return joined.handle;
    },
    close: () => close(),
  } as never;
};
