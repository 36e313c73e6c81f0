import { IWebSocketRouteAuthorizer, WebSocketRoute, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { connectMock } from './connect-mock';
import { Guard } from './guard';
import { FunctionListener, NamedFunctions } from './named-functions';
import { RouteKeys } from './route-keys';
import { RouteParts } from './route-parts';
import { RoutePlan } from './route-target';
import { RouteTargetOptions, RouteTargets } from './route-targets';
import { makeSubprotocolEcho } from './subprotocol-echo';
import { encodeId } from '../construct-id';
import { FunctionSettings } from '../handlers/function-settings';
import { aliasOf } from '../handlers/function-setup';
import { HandlerUse } from '../handlers/handler-functions';
import { withoutUndefined } from '../members';
import { RouteModels } from '../models/route-models';
import { sortedBy } from '../order';
import { Fault, list, problem } from '../problem';

/** The API that routes are made in, and what its functions get. */
export interface RouteTableOptions extends RouteTargetOptions {
  /** Those of the API, wherever they were made. */
  readonly keys: RouteKeys;
  readonly defaults: FunctionSettings;
  /** Into how many nested stacks the routes go. */
  readonly nestedStacks?: number;
}

/** A function with the keys of the routes that invoke it. */
export interface RouteFunction {
  readonly function: lambda.IFunction;
  readonly alias?: lambda.Alias;
  readonly routeKeys: string[];
}

interface MadeRoute {
  readonly plan: RoutePlan;
  readonly route: WebSocketRoute;
  readonly fn?: lambda.IFunction;
}

/** The routes of one construct, with all that they invoke. */
export class RouteTable {
  public readonly parts: RouteParts;
  private readonly targets: RouteTargets;
  private readonly models: RouteModels;
  private readonly functions = new NamedFunctions();
  private readonly routes = new Map<string, MadeRoute>();
  /** Who is asked before `$connect` is invoked. */
  private guard?: IWebSocketRouteAuthorizer;
  private isConnectOurs = false;

  public constructor(private readonly scope: Construct, private readonly options: RouteTableOptions) {
    this.parts = new RouteParts(scope, options.nestedStacks);
    this.targets = new RouteTargets(scope, this.parts, options);
    this.models = new RouteModels(scope, options.api, options.keys.models);
  }

  public get keys(): string[] {
    return [...this.routes.keys()];
  }

  /** The plans of all routes, in the order of their keys. */
  public get plans(): RoutePlan[] {
    return inOrder([...this.routes.values()].map(({ plan }) => plan));
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
    this.targets.addHandlers(plans, guardian);
    if (guard) this.bindGuard(guard, guardian);
    // In the order of the keys, so that no id depends on the order in which a map was written.
    for (const plan of inOrder(plans)) this.makePlanned(plan);
    if (this.guard && !this.has('$connect')) this.makeConnect(guard?._subprotocol);
  }

  /** One route more. */
  public add(plan: RoutePlan): WebSocketRoute {
    const { routeKey } = plan;
    if (this.has(routeKey)) throw problem(this.scope, 'addRoute', routeKey, this.duplicateFault(routeKey));
    this.options.keys.claim(this.scope, 'addRoute', [routeKey]);
    const isKnown = this.targets.homes.has(plan.target);
    try {
      this.targets.addHandlers([plan]);
      this.makePlanned(plan);
    } catch (error) {
      // Whoever catches it may add the key again, here or elsewhere.
      this.options.keys.release(routeKey);
      if (!isKnown) this.targets.homes.forget(plan.target);
      this.parts.prune();
      throw error;
    }
    return this.route(routeKey);
  }

  /** Tells of the functions of routes and authorizer, each with what names it, also of those to come. */
  public onFunction(listener: FunctionListener): void {
    this.functions.onAdd(listener);
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

  /** The alias by which a route invokes the function of its handler. */
  public alias(routeKey: string): lambda.Alias {
    const { plan, fn } = this.made('alias', routeKey);
    const found = plan.target.handler && fn && aliasOf(fn);
    if (found) return found;
    throw problem(this.scope, 'alias', routeKey, {
      reason: 'invokes its function without an alias',
      remedy: 'set `alias` on the route or in `defaults`, or reach the function by `function(key)`',
    });
  }

  /** The functions that the user's routes invoke, each with the keys of its routes, in the order of these. */
  public get routeFunctions(): RouteFunction[] {
    const found = new Map<lambda.IFunction, string[]>();
    for (const { routeKey, target } of this.plans) {
      const fn = target.handler || target.function ? this.function(routeKey) : undefined;
      if (fn) found.set(fn, [...found.get(fn) ?? [], routeKey]);
    }
    return [...found].map(([fn, routeKeys]) => withoutUndefined({ function: fn, alias: aliasOf(fn), routeKeys }));
  }

  private bindGuard(guard: Guard, guardian?: HandlerUse): void {
    const { api, address, grants, defaults } = this.options;
    const fn = guardian ? this.targets.handler(guardian) : guard._function ?? guard._makeFunction(this.scope, defaults);
    grants.addProviders([fn, fn?.role, ...guard._providers(defaults)]);
    // An alias is that of a function made here; one that is given is invoked as it is.
    this.guard = guard._bind(this.scope, api, address, fn && fn !== guard._function ? aliasOf(fn) ?? fn : fn);
    if (fn) this.functions.add(fn, guardian?.handler.id ?? 'authorizer');
  }

  private makePlanned(plan: RoutePlan): void {
    const integration = this.targets.integration(plan);
    try {
      this.makeRoute(plan, integration, this.targets.function(plan));
    } catch (error) {
      this.targets.withdraw(plan);
      throw error;
    }
    this.targets.confirm(plan);
  }

  private makeRoute(plan: RoutePlan, integration: WebSocketRouteIntegration, fn?: lambda.IFunction, home = this.targets.homes.ofRoute(plan)): void {
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
    if (fn) this.functions.add(fn, this.targets.nameOf(fn, plan));
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
    this.makeRoute(plan, this.targets.integrations.forFunction(aliasOf(echo) ?? echo, () => echo, '$connect', {}), echo, this.scope);
  }

  private duplicateFault(routeKey: string): Fault {
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

function inOrder(plans: RoutePlan[]): RoutePlan[] {
  return sortedBy(plans, ({ routeKey }) => routeKey);
}
