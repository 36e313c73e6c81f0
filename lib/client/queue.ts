import type { Dropped, Queue, SocketLike } from './types';

/** One connection, or the attempt to make one. */
export interface Wire {
  socket?: (SocketLike & { terminate?(): void }) | undefined;
  /** When it was opened. */
  opened?: number;
  /** When the time is up: for the handshake, the joins of a change-over, the next heartbeat, the answer to it, the end. */
  due: number;
  /** Whether the heartbeat waits for an answer. */
  isAsked?: boolean;
}

/** A message on its way. */
export interface Item {
  readonly text: string;
  readonly size: number;
  /** Called instead of sending it; of a request also when it was sent, and its connection is lost. */
  readonly end: (why: Dropped['reason'] | 'lost') => void;
  /** The connection that carries it. */
  wire?: Wire;
  until?: number;
}

export interface Waiting {
  add(item: Item): void;
  delete(item: Item): void;
  /** Drops what has waited too long, and gives the others to `use`, if there is one. */
  sift(use?: (item: Item) => void): void;
}

/** What waits for a connection. */
export function queue({ count = 100, bytes = 262_144, seconds = 60 }: Queue = {}): Waiting {
  const items = new Set<Item>();
  let size = 0;

  const remove = (item: Item) => {
    if (items.delete(item)) size -= item.size;
  };

  return {
    add(item) {
      items.add(item);
      size += item.size;
      item.until = Date.now() + seconds * 1e3;
      for (const oldest of items) {
        if (items.size > count || size > bytes) remove(oldest), oldest.end('full');
      }
    },

    delete: remove,

    sift(use) {
      for (const item of [...items]) {
        const isOld = Date.now() > item.until!;
        if (isOld || use) remove(item);
        if (isOld) item.end('old');
        else use?.(item);
      }
    },
  };
}
