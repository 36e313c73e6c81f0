import type { Failure, Invocation } from './invoker';

/** Milliseconds that an invocation waits for code that was saved before it; after that, older code serves it if there is any. */
const CODE_PATIENCE = 1_500;

/** A process with older code. */
interface OlderCode {
  readonly version: number;
  /** When newer code arrived (`performance.now()`). */
  readonly replacedAt: number;
  readonly now: number;
}

/** The invocations of one function that no process has, in the order of arrival. */
export class PendingInvocations {
  private invocations: Invocation[] = [];
  /** Whether any invocation ever had a fault. */
  private hadFaults = false;

  public get size(): number {
    return this.invocations.length;
  }

  public get isEmpty(): boolean {
    return this.invocations.length === 0;
  }

  /** Whether the first one has waited for longer than this. */
  public haveWaited(now: number, milliseconds: number): boolean {
    return !this.isEmpty && now - this.invocations[0].queuedAt > milliseconds;
  }

  public add(invocation: Invocation): void {
    this.invocations.push(invocation);
    if (invocation.fault) this.hadFaults = true;
  }

  /**
   * The next invocations that a process may run.
   *
   * @param load how many are in the process already
   * @param older if its code is not the newest
   */
  public take(most: number, load: number, older?: OlderCode): readonly Invocation[] {
    const count = this.hadFaults ? this.faultless(load, most) : most;
    if (!older) return this.invocations.splice(0, count);
    const mayRun = (invocation: Invocation): boolean => (
      invocation.version <= older.version || older.now - Math.min(invocation.queuedAt, older.replacedAt) > CODE_PATIENCE
    );
    const end = this.invocations.findIndex((invocation, index) => index >= count || !mayRun(invocation));
    return this.invocations.splice(0, end === -1 ? count : end);
  }

  /** Puts back what a process has not started, in the order of arrival. */
  public putBack(invocations: readonly Invocation[]): void {
    if (invocations.length > 0) this.invocations = [...invocations, ...this.invocations].sort((a, b) => a.queuedAt - b.queuedAt);
  }

  public fail(failure: Failure): void {
    for (const { requestId, end } of this.invocations.splice(0)) end(failure(requestId, 0));
  }

  /** How many of the next invocations may be together in a process: one with a fault is alone, since its process may end. */
  private faultless(load: number, most: number): number {
    const first = this.invocations.findIndex(({ fault }) => fault);
    if (first === 0) return load === 0 ? 1 : 0;
    return first === -1 ? most : Math.min(first, most);
  }
}
