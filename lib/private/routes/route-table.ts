import { IWebSocketRouteAuthorizer, WebSocketRoute, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ModelResources } from './model-resources';
import { makeConnectMock } from './route-integrations';
import { RouteKeys } from './route-keys';
import { RouteStacks } from './route-scopes';
import { RouteTargetOptions, RouteTargets } from './route-targets';
import type { ConnectAuthorizer } from '../../authorizer';
import type { WebsocketRouteFunction } from '../../function';
import type { NamedFunctions } from '../../named-function';
import type { RoutePlan } from '../../route';
import { encodeId } from '../construct-id';
import { FunctionSettings } from '../handlers/function-settings';
import { aliasOf } from '../handlers/function-setup';
import { canBeWrapped, HandlerUse } from '../handlers/handler-functions';
import { presetFunction } from '../handlers/preset-function';
import { withoutUndefined } from '../members';
import { Fault, list, problem } from '../problem';
import { LIFECYCLE, makeConnectionTracker, warnOfUntracked, withWrapper } from '../store/tracking';
import { sortedBy } from '../values';

export interface RouteTableOptions extends RouteTargetOptions {
  readonly keys: RouteKeys;
  readonly defaults: FunctionSettings;
  readonly nestedStacks?: number;
  /** Whether routes that the connection store needs are made if they are missing. */
  readonly tracksConnections?: boolean;
}

interface MadeRoute {
  readonly plan: RoutePlan;
  readonly route: WebSocketRoute;
  readonly fn?: lambda.IFunction;
}

/** The routes of one construct, with their targets. */
export class RouteTable {
  public readonly stacks: RouteStacks;
  private readonly targets: RouteTargets;
  private readonly models: ModelResources;
  private readonly functions = new LabelledFunctions();
  private readonly named = new Map<string, lambda.Function>();
  private readonly routes = new Map<string, MadeRoute>();
  /** The authorizer of `$connect`. */
  private authorizer?: IWebSocketRouteAuthorizer;
  /** What the routes that this library has added are for, by their keys. */
  private readonly ours = new Map<string, string>();

  public constructor(private readonly scope: Construct, private readonly options: RouteTableOptions) {
    this.stacks = new RouteStacks(scope, options.nestedStacks);
    this.targets = new RouteTargets(scope, this.stacks, options);
    this.models = new ModelResources(scope, options.api, options.keys.models);
  }

  /** The plans of all routes, in the order of their keys. */
  public get plans(): RoutePlan[] {
    return inOrder([...this.routes.values()].map(({ plan }) => plan));
  }

  public plan(routeKey: string): RoutePlan {
    return this.made('metricForRoute', routeKey).plan;
  }

  /**
   * Makes all routes of the props: the functions of all handlers from one build, then the authorizer, then the routes.
   *
   * @param authorizerHandler the handler of the authorizer, if it has one
   */
  public addAll(
    given: RoutePlan[], authorizer?: ConnectAuthorizer, authorizerHandler?: HandlerUse, functions: NamedFunctions = new Map(),
  ): void {
    this.options.keys.claim(this.scope, 'routes', given.map(({ routeKey }) => routeKey));
    const plans = this.wrapped(given);
    this.targets.addHandlers(plans, authorizerHandler, [...functions.values()]);
    if (authorizer) this.bindAuthorizer(authorizer, authorizerHandler);
    // In the order of the keys, so that no id depends on the order in which a map was written.
    for (const plan of inOrder(plans)) this.make(plan, this.targets.integration(plan), this.targets.function(plan));
    this.options.naming?.dropSecondPermissions();
    this.addNamed(functions);
    if (this.options.tracksConnections) this.trackConnections(authorizer?._subprotocol);
    else if (this.authorizer && !this.routes.has('$connect')) this.makeConnect(authorizer?._subprotocol);
  }

  /** Makes the route of `addRoute`. */
  public add(plan: RoutePlan): WebSocketRoute {
    const { routeKey } = plan;
    if (this.routes.has(routeKey)) throw problem(this.scope, 'addRoute', routeKey, this.duplicateFault(routeKey));
    this.options.keys.claim(this.scope, 'addRoute', [routeKey]);
    const [added] = this.wrapped([plan]);
    this.targets.addHandlers([added]);
    const route = this.make(added, this.targets.integration(added), this.targets.function(added));
    this.options.naming?.dropSecondPermissions();
    return route;
  }

  /** Adds a function of the library that no route invokes, for alarms and dashboards. */
  public addFunction(fn: lambda.IFunction, name: string): void {
    this.functions.add(fn, name);
  }

  /** Calls the listener with each function of routes and authorizer, including functions that are added later. */
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
      reason: 'has an `integration`, which may not invoke a function',
      remedy: 'reach the route by `route(key)`, or give the function as `function`',
    });
  }

  public functionByKey(functionKey: string): lambda.Function {
    const found = this.named.get(functionKey);
    if (found) return found;
    throw problem(this.scope, 'functionByKey', functionKey, {
      reason: 'is not a key of `functions`',
      remedy: this.named.size === 0 ? 'reach the function of a route by `function(key)`' : `its keys are ${list([...this.named.keys()])}`,
    });
  }

  public alias(routeKey: string): lambda.Alias {
    const { plan, fn } = this.made('alias', routeKey);
    const found = plan.target.handler && fn && aliasOf(fn);
    if (found) return found;
    throw problem(this.scope, 'alias', routeKey, {
      reason: 'invokes its function without an alias',
      remedy: 'set `alias` on the route or in `defaults`, or reach the function by `function(key)`',
    });
  }

  /** The functions that the user's routes invoke, in the order of their first route keys. */
  public get routeFunctions(): WebsocketRouteFunction[] {
    const found = new Map<lambda.IFunction, string[]>();
    for (const { routeKey, target } of this.plans) {
      const fn = target.handler || target.function ? this.function(routeKey) : undefined;
      if (fn) found.set(fn, [...found.get(fn) ?? [], routeKey]);
    }
    return [...found].map(([fn, routeKeys]) => withoutUndefined({ function: fn, alias: aliasOf(fn), routeKeys }));
  }

  /** Grants and addresses of the functions that no route invokes. */
  private addNamed(functions: NamedFunctions): void {
    for (const [key, use] of functions) {
      const fn = this.targets.handler(use);
      this.named.set(key, fn);
      if (this.functions.has(fn)) continue;
      this.functions.add(fn, key);
      this.targets.equip(fn, canBeWrapped(use));
    }
  }

  private bindAuthorizer(authorizer: ConnectAuthorizer, handler?: HandlerUse): void {
    const { api, address, grants, defaults } = this.options;
    const fn = handler ? this.targets.handler(handler) : authorizer._function ?? authorizer._makeFunction(this.scope, defaults);
    grants.addProducers([fn, fn?.role, ...authorizer._producers(defaults)]);
    // The user's own function is invoked as it is given, even if another service made an alias of it.
    const invoked = fn && fn !== authorizer._function ? aliasOf(fn) ?? fn : fn;
    this.authorizer = authorizer._bind(this.scope, api, address, invoked);
    if (fn) this.options.naming?.addAuthorizer(authorizer._name, handler?.functionKey);
    if (fn) this.functions.add(fn, handler?.functionKey ?? handler?.handler.id ?? 'authorizer');
  }

  private make(
    plan: RoutePlan, integration: WebSocketRouteIntegration, fn?: lambda.IFunction, scope = this.targets.scopeOf(plan),
  ): WebSocketRoute {
    const { routeKey, returnResponse, apiKeyRequired } = plan;
    const route = new WebSocketRoute(scope, `Route-${encodeId(routeKey)}`, withoutUndefined({
      webSocketApi: this.options.api,
      routeKey,
      integration,
      returnResponse,
      apiKeyRequired,
      authorizer: routeKey === '$connect' ? this.authorizer : undefined,
    }));
    if (plan.models) this.models.apply(route, plan.models);
    this.routes.set(routeKey, { plan, route, fn });
    if (fn) this.functions.add(fn, this.targets.nameOf(fn, plan), Boolean(plan.target.handler ?? plan.target.function));
    return route;
  }

  /** Adds the route that the authorizer needs. */
  private makeConnect(subprotocol?: string): void {
    const { api, defaults, grants } = this.options;
    const plan = this.planOurs('$connect', 'the authorizer');
    if (subprotocol === undefined) {
      this.make(plan, makeConnectMock(this.scope, api), undefined, this.scope);
      return;
    }
    // The function selects the subprotocol, which an authorizer cannot do: browsers close a connection if the server selects none.
    const echo = presetFunction(this.scope, 'ConnectEcho', 'subprotocol-echo', defaults, { SUBPROTOCOL: subprotocol });
    grants.addProducers([echo.role, ...Object.values(defaults)]);
    this.make(plan, this.targets.integrations.forFunction(aliasOf(echo) ?? echo, () => echo, '$connect', {}), echo, this.scope);
  }

  private wrapped(plans: RoutePlan[]): RoutePlan[] {
    if (!this.options.store) return plans;
    warnOfUntracked(this.scope, plans);
    return plans.map(withWrapper);
  }

  /** The missing ones of `$connect` and `$disconnect`, both served by one function that keeps the connection store. */
  private trackConnections(subprotocol?: string): void {
    const missing = LIFECYCLE.filter((routeKey) => !this.routes.has(routeKey));
    if (missing.length === 0) return;
    const { defaults, grants } = this.options;
    const fn = makeConnectionTracker(this.scope, defaults, subprotocol);
    grants.addProducers([fn.role, ...Object.values(defaults)]);
    this.functions.add(fn, 'connections');
    for (const routeKey of missing) {
      const plan = this.planOurs(routeKey, 'the connection store');
      const integration = this.targets.integrations.forFunction(aliasOf(fn) ?? fn, () => fn, routeKey, {});
      this.make(plan, integration, fn, this.scope);
    }
    this.targets.equip(fn, true);
  }

  private planOurs(routeKey: string, purpose: string): RoutePlan {
    this.options.keys.claim(this.scope, 'routes', [routeKey]);
    this.ours.set(routeKey, purpose);
    return { routeKey, target: {}, settings: {} };
  }

  private duplicateFault(routeKey: string): Fault {
    const purpose = this.ours.get(routeKey);
    return purpose !== undefined
      ? { reason: `was made for ${purpose}, since \`routes\` has none`, remedy: `put ${routeKey} into \`routes\`` }
      : { reason: 'is a route of this service already', remedy: 'declare it once; `route(key)` returns what was made' };
  }

  private made(property: string, routeKey: string): MadeRoute {
    const made = this.routes.get(routeKey);
    if (made) return made;
    throw problem(this.scope, property, routeKey, {
      reason: 'is not a route of this service',
      remedy: `its routes are ${list([...this.routes.keys()])}`,
    });
  }
}

function inOrder(plans: RoutePlan[]): RoutePlan[] {
  return sortedBy(plans, ({ routeKey }) => routeKey);
}

/** @param answers whether the function answers messages */
type FunctionListener = (fn: lambda.IFunction, label: string, answers: boolean) => void;

/** The functions of routes and authorizer with their labels, for alarms and dashboards. */
class LabelledFunctions {
  private readonly named = new Map<lambda.IFunction, { readonly label: string; readonly answers: boolean }>();
  private readonly listeners: FunctionListener[] = [];

  /** Adds a function, unless it was added before. */
  public add(fn: lambda.IFunction, name: string, answers = false): void {
    if (this.named.has(fn)) return;
    // The path of a `function` target may equal the id of a handler.
    const label = [...this.named.values()].some((other) => other.label === name) ? `${name} (2)` : name;
    this.named.set(fn, { label, answers });
    for (const listener of this.listeners) listener(fn, label, answers);
  }

  public has(fn: lambda.IFunction): boolean {
    return this.named.has(fn);
  }

  public onAdd(listener: FunctionListener): void {
    for (const [fn, { label, answers }] of this.named) listener(fn, label, answers);
    this.listeners.push(listener);
  }
}
