import { SocketError } from './error';
import { listeners } from './listeners';
import { Item, queue } from './queue';
import { requests } from './requests';
import { Frame, Host, Room, room } from './room';
import { after, listenToPage, scope, Timer } from './scope';
import type { Connect, Options, RequestOptions, SocketState, StateDetail } from './types';
import { Ended, Wire, wire } from './wire';

/** API Gateway closes a connection that sends a longer frame. */
const LARGEST = 32_768;
/** Seconds: a connection that held so long was good; how long the old one stays after a change-over; how long `close` may take. */
const [STABLE, OVERLAP, FAREWELL] = [10, 5, 3];
/** Seconds between two looks at the clock, and the difference that only sleep makes: hidden pages have a look each minute. */
const [LOOK, SLEPT] = [10, 75];
/** On waking up, a connection that was heard within these seconds needs no proof. */
const FRESH = 30;

const OURS = new Set(['state', 'message', 'dropped', 'error', 'missed', 'members']);

export const connect: Connect = (options) => {
  const { url, protocols, action = 'action', backoff = {}, giveUp = ({ code }) => code === 1000 } = options as Options;
  const Socket = options.WebSocket ?? scope.WebSocket;
  if (!Socket) throw new TypeError('no WebSocket here: give one, as connect({ WebSocket })');
  const { base = 0.5, cap = 30 } = backoff;
  const beat = options.heartbeat !== false && { seconds: 240, timeout: 20, message: { [action]: 'ping' }, ...options.heartbeat };
  const change = options.changeOver !== false && { minutes: 110, ...options.changeOver };

  const { on, emit } = listeners();
  const waiting = queue(options.queue);
  const pending = requests();
  const rooms = new Map<string, Room & { left?: Promise<unknown> }>();
  const leaving = new Map<string, Promise<unknown> | undefined>();
  const wires = new Set<Wire>();
  /** The connection that is sent on, and the one that is being made. */
  let current: Wire | undefined;
  let next: Wire | undefined;
  let changeAt = Infinity;
  let state: SocketState = 'connecting';
  let attempts = 0;
  let isAnswered = false;
  let isWarned = false;
  let looked = Date.now();
  let [retry, clock]: Timer[] = [];
  let closing: Promise<void> | undefined;
  let allClosed = () => {};
  /** While two connections are open: what only one of them has heard so far. */
  let heardOnce: { readonly from: Wire; readonly text: unknown }[] = [];

  const become = (to: SocketState, detail: StateDetail = {}) => {
    state = to;
    emit('state', to, detail);
  };

  const attempt = () => {
    clearTimeout(retry);
    if (!current) {
      if (scope.navigator?.onLine === false) return state === 'waiting' || become('waiting');
      become('connecting');
    }
    wires.add(next = wire(Socket, url, protocols, { opened, heard, ended }));
  };

  const opened = (one: Wire) => {
    if (one !== next) return;
    const joined = [...rooms.values()].map((each) => each.join(one));
    if (!current) return use(one);
    const timer = after(OVERLAP, () => use(one));
    void Promise.all(joined).then(() => {
      clearTimeout(timer);
      use(one);
    });
  };

  const use = (one: Wire) => {
    if (one !== next) return;
    const before = current;
    const retire = () => before && (pending.areOn(before) ? after(OVERLAP, retire) : before.close());
    if (before) after(OVERLAP, retire);
    current = one;
    next = undefined;
    if (change) changeAt = Date.now() + change.minutes * 6e4 * (0.9 + Math.random() / 10);
    waiting.empty(transmit);
    look();
    if (!before || state !== 'open') become('open');
  };

  const ended = (one: Wire, end: Ended) => {
    if (!wires.delete(one)) return;
    if (wires.size < 2) heardOnce = [];
    if (closing) return wires.size || allClosed();
    pending.fail(new SocketError('CONNECTION_LOST', `the connection was lost: ${end.code} ${end.reason}`), one);
    if (one === current) {
      current = undefined;
      if (Date.now() - one.opened > STABLE * 1e3) attempts = 0;
      if (next?.opened) return use(next);
      for (const each of rooms.values()) each.lost();
      if (next) return become('connecting', end);
    } else if (one === next) {
      next = undefined;
    } else {
      return;
    }
    attempts++;
    if (!current && giveUp({ ...end, attempts })) return void finish(end);
    const retryIn = Math.random() * Math.min(cap, base * 2 ** (attempts - 1));
    retry = after(retryIn, attempt);
    if (!current) become('waiting', { ...end, retryIn });
  };

  const lose = (one: Wire, reason: string) => {
    ended(one, { code: 1006, reason });
    one.cut();
  };

  const probe = (one: Wire) => {
    if (!beat || one.asked || !one.isOpen()) return;
    one.send(encode(beat.message).text);
    one.asked = Date.now();
  };

  /** Does what is due. Timers alone do not: they stand still while the machine sleeps. */
  const look = (): void => {
    clearTimeout(clock);
    const now = Date.now();
    const hasSlept = now - looked > SLEPT * 1e3;
    looked = now;
    if (hasSlept) wake();
    let due = now + LOOK * 1e3;
    if (current && now >= changeAt) {
      changeAt = Infinity;
      attempt();
    }
    if (current && beat) {
      if (!current.asked && now >= current.heard + beat.seconds * 1e3) probe(current);
      if (current.asked && now >= current.asked + beat.timeout * 1e3) {
        if (isAnswered) return lose(current, 'no answer to the heartbeat'), look();
        if (!isWarned) console.warn('the heartbeat is not answered: give its route RouteIntegration.ping() with returnResponse');
        isWarned = true;
        current.asked = 0;
        current.heard = now;
      }
      due = Math.min(due, current.asked ? current.asked + beat.timeout * 1e3 : current.heard + beat.seconds * 1e3);
    }
    clock = after((Math.min(due, changeAt) - now) / 1e3, look);
  };

  const wake = (isOnline?: boolean) => {
    attempts = 0;
    if (state === 'waiting') attempt();
    else if (current && (isOnline || Date.now() - current.heard > FRESH * 1e3)) {
      probe(current);
      look();
    }
  };

  /** Without a socket until the page is back. */
  const sleep = () => {
    clearTimeout(retry);
    current = next = undefined;
    for (const one of wires) {
      wires.delete(one);
      pending.fail(new SocketError('CONNECTION_LOST', 'the page sleeps'), one);
      one.close();
    }
    for (const each of rooms.values()) each.lost();
    become('waiting');
  };

  const heard = (one: Wire, data: unknown) => {
    if (!wires.has(one)) return;
    if (one.asked) isAnswered = true;
    one.asked = 0;
    let value: unknown = data;
    try {
      value = JSON.parse(data as string);
    } catch {
      // Then it is the text itself.
    }
    const frame = Object(value) as Frame;
    if (frame.id !== undefined && ('data' in frame || 'error' in frame)) return pending.reply(frame.id, frame.data, frame.error);
    if (JSON.stringify(value) === '{"message":"pong"}') return;
    const to = rooms.get(frame.room as string);
    if (to && !to.take(frame)) return;
    if (wires.size > 1 && !(to && Number.isSafeInteger(frame.seq))) {
      const twin = heardOnce.findIndex(({ from, text }) => from !== one && text === data);
      if (twin >= 0) return void heardOnce.splice(twin, 1);
      heardOnce.push({ from: one, text: data });
    }
    const { event } = frame;
    if (typeof event === 'string' && !OURS.has(event)) {
      to?.emit(event, frame.data, frame);
      emit(event, frame.data, frame);
    } else if (event !== undefined || frame.seq === undefined || frame.room === undefined) {
      emit('message', value, data);
    }
  };

  const encode = (message: unknown) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const size = new TextEncoder().encode(text).length;
    if (closing) throw new SocketError('CLOSED', 'the socket is closed');
    if (size > LARGEST) throw new SocketError('TOO_LARGE', `${size} bytes, of at most ${LARGEST}`);
    return { text, size };
  };

  const transmit = (item: Item, one = current) => {
    if (one?.isOpen()) {
      one.send(item.text);
      item.sent?.(one);
    } else {
      waiting.add(item);
    }
  };

  const request = (message: object, given?: RequestOptions, one?: Wire) => pending.make((id, sent, failed) => {
    const item: Item = {
      ...encode({ ...message, id }),
      sent,
      dropped: (reason) => failed(new SocketError(reason === 'closed' ? 'CLOSED' : 'CONNECTION_LOST', `dropped before it was sent: ${reason}`)),
    };
    transmit(item, one);
    return () => waiting.remove(item);
  }, given);

  const host: Host = {
    request: (message, one, timeout) => request(message, { timeout }, one),
    wires: () => [current, next].filter((one) => one?.isOpen()) as Wire[],
    forget(gone) {
      for (const [name, each] of rooms) {
        if (each === gone) rooms.delete(name);
      }
    },
  };

  const finish = (end: StateDetail): Promise<void> => closing ??= (async () => {
    stopListening();
    clearTimeout(retry);
    clearTimeout(clock);
    const error = new SocketError('CLOSED', 'the socket is closed');
    const closed = new Promise<void>((resolve) => allClosed = resolve);
    const timer = after(FAREWELL, () => {
      for (const one of wires) one.cut();
      allClosed();
    });
    for (const one of wires) one.close();
    if (!wires.size) allClosed();
    current = next = undefined;
    waiting.empty();
    pending.fail(error);
    for (const each of rooms.values()) each.end(error);
    become('closed', end);
    await closed;
    clearTimeout(timer);
  })();

  const stopListening = listenToPage(wake, sleep);
  attempt();
  look();

  return {
    get state() {
      return state;
    },
    on,
    send(message: unknown) {
      const item: Item = { ...encode(message), dropped: (reason) => emit('dropped', { message, reason }) };
      transmit(item);
    },
    request,
    join(message: { readonly room: string }, { leave }: { leave?: object } = {}) {
      const known = rooms.get(message.room);
      if (known?.text === JSON.stringify(message)) return known.handle;
      if (known) throw new SocketError('JOINED', `${message.room} is joined with another message`);
      const made = room(message, leave, host, leaving.get(message.room));
      rooms.set(message.room, made);
      for (const one of host.wires()) void made.join(one);
      return made.handle;
    },
    close: () => finish({}),
  } as never;
};
