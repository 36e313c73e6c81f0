import { after, Timer } from './scope';
import type { Dropped, Queue } from './types';

/** A message on its way to a connection. */
export interface Item {
  readonly text: string;
  readonly size: number;
  /** Called instead of sending it. A request also ends so when it was sent, and its connection is lost. */
  readonly end: (why: Dropped['reason'] | 'lost') => void;
  /** Of a request. */
  readonly id?: number;
  readonly reply?: (data: unknown, error: unknown) => void;
  timer?: Timer;
  until?: number;
}

export interface Waiting {
  readonly items: Set<Item>;
  add(item: Item): void;
  /** Takes a message out: it is sent, or dropped for a reason. */
  take(item: Item, reason?: Dropped['reason'] | false): void;
}

/** What waits for a connection. */
export function queue({ count = 100, bytes = 262_144, seconds = 60 }: Queue = {}): Waiting {
  const items = new Set<Item>();
  let size = 0;

  const take: Waiting['take'] = (item, reason) => {
    clearTimeout(item.timer);
    if (items.delete(item)) size -= item.size;
    if (reason) item.end(reason);
  };

  return {
    items,
    take,
    add(item) {
      items.add(item);
      size += item.size;
      item.until = Date.now() + seconds * 1e3;
      item.timer = after(seconds, () => take(item, 'old'));
      for (const oldest of items) {
        if (items.size > count || size > bytes) take(oldest, 'full');
      }
    },
  };
}
