const [ASK_AFTER, VOID_AFTER] = [5_000, 60_000];

/** What the handler of a join replies, if all is well. */
export interface Standing {
  readonly seq?: unknown;
  readonly missed?: unknown;
  readonly void?: unknown;
}

export interface Numbers {
  /** The number up to which all have come, or come never. */
  mark(): number | undefined;
  /** Whether what has this number is new. */
  take(seq: unknown): boolean;
  /**
   * @param since - the mark that the join was sent with, at `asked`
   * @returns Whether the room has numbers at all.
   */
  reply(joined: Standing, since: number | undefined, asked: number): boolean;
  /** When something must be done about the lowest hole, if there is one. */
  due(): number | undefined;
  /** Gives up the lowest hole if it was asked for in vain. */
  skip(): boolean;
  /** The connection is gone: who has asked gets no answer. */
  lost(): void;
}

/**
 * The numbers of a room. Messages of several senders overtake each other, so that the highest number says nothing about those below:
 * what counts is the mark, and what has come above it.
 */
export function numbers(): Numbers {
  let mark: number | undefined;
  let hasNumbers = true;
  /** Numbers above the mark, with the time when they came, which is their order here. */
  const above = new Map<number, number>();
  /** All up to it was sent, as a reply says, which came `settledAt`. */
  let settled = -1;
  let settledAt = 0;
  /** When the last join was sent that was answered. */
  let askedAt = 0;

  const advance = () => {
    while (above.delete(mark! + 1)) mark!++;
  };
  const jump = (to: number) => {
    mark = to;
    for (const seq of above.keys()) {
      if (seq <= to) above.delete(seq);
    }
    advance();
  };

  /** When the lowest hole was noticed: with the first number above it. */
  const noticed = () => Math.min(above.values().next().value ?? Infinity, settled > mark! ? settledAt : Infinity);
  const due = () => {
    if (mark === undefined || noticed() === Infinity) return undefined;
    return askedAt > noticed() ? askedAt + VOID_AFTER : noticed() + ASK_AFTER;
  };

  return {
    mark: () => mark,
    due,

    take(seq) {
      if (!hasNumbers || !Number.isSafeInteger(seq)) return true;
      if (above.has(seq as number) || seq as number <= mark!) return false;
      above.set(seq as number, Date.now());
      if (mark !== undefined) advance();
      return true;
    },

    reply({ seq, missed, void: holes }, since, asked) {
      hasNumbers = Number.isSafeInteger(seq);
      if (!hasNumbers) {
        mark = undefined;
        above.clear();
        return false;
      }
      const newest = seq as number;
      if (missed && newest < since!) {
        // The server counts anew.
        above.clear();
        mark = settled = newest;
      }
      if (mark === undefined || missed) jump(Math.max(mark ?? newest, newest));
      if (settled <= mark!) settledAt = Date.now();
      settled = Math.max(settled, newest);
      for (const hole of Array.isArray(holes) ? holes as unknown[] : []) {
        if (Number.isSafeInteger(hole) && hole as number > mark!) above.set(hole as number, Date.now());
      }
      advance();
      askedAt = asked;
      return true;
    },

    skip() {
      if (!(askedAt > noticed())) return false;
      jump(Math.min(...above.keys(), settled > mark! ? settled + 1 : Infinity) - 1);
      return true;
    },

    lost() {
      askedAt = 0;
    },
  };
}
