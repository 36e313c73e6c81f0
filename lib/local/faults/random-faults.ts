import { createHash } from 'crypto';

/** A fault of the mixture, with its share of the actions that it may meet. */
interface Chance<Fault> {
  readonly share: number;
  readonly fault: Fault;
}

/** Milliseconds, from the least to the most. */
type Range = readonly [number, number];

/**
 * The mixture, by what it meets: handshakes, posts, messages of clients, invocations by routes, ends of connections. Shares count actions
 * and not time, so that a slow machine gets the same faults as a quick one. Left out is what no client can survive by itself, or only
 * by waiting for its heartbeat: `delete` and 403 (a client rightly stays away), `half-open` and `kill`.
 */
export const MIXTURE = {
  handshakes: [{ share: 0.03, fault: 503 }, { share: 0.03, fault: 429 }, { share: 0.02, fault: 500 }],
  posts: [
    { share: 0.04, fault: 429 }, { share: 0.02, fault: 500 }, { share: 0.01, fault: 504 }, { share: 0.01, fault: 410 },
  ],
  messages: [
    { share: 0.02, fault: 'cut' }, { share: 0.01, fault: 'idle' }, { share: 0.005, fault: 'duration' }, { share: 0.01, fault: 'stall' },
  ],
  invocations: [{ share: 0.05, fault: 'delay' }],
  disconnects: [{ share: 0.2, fault: 'lose' }, { share: 0.2, fault: 'delay' }],
} as const satisfies Readonly<Record<string, readonly Chance<unknown>[]>>;

const DELAY: Range = [20, 300];
const LATE_DISCONNECT: Range = [50, 500];
const STALL: Range = [50, 600];

type Action = keyof typeof MIXTURE;
type FaultOf<A extends Action> = (typeof MIXTURE)[A][number]['fault'];

/**
 * A repeatable mixture of faults: the n-th handshake, post, message, invocation or end of a connection meets the same fault in each run
 * with the same seed, in whichever order they come.
 */
export class RandomFaults {
  private readonly generators = new Map<Action, () => number>();

  public constructor(public readonly seed: number) {
    for (const action of Object.keys(MIXTURE) as Action[]) this.generators.set(action, generator(`${seed} ${action}`));
  }

  /** The fault of the next action of a kind, if it meets one. */
  public next<A extends Action>(action: A): FaultOf<A> | undefined {
    let left = this.generators.get(action)!();
    for (const { share, fault } of MIXTURE[action]) {
      left -= share;
      if (left < 0) return fault as FaultOf<A>;
    }
    return undefined;
  }

  public delay(): number {
    return this.within('invocations', DELAY);
  }

  public disconnectDelay(): number {
    return this.within('disconnects', LATE_DISCONNECT);
  }

  public stall(): number {
    return this.within('messages', STALL);
  }

  private within(action: Action, [least, most]: Range): number {
    return least + Math.floor(this.generators.get(action)!() * (most - least + 1));
  }
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function generator(seed: string): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}
