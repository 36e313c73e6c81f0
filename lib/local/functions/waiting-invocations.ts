import type { Failure } from './failures';
import type { Invocation } from './invocation';

/** Invocations that no process was given, first in first out. */
export class WaitingInvocations {
  private waiting: Invocation[] = [];

  public get size(): number {
    return this.waiting.length;
  }

  /** Milliseconds that the first one waits. */
  public waitingFor(now: number): number {
    return this.waiting.length > 0 ? now - this.waiting[0].queuedAt : 0;
  }

  public add(invocation: Invocation): void {
    this.waiting.push(invocation);
  }

  /** They come before all others: they were given to a process that did not start them. */
  public putBack(invocations: readonly Invocation[]): void {
    if (invocations.length > 0) this.waiting = [...invocations, ...this.waiting];
  }

  public take(count: number): readonly Invocation[] {
    return this.waiting.splice(0, count);
  }

  /** Takes invocations up to the first one that may not be taken. */
  public takeWhile(count: number, mayTake: (invocation: Invocation) => boolean): readonly Invocation[] {
    const kept = this.waiting.findIndex((invocation, index) => index >= count || !mayTake(invocation));
    return this.take(kept === -1 ? count : kept);
  }

  public fail(failure: Failure): void {
    for (const { requestId, end } of this.waiting.splice(0)) end(failure(requestId, 0));
  }
}
