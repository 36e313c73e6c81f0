import { SocketError } from './error';
import { listeners } from './listeners';
import { numbers, Standing } from './numbers';
import { presence } from './presence';
import type { Wire } from './queue';
import type { RequestOptions, Room as Handle } from './types';

/** A frame of the server; nothing holds until it was looked at. */
export interface Frame {
  readonly id?: unknown;
  readonly event?: string;
  readonly data?: unknown;
  readonly error?: SocketError;
  readonly room?: string;
  readonly seq?: number;
  readonly at?: number;
}

export interface Room {
  readonly handle: Handle;
  readonly text: string;
  /** Joins on a connection; ends when the server has answered, or the connection is gone. */
  join(wire: Wire): Promise<void>;
  /** Asks for what has not come. */
  look(wire: Wire): void;
  /** Whether the frame is new. */
  take(seq: unknown): boolean;
  emit(frame: Frame): void;
  lost(): void;
  end(error: unknown): void;
}

/**
 * @param request - sends a message on a connection, or rejects
 * @param open - the connections to leave on
 * @param forget - of a room that was left, with the promise that the server knows it, or refused
 * @param before - what must have ended
 */
export function room(
  message: { readonly room: string }, leave: object | undefined,
  request: (message: object, options: RequestOptions | undefined, wire: Wire) => Promise<unknown>,
  open: () => Wire[], forget: (left?: Promise<unknown>) => void, before?: Promise<unknown>,
): Room {
  const { all, on, emit } = listeners();
  const seen = numbers();
  const people = presence();
  let isOver = false;
  let isReady = false;
  let last: Promise<void> | undefined;
  let settle: [resolve: (joined: unknown) => void, reject: (error: unknown) => void];
  const ready = new Promise<unknown>((...both) => settle = both);
  // Whoever waits for it hears of it.
  ready.catch(() => {});

  const end = (error: unknown) => {
    isOver = true;
    settle[1](error);
  };

  const attempt = async (wire: Wire): Promise<void> => {
    if (before) await before;
    if (isOver) return;
    const since = seen.ask();
    try {
      const joined = await request({ ...message, since }, {}, wire);
      const standing = Object(joined) as Standing & { readonly members?: unknown };
      seen.reply(standing, since);
      people.replace(standing.members);
      if (!isReady && standing.seq === undefined) console.warn(`${message.room}: no seq in the reply to join, no recovery`);
      isReady = true;
      settle[0](joined);
      if (standing.missed && since !== undefined) emit('missed', { since, seq: standing.seq });
      emit('members', people.list());
    } catch (error) {
      const { code } = error as SocketError;
      if (code === 'TIMEOUT') return attempt(wire);
      if (isOver || code === 'CONNECTION_LOST') return;
      if (isReady) return emit('error', error);
      forget();
      end(error);
    }
  };
  const join = (wire: Wire) => last = attempt(wire);

  return {
    text: JSON.stringify(message),
    join,
    end,
    take: seen.take,

    look(wire) {
      if (seen.isHollow()) void join(wire);
    },

    emit(frame) {
      if (people.announced(frame)) emit('members', people.list());
      emit(frame.event!, frame.data, frame);
    },

    lost() {
      seen.lost();
      people.lost();
    },

    handle: {
      ready,
      get members() {
        return people.list();
      },
      on: on as Handle['on'],
      leave() {
        if (isOver) return;
        end(new SocketError('CLOSED', 'left'));
        all.clear();
        // After the join, which might overtake it.
        forget(leave && Promise.resolve(last).then(() => Promise.allSettled(open().map((wire) => request(leave, { timeout: 5 }, wire)))));
      },
    },
  };
}
