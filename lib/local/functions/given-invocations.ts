import type { Invocation } from './invocation';
import { systemTime } from './system-time';

/** Milliseconds in which a process starts what it was handed ahead, or never. */
const LEASE = 15;
/** Milliseconds after a lease: the clocks of two processor cores may differ a little. */
const MARGIN = 5;

interface Given {
  readonly invocation: Invocation;
  /** The how many-th that the process was given. */
  readonly number: number;
  /** `systemTime` until which the process may start it. */
  readonly lease: number;
}

/**
 * What a process was given and is not done with: the first one runs, the others were handed ahead so that it never waits for work. One
 * that is stuck behind a slow one can be taken back without the process, which may be in a busy loop: its lease is over then, and a
 * process starts nothing after its lease, nor anything before it has told how the one before ended.
 */
export class GivenInvocations {
  private given: Given[] = [];
  private count = 0;
  /** Numbers by request id. */
  private readonly takenBack = new Map<string, number>();

  public get size(): number {
    return this.given.length;
  }

  public get running(): Invocation | undefined {
    return this.given[0]?.invocation;
  }

  /** @returns its lease; undefined if it is the only one and so starts whenever the process comes to it */
  public add(invocation: Invocation): number | undefined {
    const lease = this.given.length === 0 ? undefined : Math.floor(systemTime()) + LEASE;
    this.count++;
    this.given.push({ invocation, number: this.count, lease: lease ?? Infinity });
    return lease;
  }

  /** Whether an answer is outstanding: it was sent to the process, and neither answered nor given back. */
  public has(requestId: string): boolean {
    return this.takenBack.has(requestId) || this.given.some(({ invocation }) => invocation.requestId === requestId);
  }

  /** Removes an invocation that must be the first one. @returns undefined if it is not */
  public finish(requestId: string): Invocation | undefined {
    return this.running?.requestId === requestId ? this.takeRunning() : undefined;
  }

  /** @returns whether it was taken back, so that another process can run it */
  public finishTakenBack(requestId: string): boolean {
    return this.takenBack.delete(requestId);
  }

  public takeRunning(): Invocation | undefined {
    return this.given.shift()?.invocation;
  }

  /**
   * Takes back what the process can no longer start.
   *
   * @param readUpTo `systemTime` up to which all that the process sent has been read: what it has started since may not be known yet
   */
  public takeExpired(readUpTo: number): readonly Invocation[] {
    const ahead = this.given.slice(1);
    const kept = ahead.findIndex(({ lease }) => readUpTo <= lease + MARGIN);
    const taken = this.given.splice(1, kept === -1 ? ahead.length : kept);
    for (const { invocation, number } of taken) this.takenBack.set(invocation.requestId, number);
    return taken.map(({ invocation }) => invocation);
  }

  /**
   * The process gives back what it was given up to that number; some may have been taken back before.
   *
   * @returns undefined if it was not given so many
   */
  public takeReturned(number: number): readonly Invocation[] | undefined {
    if (number > this.count) return undefined;
    for (const [requestId, taken] of this.takenBack) if (taken <= number) this.takenBack.delete(requestId);
    const kept = this.given.findIndex((each) => each.number > number);
    return this.given.splice(0, kept === -1 ? this.given.length : kept).map(({ invocation }) => invocation);
  }

  /** The process has ended. */
  public takeAll(): readonly Invocation[] {
    return this.given.splice(0).map(({ invocation }) => invocation);
  }
}
