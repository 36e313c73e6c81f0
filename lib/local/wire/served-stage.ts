import { Api, Route, Stage } from '../assembly/model';
import { modelValidator } from '../integrations/model-validation';
import { chooseRoute, noRouteReason, routeSelector } from '../protocol/route-selection';
import { Throttle } from '../protocol/throttle';

type Selector = (body: string) => string | undefined;
type Validator = (body: string) => string | undefined;

/**
 * A stage of an API as it is served now. Connections hold on to it: when the app is synthesized again it changes in place, and
 * their next message meets the new routes.
 */
export class ServedStage {
  private select!: Selector;
  private throttle!: Throttle;
  private readonly validators = new Map<string, Validator>();

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

  /** The stage is no longer in the app: no route is left (4.2.3). */
  public retire(): void {
    this.update({ ...this.api, routes: new Map() }, this.stage);
  }

  /** The route for a message; `undefined` if there is none (4.2.2). */
  public routeFor(body: string): Route | undefined {
    const key = chooseRoute(this.select(body), this.api.routes);
    return key === undefined ? undefined : this.api.routes.get(key);
  }

  /** Why there is none, in one line (4.4.1). */
  public noRouteReason(body: string): string {
    return noRouteReason(this.api.routeSelectionExpression, this.select(body));
  }

  /** Whether the throttling settings let one more request of a route pass. */
  public admits(routeKey: string): boolean {
    return this.throttle.take(routeKey, Date.now());
  }

  /** What is wrong with a message, by the model of its route (5.4.1). */
  public bodyComplaint(route: Route, body: string): string | undefined {
    if (!route.modelSelectionExpression) return undefined;
    let validator = this.validators.get(route.routeKey);
    if (!validator) {
      validator = modelValidator(route, this.api.models);
      this.validators.set(route.routeKey, validator);
    }
    return validator(body);
  }
}
