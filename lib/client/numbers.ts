const [ASK_AFTER, VOID_AFTER] = [5e3, 6e4];

/** What the handler of a join replies, if all is well. */
export interface Standing {
  readonly seq?: unknown;
  readonly missed?: unknown;
  readonly void?: unknown;
}

export interface Numbers {
  /** A join is sent: what has come up to now is not what it asks for. */
  ask(): number | undefined;
  /** Whether what has this number is new. */
  take(seq: unknown): boolean;
  /** @param since - what `ask` has returned */
  reply(joined: Standing, since: number | undefined): void;
  /** When something must be done about the lowest hole, if there is one. */
  due(): number | undefined;
  /** Gives up the lowest hole, if it was asked for in vain. */
  skip(): boolean;
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

  const advance = (to = mark) => {
    mark = to;
    while (above.delete(mark + 1)) mark++;
    for (const seq of above.keys()) {
      if (seq < mark + 1) above.delete(seq);
    }
  };
  const note = (seq: unknown, offset = 0): boolean => {
    const isNew = Number.isSafeInteger(seq) && !(seq as number <= mark || above.has(seq as number));
    if (isNew) above.set(seq as number + offset, Date.now());
    return isNew;
  };
  /** Whether the lowest hole was noticed, by the first number above it, before it was last asked for. */
  const [noticed, isAsked] = [() => above.values().next().value!, () => asked > noticed()];

  return {
    ask() {
      asked = Date.now();
      return mark >= 0 ? mark : undefined;
    },

    take(seq) {
      const isNew = !Number.isSafeInteger(seq) || note(seq);
      advance();
      return isNew;
    },

    reply({ seq, missed, void: holes }, since) {
      // A server that counts anew is below the mark.
      if (!Number.isSafeInteger(seq) || missed && seq as number < since!) above.clear(), mark = NaN;
      if (missed || !(mark >= 0)) advance(mark > (seq as number) ? mark : seq as number);
      note(seq, 0.5);
      if (Array.isArray(holes)) holes.map((hole) => note(hole));
      advance();
    },

    due() {
      return mark >= 0 && above.size ? isAsked() ? asked + VOID_AFTER : noticed() + ASK_AFTER : undefined;
    },

    skip() {
      const isVain = isAsked();
      if (isVain) advance(Math.ceil(Math.min(...above.keys())) - 1);
      return isVain;
    },

    lost() {
      asked = 0;
    },
  };
}
