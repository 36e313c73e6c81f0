import { SocketError } from './error';
import { listeners } from './listeners';
import { numbers, Standing } from './numbers';
import { presence } from './presence';
import { after, Timer } from './scope';
import type { Member, Room as Handle } from './types';
import type { Wire } from './wire';

/** A frame of the server. */
export interface Frame {
  readonly id?: unknown;
  readonly event?: unknown;
  readonly data?: unknown;
  readonly error?: unknown;
  readonly room?: unknown;
  readonly seq?: unknown;
  readonly at?: unknown;
}

export interface Room {
  readonly handle: Handle;
  readonly text: string;
  /** Joins on a connection; ends when the server has answered, or the connection is gone. */
  join(wire: Wire): Promise<void>;
  /** Whether the frame is new. */
  take(frame: Frame): boolean;
  emit(event: string, data: unknown, frame: Frame): void;
  lost(): void;
  end(error: SocketError): void;
}

/** What a room needs of its socket. */
export interface Host {
  request(message: object, wire: Wire, timeout?: number): Promise<unknown>;
  /** The connections that are open, without one that is to be closed. */
  wires(): Wire[];
  /** Forgets the room: the server refuses it, or the user has left. */
  forget(room: Room): void;
}

export function room(message: { readonly room: string }, leave: object | undefined, host: Host, before: Promise<unknown> | undefined): Room & { left?: Promise<unknown> } {
  const { on, emit, clear } = listeners();
  const seen = numbers();
  const people = presence();
  let isLeft = false;
  let isReady = false;
  let joins = 0;
  let last: Promise<void> | undefined;
  let timer: Timer;
  let [resolve, reject]: [(joined: unknown) => void, (error: unknown) => void] = [() => {}, () => {}];
  const ready = new Promise<unknown>((...both) => [resolve, reject] = both);
  // Whoever waits for it hears of it.
  ready.catch(() => {});

  const fillHoles = () => {
    clearTimeout(timer);
    const due = seen.due();
    const [wire] = host.wires();
    if (due === undefined || joins || !wire) return;
    timer = after((due - Date.now()) / 1e3, () => {
      if (!seen.skip()) void self.join(wire);
      fillHoles();
    });
  };

  const attempt = async (wire: Wire): Promise<void> => {
    await before;
    if (isLeft) return;
    if (!joins++) people.begin();
    const since = seen.mark();
    const asked = Date.now();
    try {
      const reply = await host.request({ ...message, since }, wire);
      if (isLeft) return;
      const joined = Object(reply) as Standing & { readonly members?: unknown };
      if (!seen.reply(joined, since, asked) && !isReady) console.warn(`the reply to the join of ${message.room} has no seq: what is missed is lost`);
      people.replace(joined.members);
      isReady = true;
      resolve(reply);
      if (joined.missed && since !== undefined) emit('missed', { since, seq: joined.seq });
      emit('members', people.list());
    } catch (error) {
      const { code } = error as SocketError;
      if (code === 'TIMEOUT' && host.wires().includes(wire)) return attempt(wire);
      if (isLeft || code === 'CONNECTION_LOST' || code === 'CLOSED') return;
      if (isReady) return emit('error', error);
      host.forget(self);
      reject(error);
    } finally {
      joins--;
      fillHoles();
    }
  };

  const self: Room & { left?: Promise<unknown> } = {
    text: JSON.stringify(message),
    join: (wire) => last = attempt(wire),

    take(frame) {
      const isNew = seen.take(frame.seq);
      fillHoles();
      return isNew;
    },

    emit(event, data, frame) {
      if (people.announced(event, frame.at, data as Member)) emit('members', people.list());
      emit(event, data, frame);
    },

    lost() {
      seen.lost();
      clearTimeout(timer);
    },

    end(error) {
      isLeft = true;
      clearTimeout(timer);
      reject(error);
    },

    handle: {
      ready,
      get members() {
        return people.list();
      },
      on: on as Handle['on'],
      leave() {
        if (isLeft) return;
        self.end(new SocketError('CLOSED', `the room ${message.room} was left`));
        clear();
        host.forget(self);
        // After the join, which might overtake it.
        if (leave) self.left = Promise.resolve(last).then(() => Promise.allSettled(host.wires().map((wire) => host.request(leave, wire, 5))));
      },
    },
  };
  return self;
}
