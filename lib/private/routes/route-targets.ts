import { IWebSocketApi, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { provideCallbackUrls, warnOfOneStage } from './callback-url';
import { producersOf, RouteIntegrations } from './route-integrations';
import { RouteScopes, RouteStacks } from './route-scopes';
import type { RoutePlan } from '../../route';
import { ApiGrants, manageConnections } from '../api-grants';
import { encodeId, pathFrom } from '../construct-id';
import { isOfService } from '../handlers/function-environment';
import { aliasOf } from '../handlers/function-setup';
import { canBeWrapped, HandlerFunctions, HandlerUse } from '../handlers/handler-functions';
import type { Naming } from '../naming/serverless-naming';
import { ServiceAddress } from '../service-address';
import { providePublishEnvironment } from '../store/publish-environment';
import { StoreAccess } from '../store/store-access';

export interface RouteTargetOptions {
  readonly api: IWebSocketApi;
  readonly address: ServiceAddress;
  readonly grants: ApiGrants;
  readonly store?: StoreAccess;
  readonly manageConnections?: boolean;
  readonly callbackUrlEnvironment?: boolean;
  readonly naming?: Naming;
}

/** The targets of routes: each function and each integration once, however many routes share it. */
export class RouteTargets {
  public readonly integrations: RouteIntegrations;
  private readonly scopes: RouteScopes;
  private readonly handlers: HandlerFunctions;

  public constructor(private readonly scope: Construct, stacks: RouteStacks, private readonly options: RouteTargetOptions) {
    this.scopes = new RouteScopes(scope, stacks);
    this.handlers = new HandlerFunctions(scope, (id) => this.scopes.ofHandler(id), options.naming);
    this.integrations = new RouteIntegrations(scope, options.api, options.address);
  }

  /** Makes the missing functions of handlers from one build. */
  public addHandlers(plans: RoutePlan[], authorizer?: HandlerUse, functions: readonly HandlerUse[] = []): void {
    const { grants } = this.options;
    if (authorizer) this.scopes.keep(authorizer.handler.id);
    const uses = [...plans.flatMap(({ target }) => target.handler ?? []), ...(authorizer ? [authorizer] : []), ...functions];
    this.handlers.check(uses);
    for (const plan of plans) this.checkProducers(plan);
    this.scopes.add(plans);
    for (const { handler } of functions) this.scopes.keepUnlessPlaced(handler.id);
    this.handlers.add(uses);
    grants.addProducers(uses.flatMap(({ settings }) => Object.values(settings)));
  }

  public scopeOf(plan: RoutePlan): Construct {
    return this.scopes.ofRoute(plan);
  }

  public handler({ handler }: HandlerUse): lambda.Function {
    return this.handlers.get(handler);
  }

  /** The function of a route, not its alias; `undefined` for an `integration`. */
  public function({ target }: RoutePlan): lambda.IFunction | undefined {
    return target.handler ? this.handler(target.handler) : target.function;
  }

  /** The integration of a route. A new function also gets its grants and callback URLs. */
  public integration(plan: RoutePlan): WebSocketRouteIntegration {
    const { routeKey, target } = plan;
    const fn = this.function(plan);
    if (!fn) {
      this.options.grants.addProducers(producersOf(target.integration));
      return this.integrations.forIntegration(target.integration!, routeKey, this.scopes.ofTarget(target));
    }
    const invoked = (target.handler && aliasOf(fn)) ?? fn;
    const isNew = !this.integrations.has(invoked);
    const scopeOf = (): Construct => (
      target.handler ? fn : new Construct(this.scopes.ofTarget(target), `Function-${encodeId(pathFrom(this.scope, fn))}`));
    const integration = this.integrations.forFunction(invoked, scopeOf, routeKey, plan);
    if (isNew) this.equip(fn, target.handler !== undefined && canBeWrapped(target.handler));
    return integration;
  }

  public nameOf(fn: lambda.IFunction, { target }: RoutePlan): string {
    return target.handler?.functionKey ?? target.handler?.handler.id ?? (target.function ? pathFrom(this.scope, fn) : 'connect');
  }

  private checkProducers({ routeKey, target: { function: fn, handler, integration } }: RoutePlan): void {
    const { grants } = this.options;
    grants.checkProducers([fn, fn?.role, ...Object.values(handler?.settings ?? {}), ...producersOf(integration)], `routes["${routeKey}"]`);
    // A function depends on its role, even on an imported one.
    if (handler?.settings.role) grants.checkProducer(handler.settings.role, `routes["${routeKey}"].role`);
  }

  /**
   * Grants and environment of a function that routes invoke.
   *
   * @param isWrapped whether its code is bundled within the runtime, if there is a store
   */
  public equip(fn: lambda.IFunction, isWrapped: boolean): void {
    const { grants, address, store, manageConnections: manages = true, callbackUrlEnvironment = true } = this.options;
    grants.addProducers([fn, fn.role]);
    const permissions = [...manages ? [manageConnections(address)] : [], ...store?.permissions(manages) ?? []];
    if (permissions.length > 0) grants.grant(fn, permissions, true);
    if (callbackUrlEnvironment) provideCallbackUrls(this.scope, fn, address);
    else warnOfOneStage(this.scope, fn, address);
    if (store) providePublishEnvironment(this.scope, fn, store.variables(manages), (...of) => isOfService(this.scope, ...of), isWrapped);
  }
}
