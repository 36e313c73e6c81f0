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

  /** One is over: the first one, if it has not been taken back. */
  public finish(requestId: string): Invocation | undefined {
    const index = this.given.findIndex(({ invocation }) => invocation.requestId === requestId);
    return index === -1 ? undefined : this.given.splice(index, 1)[0].invocation;
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
    return this.given.splice(1, kept === -1 ? ahead.length : kept).map(({ invocation }) => invocation);
  }

  /** The process gives back what it was given up to that number; some may have been taken back before. */
  public takeReturned(number: number): readonly Invocation[] {
    const kept = this.given.findIndex((each) => each.number > number);
    return this.given.splice(0, kept === -1 ? this.given.length : kept).map(({ invocation }) => invocation);
  }

  /** The process has ended. */
  public takeAll(): readonly Invocation[] {
    return this.given.splice(0).map(({ invocation }) => invocation);
  }
}
