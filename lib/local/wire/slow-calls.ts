import type { RouteCall } from './route-call';

/** Milliseconds after which the use of a route is told, although it is not over: long for a developer who waits for an answer. */
const SLOW = 2_000;

/** The uses of routes that are not over. One timer looks after them all: there are thousands a second, and hardly a slow one. */
export class SlowCalls {
  /** When each began, oldest first: milliseconds of `performance.now()`. */
  private readonly calls = new Map<RouteCall, number>();
  private timer?: NodeJS.Timeout;

  /** @param tell gets each that is slow, once, and how many milliseconds it has run */
  public constructor(private readonly tell: (call: RouteCall, duration: number) => void) {}

  public begin(call: RouteCall): void {
    this.calls.set(call, performance.now());
    this.timer ??= setTimeout(() => this.look(), SLOW).unref();
  }

  public end(call: RouteCall): void {
    this.calls.delete(call);
  }

  private look(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [call, startedAt] of this.calls) {
      const left = startedAt + SLOW - now;
      // Timers may be early by a part of a millisecond.
      if (left >= 1) {
        this.timer = setTimeout(() => this.look(), left).unref();
        return;
      }
      this.calls.delete(call);
      this.tell(call, Math.round(now - startedAt));
    }
  }
}
