import type { Invocation } from './invoker';
import { systemTime } from './runtime/primordials';

/*
 * A process runs one invocation at a time. If it had no other, it would idle after each result until the next event has crossed to it, and
 * each crossing costs a write and wakes the process: quick functions would handle half the messages a second (docs/performance.md). So a
 * process of a quick function is sent several invocations at a time. The first one runs, the others are *prefetched*.
 *
 * A prefetched invocation must neither be stuck behind a slow one nor run twice. The process cannot be made to return it: the slow one
 * may be an endless loop. So each prefetched invocation has a *lease*, the time until which the process may start it:
 * - A process that comes to an invocation too late does not start it, and returns all that it has not started, also what the gateway sends
 *   before it knows. The gateway sends nothing more until everything is returned, and then an invocation without a lease: so the order of
 *   arrival stays.
 * - The gateway revokes an invocation whose lease is over, and another process runs it. The gateway does so when it has read all that the
 *   process sent up to then: a process reports each end before it starts the next invocation, so whatever was started in time has become
 *   the first one by then.
 */

/** Milliseconds. */
const LEASE = 15;
/** Milliseconds that the gateway waits after a lease: the clocks of two processor cores may differ a little. */
const MARGIN = 5;

interface Entry {
  readonly invocation: Invocation;
  /** How many invocations the process had been sent with this one. */
  readonly number: number;
  /** `systemTime` until which the process may start it. */
  readonly lease: number;
}

/** The invocations that a process was sent and is not done with, in order. */
export class InFlight {
  private entries: Entry[] = [];
  private count = 0;
  private isReturning = false;
  /** The numbers of revoked invocations that the process may not have come to yet, by request id. */
  private readonly revoked = new Map<string, number>();

  public get size(): number {
    return this.entries.length;
  }

  /** Whether the process is returning invocations: the next one may be sent when all are back. */
  public get awaitsReturns(): boolean {
    return this.isReturning && this.entries.length > 0;
  }

  public get running(): Invocation | undefined {
    return this.entries[0]?.invocation;
  }

  /** @returns the lease; undefined for the only invocation, which the process starts whenever it comes to it */
  public add(invocation: Invocation): number | undefined {
    const lease = this.entries.length === 0 ? undefined : Math.floor(systemTime()) + LEASE;
    this.isReturning = false;
    this.count++;
    this.entries.push({ invocation, number: this.count, lease: lease ?? Infinity });
    return lease;
  }

  /** Whether the process was sent this invocation, and has neither answered nor returned it. */
  public has(requestId: string): boolean {
    return this.revoked.has(requestId) || this.entries.some(({ invocation }) => invocation.requestId === requestId);
  }

  /** Removes the running invocation if this is its request id. */
  public finish(requestId: string): Invocation | undefined {
    return this.running?.requestId === requestId ? this.takeRunning() : undefined;
  }

  /** @returns whether the invocation was revoked, so its result does not count */
  public finishRevoked(requestId: string): boolean {
    return this.revoked.delete(requestId);
  }

  public takeRunning(): Invocation | undefined {
    return this.entries.shift()?.invocation;
  }

  /**
   * Takes back what the process can no longer start.
   *
   * @param readUpTo `systemTime` up to which all that the process sent has been read
   */
  public revokeExpired(readUpTo: number): readonly Invocation[] {
    const prefetched = this.entries.slice(1);
    const kept = prefetched.findIndex(({ lease }) => readUpTo <= lease + MARGIN);
    const expired = this.entries.splice(1, kept === -1 ? prefetched.length : kept);
    for (const { invocation, number } of expired) this.revoked.set(invocation.requestId, number);
    return expired.map(({ invocation }) => invocation);
  }

  /**
   * The process returns everything unstarted up to this number; some of that may have been revoked before.
   *
   * @returns undefined if the process was not sent so many
   */
  public takeReturned(number: number): readonly Invocation[] | undefined {
    if (number > this.count) return undefined;
    this.isReturning = true;
    for (const [requestId, revoked] of this.revoked) if (revoked <= number) this.revoked.delete(requestId);
    const kept = this.entries.findIndex((entry) => entry.number > number);
    return this.entries.splice(0, kept === -1 ? this.entries.length : kept).map(({ invocation }) => invocation);
  }

  /** Takes all: the process has ended. */
  public takeAll(): readonly Invocation[] {
    return this.entries.splice(0).map(({ invocation }) => invocation);
  }
}

/** The weight of the last invocation in the moving average. */
const WEIGHT = 0.2;
/** Milliseconds of work that keep a process busy while results and events cross. */
const WORK = 5;
/** The most invocations that a process has in flight. */
const MOST = 128;
/** Milliseconds below which the gateway itself is the bottleneck: more processes would only take its processor time. */
const LIGHT = 0.5;

/** How long a function takes, as a moving average, and how many invocations to send to a process because of that. */
export class Pace {
  /** Milliseconds; undefined before the first result. */
  private average?: number;

  public add(duration: number): void {
    this.average = this.average === undefined ? duration : this.average + WEIGHT * (duration - this.average);
  }

  /** The number of invocations that a process may have in flight. */
  public get depth(): number {
    return this.average === undefined ? 1 : Math.max(1, Math.min(MOST, Math.floor(WORK / this.average)));
  }

  public get isLight(): boolean {
    return this.average !== undefined && this.average < LIGHT;
  }
}
