import { AsyncLocalStorage } from 'async_hooks';

/** An operation whose calls are interleaved with those of others: an invocation of a handler. */
export interface Operation {
  readonly name: string;
  /** `dead`: killed between two calls, or in one, whose effect is there and whose answer is not. It goes on never. */
  state: 'running' | 'returned' | 'threw' | 'dead';
  /** Of all operations, when it began and when it ended. */
  readonly began: number;
  ended: number;
  result?: unknown;
  error?: unknown;
}

interface Parked {
  readonly operation: Operation;
  readonly run: () => Promise<unknown>;
  readonly settle: (outcome: { value?: unknown; error?: unknown }) => void;
}

/** One for all: each costs every promise something, for ever. */
const CURRENT = new AsyncLocalStorage<Operation>();

/** Runs operations of which each call waits for its turn, in an order that a seed decides. */
export class Interleaving {
  /** From 0 to below 1. */
  public readonly random: () => number;
  private readonly parked: Parked[] = [];
  private time = 0;

  /** @param deaths - the share of the calls before or after which their operation dies */
  public constructor(seed: number, private readonly deaths: number) {
    this.random = numbersOf(seed);
  }

  public get isIdle(): boolean {
    return this.parked.length === 0;
  }

  public pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)];
  }

  /** The operation whose code is running. */
  public get operation(): Operation | undefined {
    return CURRENT.getStore();
  }

  /** A moment of its own, as operations begin and end. */
  public tick(): number {
    return ++this.time;
  }

  public start(name: string, run: () => Promise<unknown>, then?: (operation: Operation) => void): Operation {
    const operation: Operation = { name, state: 'running', began: this.tick(), ended: Infinity };
    const end = (state: 'returned' | 'threw', outcome: object): void => {
      Object.assign(operation, outcome, { state, ended: this.tick() });
      then?.(operation);
    };
    CURRENT.run(operation, () => {
      run().then((result) => end('returned', { result }), (error: unknown) => end('threw', { error }));
    });
    return operation;
  }

  /** A call of the current operation, which waits for its turn. */
  public call<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.parked.push({
        operation: CURRENT.getStore()!,
        run,
        settle: ({ value, error }) => error === undefined ? resolve(value as T) : reject(error as Error),
      });
    });
  }

  /** Runs one of the calls that wait, and all the code that follows it up to the next calls. */
  public async step(): Promise<void> {
    const [{ operation, run, settle }] = this.parked.splice(Math.floor(this.random() * this.parked.length), 1);
    if (operation.state === 'dead') return;
    const dies = this.random() < this.deaths;
    if (dies && this.random() < 0.5) {
      this.kill(operation);
      return;
    }
    const outcome = await run().then((value) => ({ value }), (error: unknown) => ({ error }));
    if (dies) {
      this.kill(operation);
      return;
    }
    settle(outcome);
    await new Promise(setImmediate);
  }

  public async finish(): Promise<void> {
    while (!this.isIdle) await this.step();
  }

  private kill(operation: Operation): void {
    operation.state = 'dead';
    operation.ended = this.tick();
  }
}

/** The same on every machine: Lehmer's. */
function numbersOf(seed: number): () => number {
  let state = 1 + Math.abs(seed) % 2_147_483_646;
  const next = (): number => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
  // The first ones of neighbouring seeds are close to each other.
  next();
  next();
  return next;
}
