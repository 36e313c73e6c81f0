import { SocketError } from './error';
import { listeners } from './listeners';
import { Item, queue } from './queue';
import { Frame, Room, room } from './room';
import { after, listenToPage, scope } from './scope';
import type { Connect, Options, RequestOptions, SocketState, StateDetail } from './types';
import { cut, isOpen, Wire } from './wire';

/** Bytes: API Gateway closes a connection that sends a longer frame. */
const LARGEST = 32_768;
/** Seconds for the handshake: API Gateway waits 29 for `$connect`. */
const HANDSHAKE = 30;
/** Seconds: after so long a connection was good; so long the one before stays open; so long `close` may take. */
const [STABLE, OVERLAP, FAREWELL] = [10, 5, 3];
/** Seconds between two looks at the clock, and what only sleep makes of them: a hidden page has a look each minute. */
const [LOOK, SLEPT] = [10, 75];
/** On waking up, a connection that was heard within these seconds needs no proof. */
const FRESH = 30;
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
  /** While two connections are open: what only one of them has heard so far. */
  let heardOnce: (readonly [from: Wire, text: unknown])[] = [];

  const become = (to: SocketState, detail: StateDetail = {}) => {
    if (state === to) return;
    state = to;
    emit('state', to, detail);
  };

  const attempt = async () => {
    clearTimeout(retry);
    if (!current) {
      if (isAsleep || scope.navigator?.onLine === false) return become('waiting');
      become('connecting');
    }
    const wire: Wire = next = { requests: new Map() };
    wires.add(wire);
    wire.timer = after(HANDSHAKE, () => lose(wire, 'no handshake'));
    try {
      const address = await (typeof url === 'function' ? url() : url);
      if (!wires.has(wire)) return;
      const socket = wire.socket = new Socket(address, protocols as string[]);
      let failure: { readonly message?: string; readonly error?: unknown } = {};
      socket.onopen = async () => {
        clearTimeout(wire.timer);
        wire.opened = Date.now();
        touch(wire);
        const joined = Promise.all([...rooms.values()].map((each) => each.join(wire)));
        if (current) await Promise.race([joined, new Promise<void>((resolve) => wire.timer = after(OVERLAP, resolve))]);
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
  let retry = after(0, attempt);

  /** Sends on the new connection from now on. */
  const use = (wire: Wire) => {
    if (wire !== next) return;
    clearTimeout(wire.timer);
    if (current) retire(current);
    current = wire;
    next = undefined;
    if (changeOver !== false) changeAt = Date.now() + minutes * 6e4 * (1 - Math.random() / 10);
    for (const item of [...waiting.items]) {
      // Timers stand still while the machine sleeps.
      const isOld = Date.now() > item.until!;
      waiting.take(item, isOld && 'old');
      if (!isOld) post(item);
    }
    become('open');
  };

  const retire = (wire: Wire) => {
    wire.timer = after(OVERLAP, () => wire.requests.size ? retire(wire) : wire.socket!.close(1000));
  };

  const forsake = (wire: Wire) => {
    clearTimeout(wire.timer);
    clearTimeout(wire.beat);
    for (const item of wire.requests.values()) item.end('lost');
  };

  const ended = (wire: Wire, end: StateDetail & { readonly code: number; readonly reason: string }) => {
    if (!wires.delete(wire)) return;
    heardOnce = [];
    forsake(wire);
    if (closing) return allClosed();
    if (wire === current) {
      current = undefined;
      if (Date.now() - wire.opened! > STABLE * 1e3) attempts = 0;
      if (next?.opened) return use(next);
      for (const each of rooms.values()) each.lost();
      if (next) return become('connecting', end);
    } else if (wire === next) {
      next = undefined;
    } else {
      return;
    }
    const retryIn = Math.random() * Math.min(cap, base * 2 ** attempts++);
    if (!current && giveUp({ ...end, attempts })) return void close(end);
    retry = after(retryIn, attempt);
    if (!current) become('waiting', { ...end, retryIn });
  };

  const lose = (wire: Wire, reason: string, error?: unknown) => {
    ended(wire, { code: 1006, reason, error });
    cut(wire);
  };

  /** Something was sent or heard. */
  const touch = (wire: Wire) => {
    wire.heard = Date.now();
    if (wire.isAsked) return;
    clearTimeout(wire.beat);
    wire.beat = after(seconds, () => probe(wire));
  };

  const probe = (wire: Wire) => {
    if (heartbeat === false || wire.isAsked) return;
    if (isOpen(wire)) wire.socket!.send(encode(ping).text);
    wire.isAsked = true;
    clearTimeout(wire.beat);
    wire.beat = after(timeout, () => {
      wire.isAsked = false;
      if (isAnswered) return lose(wire, 'no heartbeat');
      if (!isWarned) console.warn('no answer to the heartbeat: RouteIntegration.ping() with returnResponse');
      isWarned = true;
      touch(wire);
    });
  };

  /** Timers stand still while the machine sleeps; the clock does not. */
  const clock = setInterval(() => {
    const now = Date.now();
    const hasSlept = now - looked > SLEPT * 1e3;
    looked = now;
    if (hasSlept) wake(true);
    if (current && now > changeAt) {
      changeAt = Infinity;
      void attempt();
    }
  }, Math.min(LOOK, minutes * 6) * 1e3);

  const wake = (isSure: boolean) => {
    isAsleep = false;
    attempts = 0;
    if (state === 'waiting') void attempt();
    else if (current && (isSure || Date.now() - current.heard! > FRESH * 1e3)) probe(current);
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
    let value = data;
    try {
      value = JSON.parse(data as string);
    } catch {
      // Then it is the text itself.
    }
    const frame = Object(value) as Frame;
    const { id, event, room: name, seq } = frame;
    if (id !== undefined && ('error' in frame || 'data' in frame)) return wire.requests.get(id)?.reply!(frame.data, frame.error);
    const to = rooms.get(name);
    if (to && !to.take(frame) || JSON.stringify(value) === '{"message":"pong"}') return;
    if (wires.size > 1 && !(to && seq)) {
      const twin = heardOnce.findIndex(([from, text]) => from !== wire && text === data);
      if (twin >= 0) return void heardOnce.splice(twin, 1);
      heardOnce.push([wire, data]);
    }
    if (typeof event === 'string' && !OURS.test(event)) {
      to?.emit(frame);
      emit(event, frame.data, frame);
    } else if (event !== undefined || !seq || !name) {
      emit('message', value, data);
    }
  };

  const lost = (why: string) => new SocketError(closing ? 'CLOSED' : 'CONNECTION_LOST', why);

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
      if (item.reply) wire!.requests.set(item.id, item);
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
      waiting.take(item);
      for (const each of wires) each.requests.delete(id);
      how(value);
    };
    const item: Item = {
      ...encode({ ...message, id }),
      id,
      end: (why) => settle(reject, lost(why)),
      reply(data, error) {
        if (!error) return settle(resolve, data);
        const { code, message: text, issues } = error as SocketError;
        settle(reject, new SocketError(code, text, issues));
      },
    };
    const abort = () => settle(reject, signal!.reason);
    const timer = after(limit, () => settle(reject, new SocketError('TIMEOUT', `no reply in ${limit} s`)));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    else post(item, wire);
  });

  const open = () => [current, next].filter(isOpen) as Wire[];

  const close = (end: StateDetail = {}) => {
    if (closing) return closing;
    closing = new Promise((resolve) => {
      const limit = after(FAREWELL, () => {
        wires.forEach(cut);
        resolve();
      });
      allClosed = () => {
        if (wires.size) return;
        clearTimeout(limit);
        resolve();
      };
    });
    ears.abort();
    clearTimeout(retry);
    clearInterval(clock);
    become('closed', end);
    for (const item of waiting.items) waiting.take(item, 'closed');
    for (const each of rooms.values()) each.end(lost('closed'));
    for (const wire of wires) {
      forsake(wire);
      if (wire.socket) wire.socket.close(1000);
      else wires.delete(wire);
    }
    allClosed!();
    return closing;
  };

  return {
    get state() {
      return state;
    },
    on,
    send(message: unknown) {
      post({ ...encode(message), end: (reason) => emit('dropped', { message, reason }) });
    },
    request: (message: object, given?: RequestOptions) => request(message, given),
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
