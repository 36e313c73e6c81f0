import { IWebSocketApi, IWebSocketRouteAuthorizer, WebSocketRoute, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ApiGrants } from '../api-grants';
import { provideCallbackUrl } from './callback-url';
import { connectMock } from './connect-mock';
import { encodeId, pathFrom } from '../construct-id';
import { RouteParts } from './route-parts';
import { RoutePlan } from './route-target';
import { FunctionSettings } from '../handlers/function-settings';
import { HandlerFunctions, HandlerUse } from '../handlers/handler-functions';
import { Complaint, list, problem } from '../problem';
import { providersOf, RouteIntegrations } from './route-integrations';
import { RouteKeys } from './route-keys';
import { RouteModels } from '../models/route-models';
import { ServiceAddress } from '../service-address';
import { makeSubprotocolEcho } from './subprotocol-echo';
import { TargetHomes } from './target-homes';
import { withoutUndefined } from '../without-undefined';

/** The API that routes are made in, and what its functions get. */
export interface RouteTableOptions {
  readonly api: IWebSocketApi;
  readonly address: ServiceAddress;
  readonly grants: ApiGrants;
  /** Those of the API, wherever they were made. */
  readonly keys: RouteKeys;
  readonly defaults: FunctionSettings;
  readonly manageConnections?: boolean;
  readonly callbackUrlEnvironment?: boolean;
  /** Into how many nested stacks the routes go. */
  readonly nestedStacks?: number;
}

/** Who may connect, as far as routes are concerned. */
export interface Guard {
  /** The function of the user's that decides. */
  readonly _function?: lambda.IFunction;
  /** What `$connect` has to select. */
  readonly _subprotocol?: string;
  /** A function of ours that decides. */
  _makeFunction(scope: Construct, defaults: FunctionSettings): lambda.Function | undefined;
  /** What that depends on. */
  _providers(defaults: FunctionSettings): unknown[];
  _bind(scope: Construct, api: IWebSocketApi, address: ServiceAddress, fn?: lambda.IFunction): IWebSocketRouteAuthorizer | undefined;
}

type FunctionListener = (fn: lambda.IFunction, label: string) => void;

interface MadeRoute {
  readonly plan: RoutePlan;
  readonly route: WebSocketRoute;
  readonly fn?: lambda.IFunction;
}

/** The routes of one construct, with all that they invoke. */
export class RouteTable {
  public readonly parts: RouteParts;
  private readonly homes: TargetHomes;
  private readonly handlers: HandlerFunctions;
  private readonly integrations: RouteIntegrations;
  private readonly models: RouteModels;
  private readonly routes = new Map<string, MadeRoute>();
  /** Who is asked before `$connect` is invoked. */
  private guard?: IWebSocketRouteAuthorizer;
  private isConnectOurs = false;
  /** By what names them. */
  private readonly functions = new Map<lambda.IFunction, string>();
  private readonly listeners: FunctionListener[] = [];

  public constructor(private readonly scope: Construct, private readonly options: RouteTableOptions) {
    this.parts = new RouteParts(scope, options.nestedStacks);
    this.homes = new TargetHomes(scope, this.parts);
    this.handlers = new HandlerFunctions(scope, (id) => this.homes.ofHandler(id));
    this.integrations = new RouteIntegrations(scope, options.api, options.address);
    this.models = new RouteModels(scope, options.api, options.keys.models);
  }

  public get keys(): string[] {
    return [...this.routes.keys()];
  }

  /** The plans of all routes, in the order of their keys. */
  public get plans(): RoutePlan[] {
    return [...this.routes.values()].map(({ plan }) => plan).sort(byKey);
  }

  /** What was planned for a key. */
  public plan(routeKey: string): RoutePlan {
    return this.made('metricForRoute', routeKey).plan;
  }

  public has(routeKey: string): boolean {
    return this.routes.has(routeKey);
  }

  /** All routes that the props name: the functions of all handlers from one build, then the authorizer, then the routes. */
  public addAll(plans: RoutePlan[], guard?: Guard, guardian?: HandlerUse): void {
    this.options.keys.claim(this.scope, 'routes', plans.map(({ routeKey }) => routeKey));
    if (guardian) this.homes.keep(guardian.handler.id);
    this.addHandlers(plans, guardian);
    if (guard) this.bindGuard(guard, guardian);
    // In the order of the keys, so that no id depends on the order in which a map was written.
    for (const plan of [...plans].sort(byKey)) this.makePlanned(plan);
    if (this.guard && !this.has('$connect')) this.makeConnect(guard?._subprotocol);
  }

  /** One route more. */
  public add(plan: RoutePlan): WebSocketRoute {
    const { routeKey } = plan;
    if (this.has(routeKey)) throw problem(this.scope, 'addRoute', routeKey, this.duplicateComplaint(routeKey));
    this.options.keys.claim(this.scope, 'addRoute', [routeKey]);
    const isKnown = this.homes.has(plan.target);
    try {
      this.addHandlers([plan]);
      this.makePlanned(plan);
    } catch (error) {
      // Whoever catches it may add the key again, here or elsewhere.
      this.options.keys.release(routeKey);
      if (!isKnown) this.homes.forget(plan.target);
      this.parts.prune();
      throw error;
    }
    return this.route(routeKey);
  }

  /** Tells of the functions of routes and authorizer, each with what names it, also of those to come. */
  public onFunction(listener: FunctionListener): void {
    for (const [fn, label] of this.functions) listener(fn, label);
    this.listeners.push(listener);
  }

  public route(routeKey: string): WebSocketRoute {
    return this.made('route', routeKey).route;
  }

  public function(routeKey: string): lambda.IFunction {
    const { fn } = this.made('function', routeKey);
    if (fn) return fn;
    throw problem(this.scope, 'function', routeKey, {
      reason: 'has an `integration`, and whether that invokes a function is its own affair',
      remedy: 'reach the route by `route(key)`, or give the function as `function`',
    });
  }

  private bindGuard(guard: Guard, guardian?: HandlerUse): void {
    const { api, address, grants, defaults } = this.options;
    const fn = guardian ? this.handlers.get(guardian.handler) : guard._function ?? guard._makeFunction(this.scope, defaults);
    grants.addProviders([fn, fn?.role, ...guard._providers(defaults)]);
    this.guard = guard._bind(this.scope, api, address, fn);
    if (fn) this.tell(fn, guardian?.handler.id ?? 'authorizer');
  }

  /** Makes the functions of handlers that have none yet, from one build. */
  private addHandlers(plans: RoutePlan[], authorizer?: HandlerUse): void {
    const { grants } = this.options;
    const uses = [...plans.flatMap(({ target }) => target.handler ?? []), ...(authorizer ? [authorizer] : [])];
    this.handlers.check(uses);
    for (const { routeKey, target } of plans) {
      const { function: fn, handler, integration } = target;
      grants.checkProviders([fn, fn?.role, ...Object.values(handler?.settings ?? {}), ...providersOf(integration)], `routes["${routeKey}"]`);
      // A function waits for its role, wherever that is from.
      if (handler?.settings.role) grants.checkProvider(handler.settings.role, `routes["${routeKey}"].role`);
    }
    this.homes.add(plans);
    this.handlers.add(uses);
    grants.addProviders(uses.flatMap(({ settings }) => Object.values(settings)));
  }

  private makePlanned(plan: RoutePlan): void {
    const { routeKey, target } = plan;
    if (target.integration) {
      const integration = this.integrations.forIntegration(target.integration, routeKey, this.homes.of(target));
      try {
        this.makeRoute(plan, integration);
      } catch (error) {
        this.integrations.withdraw(target.integration, routeKey);
        throw error;
      }
      this.options.grants.addProviders(providersOf(target.integration));
      return;
    }
    const fn = target.handler ? this.handlers.get(target.handler.handler) : target.function!;
    this.makeRoute(plan, this.functionIntegration(fn, plan), fn);
  }

  /** The integration of a function; the first time, the function gets what every target of a route has. */
  private functionIntegration(fn: lambda.IFunction, plan: RoutePlan): WebSocketRouteIntegration {
    const isNew = !this.integrations.has(fn);
    const home = (): Construct => (plan.target.handler ? fn : new Construct(this.homes.of(plan.target), `Function-${encodeId(pathFrom(this.scope, fn))}`));
    const integration = this.integrations.forFunction(fn, home, plan.routeKey, plan);
    if (isNew) this.equip(fn);
    return integration;
  }

  private equip(fn: lambda.IFunction): void {
    const { grants, address, manageConnections = true, callbackUrlEnvironment = true } = this.options;
    grants.addProviders([fn, fn.role]);
    if (manageConnections) grants.grant(fn, ['execute-api:ManageConnections'], address.arns('*/@connections/*'), true);
    if (callbackUrlEnvironment) provideCallbackUrl(this.scope, fn, address.callbackUrl);
  }

  private makeRoute(plan: RoutePlan, integration: WebSocketRouteIntegration, fn?: lambda.IFunction, home = this.homes.ofRoute(plan)): void {
    const { routeKey, returnResponse, apiKeyRequired } = plan;
    const id = `Route-${encodeId(routeKey)}`;
    try {
      const route = new WebSocketRoute(home, id, withoutUndefined({
        webSocketApi: this.options.api,
        routeKey,
        integration,
        returnResponse,
        apiKeyRequired,
        authorizer: routeKey === '$connect' ? this.guard : undefined,
      }));
      if (plan.models) this.models.apply(route, plan.models);
      this.routes.set(routeKey, { plan, route, fn });
    } catch (error) {
      home.node.tryRemoveChild(id);
      throw error;
    }
    if (fn) this.tell(fn, this.labelOf(fn, plan));
  }

  /** The route that the authorizer needs, if there is no other. */
  private makeConnect(subprotocol?: string): void {
    const { api, keys, defaults, grants } = this.options;
    const plan = { routeKey: '$connect', target: {}, settings: {} };
    keys.claim(this.scope, 'routes', ['$connect']);
    this.isConnectOurs = true;
    if (subprotocol === undefined) {
      this.makeRoute(plan, connectMock(this.scope, api), undefined, this.scope);
      return;
    }
    const echo = makeSubprotocolEcho(this.scope, subprotocol, defaults);
    grants.addProviders([echo.role, ...Object.values(defaults)]);
    this.makeRoute(plan, this.integrations.forFunction(echo, () => echo, '$connect', {}), echo, this.scope);
  }

  /** What names a function, whatever routes share it. */
  private labelOf(fn: lambda.IFunction, { target }: RoutePlan): string {
    return target.handler?.handler.id ?? (target.function ? pathFrom(this.scope, fn) : 'connect');
  }

  /** The path of a `function` may be what a function of ours is called. */
  private tell(fn: lambda.IFunction, name: string): void {
    if (this.functions.has(fn)) return;
    const label = [...this.functions.values()].includes(name) ? `${name} (2)` : name;
    this.functions.set(fn, label);
    for (const listener of this.listeners) listener(fn, label);
  }

  private duplicateComplaint(routeKey: string): Complaint {
    return this.isConnectOurs && routeKey === '$connect'
      ? { reason: 'was made for the authorizer, since `routes` has none', remedy: 'put $connect into `routes`' }
      : { reason: 'is a route of this service already', remedy: 'declare it once; `route(key)` returns what was made' };
  }

  private made(property: string, routeKey: string): MadeRoute {
    const made = this.routes.get(routeKey);
    if (made) return made;
    throw problem(this.scope, property, routeKey, {
      reason: 'is no route of this service',
      remedy: `its routes are ${list(this.keys)}`,
    });
  }
}

function byKey(left: RoutePlan, right: RoutePlan): number {
  return left.routeKey < right.routeKey ? -1 : 1;
}
