import { Api, Route, RouteSettings, Stage } from '../assembly/local-app';
import { Clock } from '../clock';
import { ThrottleFault } from '../faults/fault-arguments';
import { modelValidator } from '../integrations/model-validation';
import { chooseRoute, noRouteReason, routeSelector } from '../protocol/route-selection';

/** Reads a message: the value that it selects by, or the error that its model finds. */
type BodyReader = (body: string) => string | undefined;

/**
 * A stage of an API, as the gateway serves it now. Connections refer to it: a new synthesis changes the stage in place, so that their next
 * message meets the new routes.
 */
export class ServedStage {
  private select!: BodyReader;
  private throttle!: Throttle;
  private faulty?: { readonly fault: ThrottleFault; readonly throttle: Throttle };
  private readonly validators = new Map<string, BodyReader>();

  public constructor(public api: Api, public stage: Stage) {
    this.update(api, stage);
  }

  /** Takes the routes and settings of a new synthesis. */
  public update(api: Api, stage: Stage): void {
    this.api = api;
    this.stage = stage;
    this.select = routeSelector(api.routeSelectionExpression);
    this.throttle = new Throttle(stage);
    this.validators.clear();
  }

  /** Drops all routes, since the stage is no longer in the app (4.2.3). */
  public retire(): void {
    this.update({ ...this.api, routes: new Map() }, this.stage);
  }

  /** The route for a message; `undefined` if there is none (4.2.2). */
  public routeFor(body: string): Route | undefined {
    const key = chooseRoute(this.select(body), this.api.routes);
    return key === undefined ? undefined : this.api.routes.get(key);
  }

  /** Why there is no route for a message, in one line (4.4.1). */
  public noRouteReason(body: string): string {
    return noRouteReason(this.api.routeSelectionExpression, this.select(body));
  }

  /** Whether the throttling settings let one more request of a route pass. */
  public admits(routeKey: string, { clock, faults }: Throttling = TIME_OF_DAY): boolean {
    const now = clock.now();
    return (faults?.throttle ? this.faultyThrottle(faults.throttle) : this.throttle).take(routeKey, now);
  }

  /** Like settings of the stage; new ones with each fault that is set. */
  private faultyThrottle(fault: ThrottleFault): Throttle {
    if (this.faulty?.fault !== fault) {
      const { perSecond } = fault;
      const settings = { throttlingRateLimit: perSecond, throttlingBurstLimit: perSecond === 0 ? 0 : Math.max(1, perSecond) };
      this.faulty = { fault, throttle: new Throttle({ defaultRouteSettings: settings, routeSettings: {} }) };
    }
    return this.faulty.throttle;
  }

  /** What is wrong with a message, by the model of its route (5.4.1). */
  public bodyError(route: Route, body: string): string | undefined {
    if (!route.modelSelectionExpression) return undefined;
    let validator = this.validators.get(route.routeKey);
    if (!validator) {
      validator = modelValidator(route, this.api.models);
      this.validators.set(route.routeKey, validator);
    }
    return validator(body);
  }
}

/** By which clock requests are throttled, and by which fault instead of the settings. */
interface Throttling {
  readonly clock: Pick<Clock, 'now'>;
  readonly faults?: { readonly throttle?: ThrottleFault };
}

const TIME_OF_DAY: Throttling = { clock: Date };

/** Counts the requests of one stage by its own settings: account quotas are not enforced (8.2). */
export class Throttle {
  private readonly buckets = new Map<string, TokenBucket>();

  public constructor(private readonly stage: Pick<Stage, 'defaultRouteSettings' | 'routeSettings'>) {}

  /**
   * Whether a request may go to the route; if so, the request is counted.
   *
   * @param now milliseconds since 1970
   */
  public take(routeKey: string, now: number): boolean {
    // assumed (8.1): the default throttling of a stage limits each route on its own, not all of them together
    let bucket = this.buckets.get(routeKey);
    if (!bucket) this.buckets.set(routeKey, bucket = this.newBucket(routeKey));
    return bucket.take(now);
  }

  /** 8.1: the route's settings override the stage's; without a setting there is no limit. */
  private newBucket(routeKey: string): TokenBucket {
    const { defaultRouteSettings, routeSettings } = this.stage;
    const own = Object.hasOwn(routeSettings, routeKey) ? routeSettings[routeKey] : {};
    const settings: RouteSettings = { ...defaultRouteSettings, ...own };
    return new TokenBucket(settings.throttlingRateLimit ?? Infinity, settings.throttlingBurstLimit ?? Infinity);
  }
}

/** Holds at most `burst` tokens and gains `rate` a second (8.2). */
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
    // A clock that was set back adds no tokens.
    if (seconds > 0) this.tokens = Math.min(this.burst, this.tokens + (this.rate > 0 ? seconds * this.rate : 0));
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
