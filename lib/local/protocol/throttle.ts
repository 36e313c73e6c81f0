import type { RouteSettings, Stage } from '../assembly/model';

/** Holds `burst` tokens at most and gains `rate` a second (8.2). */
export class TokenBucket {
  private tokens: number;
  private filledAt = -Infinity;

  public constructor(private readonly rate: number, private readonly burst: number) {
    this.tokens = burst;
  }

  /**
   * Takes a token, if there is one.
   *
   * @param now milliseconds since 1970
   */
  public take(now: number): boolean {
    const seconds = (now - this.filledAt) / 1000;
    // A clock that was set back fills nothing.
    if (seconds > 0) this.tokens = Math.min(this.burst, this.tokens + (this.rate > 0 ? seconds * this.rate : 0));
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/** Decides for one stage which requests are too many, by its own settings: account quotas are not enforced (8.2). */
export class Throttle {
  private readonly buckets = new Map<string, TokenBucket>();

  public constructor(private readonly stage: Pick<Stage, 'defaultRouteSettings' | 'routeSettings'>) {}

  /**
   * Whether a request may go to the route; if so, it is counted.
   *
   * @param now milliseconds since 1970
   */
  public take(routeKey: string, now: number): boolean {
    return this.bucketOf(routeKey).take(now);
  }

  private bucketOf(routeKey: string): TokenBucket {
    const own = Object.hasOwn(this.stage.routeSettings, routeKey) ? this.stage.routeSettings[routeKey] : undefined;
    // assumed (8.1): the default throttling of a stage limits each route on its own, not all of them together
    let bucket = this.buckets.get(routeKey);
    if (!bucket) this.buckets.set(routeKey, bucket = this.newBucket(own ?? {}));
    return bucket;
  }

  /** 8.1: the route's settings override the stage's; what neither sets has no limit. */
  private newBucket(own: RouteSettings): TokenBucket {
    const settings = { ...this.stage.defaultRouteSettings, ...own };
    return new TokenBucket(settings.throttlingRateLimit ?? Infinity, settings.throttlingBurstLimit ?? Infinity);
  }
}
