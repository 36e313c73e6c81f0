import type { RouteCall } from './route-call';

/** Milliseconds after which a running handshake or message is reported. */
const SLOW = 2_000;

/** The handshakes and messages in progress. One timer for all: there are thousands a second, and few are slow. */
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
