const [ASK_AFTER, VOID_AFTER] = [5e3, 6e4];

/** What the handler of a join replies, if all is well. */
export interface Standing {
  readonly seq?: number;
  readonly missed?: boolean;
  readonly void?: readonly number[];
}

export interface Numbers {
  /** A join is sent, with what is returned: what has come up to now is not what it asks for. */
  ask(): number | undefined;
  /** Whether what has this number is new. */
  take(seq: unknown): boolean;
  /** @param since - what `ask` has returned */
  reply(joined: Standing, since: number | undefined): void;
  /** Whether the lowest hole is to be asked for. One that was asked for in vain is given up. */
  isHollow(): boolean;
  /** The connection is gone: what was asked for on it may not come. */
  lost(): void;
}

/**
 * The numbers of a room. Messages of several senders overtake each other, so that the highest number says nothing about those below:
 * what counts is the mark, up to which all have come or come never, and what has come above it.
 */
export function numbers(): Numbers {
  /** No number before the first reply, and none without a history. */
  let mark = NaN;
  /**
   * Numbers above the mark, with the time when they came, which is their order here. A half above a number: all up to it were sent, as a
   * reply says.
   */
  const above = new Map<number, number>();
  let asked = 0;
  /** Without a history, numbers say nothing, and none is kept. */
  let isLive = false;

  const sweep = () => {
    for (const seq of above.keys()) {
      if (seq < mark + 1) above.delete(seq);
    }
  };
  const advance = (to = mark) => {
    const before = mark;
    mark = to;
    while (above.delete(mark + 1)) mark++;
    // Not for each of many numbers above a hole.
    if (mark !== before) sweep();
  };
  const note = (seq: number) => {
    const isNew = !(seq <= mark || above.has(seq));
    if (isNew) above.set(seq, Date.now());
    advance();
    return isNew;
  };
  const take = (seq: unknown) => isLive || !Number.isSafeInteger(seq) || note(seq as number);

  return {
    ask() {
      asked = Date.now();
      return mark >= 0 ? mark : undefined;
    },

    take,

    reply({ seq = NaN, missed, void: holes }, since) {
      // A server that counts anew is below the mark.
      isLive = !Number.isSafeInteger(seq);
      if (isLive || missed && seq < since!) {
        above.clear();
        mark = NaN;
      }
      if (missed || !(mark >= 0)) advance(mark > seq ? mark : seq);
      if (seq >= 0) note(seq + 0.5);
      sweep();
      if (Array.isArray(holes)) holes.forEach(take);
    },

    isHollow() {
      const [noticed] = above.values();
      if (!(mark >= 0) || asked <= noticed) return Date.now() >= noticed + ASK_AFTER;
      if (Date.now() >= asked + VOID_AFTER && noticed) advance(Math.ceil(Math.min(...above.keys())) - 1);
      return false;
    },

    lost() {
      asked = 0;
    },
  };
}
