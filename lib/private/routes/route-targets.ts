import { IWebSocketApi, WebSocketRouteIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { provideCallbackUrls, warnOfOneStage } from './callback-url';
import { providersOf, RouteIntegrations } from './route-integrations';
import { RouteParts } from './route-parts';
import { RoutePlan } from './route-target';
import { TargetHomes } from './target-homes';
import { ApiGrants } from '../api-grants';
import { encodeId, pathFrom } from '../construct-id';
import { aliasOf } from '../handlers/function-setup';
import { HandlerFunctions, HandlerUse } from '../handlers/handler-functions';
import { ServiceAddress } from '../service-address';

/** What functions of routes get. */
export interface RouteTargetOptions {
  readonly api: IWebSocketApi;
  readonly address: ServiceAddress;
  readonly grants: ApiGrants;
  readonly manageConnections?: boolean;
  readonly callbackUrlEnvironment?: boolean;
}

/** What routes invoke: each function and each integration once, however many routes share it. */
export class RouteTargets {
  public readonly homes: TargetHomes;
  public readonly integrations: RouteIntegrations;
  private readonly handlers: HandlerFunctions;

  public constructor(private readonly scope: Construct, parts: RouteParts, private readonly options: RouteTargetOptions) {
    this.homes = new TargetHomes(scope, parts);
    this.handlers = new HandlerFunctions(scope, (id) => this.homes.ofHandler(id));
    this.integrations = new RouteIntegrations(scope, options.api, options.address);
  }

  /** Makes the functions of handlers that have none yet, from one build. */
  public addHandlers(plans: RoutePlan[], guardian?: HandlerUse): void {
    const { grants } = this.options;
    if (guardian) this.homes.keep(guardian.handler.id);
    const uses = [...plans.flatMap(({ target }) => target.handler ?? []), ...(guardian ? [guardian] : [])];
    this.handlers.check(uses);
    for (const plan of plans) this.checkProviders(plan);
    this.homes.add(plans);
    this.handlers.add(uses);
    grants.addProviders(uses.flatMap(({ settings }) => Object.values(settings)));
  }

  /** The function of a handler. */
  public handler({ handler }: HandlerUse): lambda.Function {
    return this.handlers.get(handler);
  }

  /** The function of a route, whatever alias of it is invoked, if the target is no integration of the user's. */
  public function({ target }: RoutePlan): lambda.IFunction | undefined {
    return target.handler ? this.handler(target.handler) : target.function;
  }

  /** The integration of a route; the first time, its function gets what every target of a route has. */
  public integration(plan: RoutePlan): WebSocketRouteIntegration {
    const { routeKey, target } = plan;
    const fn = this.function(plan);
    if (!fn) return this.integrations.forIntegration(target.integration!, routeKey, this.homes.of(target));
    const invoked = (target.handler && aliasOf(fn)) ?? fn;
    const isNew = !this.integrations.has(invoked);
    const home = (): Construct => (target.handler ? fn : new Construct(this.homes.of(target), `Function-${encodeId(pathFrom(this.scope, fn))}`));
    const integration = this.integrations.forFunction(invoked, home, routeKey, plan);
    if (isNew) this.equip(fn);
    return integration;
  }

  /** Takes note of what an integration of the user's refers to, once its route is there. */
  public confirm({ target: { integration } }: RoutePlan): void {
    this.options.grants.addProviders(providersOf(integration));
  }

  /** Takes back what a route that failed left of an integration of the user's. */
  public withdraw({ routeKey, target }: RoutePlan): void {
    if (target.integration) this.integrations.withdraw(target.integration, routeKey);
  }

  /** What names a function, whatever routes share it. */
  public nameOf(fn: lambda.IFunction, { target }: RoutePlan): string {
    return target.handler?.handler.id ?? (target.function ? pathFrom(this.scope, fn) : 'connect');
  }

  private checkProviders({ routeKey, target: { function: fn, handler, integration } }: RoutePlan): void {
    const { grants } = this.options;
    grants.checkProviders([fn, fn?.role, ...Object.values(handler?.settings ?? {}), ...providersOf(integration)], `routes["${routeKey}"]`);
    // A function waits for its role, wherever that is from.
    if (handler?.settings.role) grants.checkProvider(handler.settings.role, `routes["${routeKey}"].role`);
  }

  private equip(fn: lambda.IFunction): void {
    const { grants, address, manageConnections = true, callbackUrlEnvironment = true } = this.options;
    grants.addProviders([fn, fn.role]);
    if (manageConnections) grants.grant(fn, ['execute-api:ManageConnections'], address.arns('*/@connections/*'), true);
    if (callbackUrlEnvironment) provideCallbackUrls(this.scope, fn, address);
    else warnOfOneStage(this.scope, fn, address);
  }
}
