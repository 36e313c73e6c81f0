import { after, Timer } from './scope';
import type { Dropped, Queue } from './types';
import type { Wire } from './wire';

/** A message on its way to a connection. */
export interface Item {
  readonly text: string;
  readonly size: number;
  sent?(wire: Wire): void;
  dropped(reason: Dropped['reason']): void;
}

export interface Waiting {
  add(item: Item): void;
  remove(item: Item): void;
  /** Takes all out, in their order: they are dropped if there is a reason to, else given to `use`. */
  empty(use?: (item: Item) => void): void;
}

/** What waits for a connection. */
export function queue({ count = 100, bytes = 262_144, seconds = 60 }: Queue = {}): Waiting {
  const items = new Map<Item, { readonly timer: Timer; readonly until: number }>();
  let size = 0;

  const remove = (item: Item) => {
    clearTimeout(items.get(item)?.timer);
    if (items.delete(item)) size -= item.size;
  };
  const drop = (item: Item, reason: Dropped['reason']) => {
    remove(item);
    item.dropped(reason);
  };

  return {
    add(item) {
      items.set(item, { timer: after(seconds, () => drop(item, 'old')), until: Date.now() + seconds * 1e3 });
      size += item.size;
      for (const oldest of items.keys()) {
        if (items.size > count || size > bytes) drop(oldest, 'full');
      }
    },

    remove,

    empty(use) {
      for (const [item, { until }] of items) {
        if (!use) {
          drop(item, 'closed');
        } else if (Date.now() > until) {
          // Timers stand still while the machine sleeps.
          drop(item, 'old');
        } else {
          remove(item);
          use(item);
        }
      }
    },
  };
}
