import { setImmediate as nextTurn } from 'timers/promises';

/** The longest time of a Node.js timer. */
const LONGEST_TIMER = 2_147_483_647;

interface Pending {
  readonly at: number;
  readonly run: () => void;
  timer?: NodeJS.Timeout;
}

/**
 * The time by which a gateway counts idle time, duration, throttling and the delays of faults. `advance` moves it, so that ten minutes
 * take none; what events, `@connections` and the trace say is the time of day, which nobody moves.
 */
export class Clock {
  private ahead = 0;
  private readonly pending = new Set<Pending>();
  private readonly followers: (() => void)[] = [];
  private moving: Promise<void> = Promise.resolve();

  /** Milliseconds by which the clock is ahead of the time of day. */
  public get moved(): number {
    return this.ahead;
  }

  /** Milliseconds since 1970, plus what the clock was moved by. */
  public now(): number {
    return Date.now() + this.ahead;
  }

  /** Calls back when the clock has gone on by some milliseconds. @returns a function that ends it */
  public after(milliseconds: number, run: () => void): () => void {
    const pending: Pending = { at: this.now() + milliseconds, run };
    this.pending.add(pending);
    this.arm(pending);
    return () => this.drop(pending);
  }

  /** Calls back whenever the clock was moved. */
  public follow(follower: () => void): void {
    this.followers.push(follower);
  }

  /**
   * Moves the clock. What falls due on the way runs at its own time, in order. Between two such times, what they caused has one turn of the
   * event loop; what goes through a process or a socket takes real time, and comes after the move.
   */
  public advance(milliseconds: number): Promise<void> {
    const move = (): Promise<void> => this.move(this.now() + milliseconds);
    // A move that failed has told its caller, and stops no later one.
    this.moving = this.moving.then(move, move);
    return this.moving;
  }

  private async move(until: number): Promise<void> {
    for (let next = this.nextBy(until); next; next = this.nextBy(until)) {
      this.moveTo(next.at);
      // A follower may have ended it.
      if (this.drop(next)) next.run();
      await nextTurn();
    }
    this.moveTo(until);
    await nextTurn();
  }

  private nextBy(until: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.pending) if (pending.at <= until && (!first || pending.at < first.at)) first = pending;
    return first;
  }

  private moveTo(time: number): void {
    this.ahead += Math.max(0, time - this.now());
    this.followers.forEach((follower) => follower());
  }

  private arm(pending: Pending): void {
    const left = Math.max(0, pending.at - this.now());
    pending.timer = setTimeout(() => {
      // Timers may be early, and the longest one may be too short.
      if (this.now() < pending.at) this.arm(pending);
      else if (this.drop(pending)) pending.run();
    }, Math.min(left, LONGEST_TIMER)).unref();
  }

  private drop(pending: Pending): boolean {
    clearTimeout(pending.timer);
    return this.pending.delete(pending);
  }
}
