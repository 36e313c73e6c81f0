import { Annotations, Stack } from 'aws-cdk-lib';
import {
  IWebSocketRouteAuthorizer,
  WebSocketApi,
  WebSocketRoute,
  WebSocketRouteIntegration,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { WebsocketFunctionOptions } from './function';
import { ApiGrants } from './private/api-grants';
import { provideCallbackUrl } from './private/callback-url';
import { routeCountComplaint } from './private/checks/route-count';
import { connectMock } from './private/connect-mock';
import { encodeId, pathFrom } from './private/construct-id';
import { HandlerFunctions, HandlerUse } from './private/handler-functions';
import { Complaint, list, problem } from './private/problem';
import { reportResourceCount } from './private/resource-count';
import { RouteIntegrations } from './private/route-integrations';
import { RoutePlan } from './private/route-target';
import { planRoute, WebsocketRouteOptions } from './route';
import { checkServiceProps, DEFAULT_STAGE_NAME, WebsocketServiceProps } from './service-props';

/**
 * A WebSocket backend as a route map: API, stage, functions, integrations, permissions and grants.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
 */
export class WebsocketService extends Construct {
  /** The API. */
  public readonly api: WebSocketApi;

  /** The stage. Every change of a route is deployed to it. */
  public readonly stage: WebSocketStage;

  /** Where clients connect: `wss://...`. */
  public readonly url: string;

  /** Where backends send to clients: the `https://...` endpoint of `@connections`. */
  public readonly callbackUrl: string;

  private readonly props: WebsocketServiceProps;
  private readonly defaults: WebsocketFunctionOptions;
  private readonly stageName: string;
  private readonly handlers: HandlerFunctions;
  private readonly integrations: RouteIntegrations;
  private readonly grants: ApiGrants;
  private readonly guard?: IWebSocketRouteAuthorizer;
  private readonly routes = new Map<string, { route: WebSocketRoute; fn?: lambda.IFunction }>();

  public constructor(scope: Construct, id: string, props: WebsocketServiceProps) {
    super(scope, id);
    this.props = props;
    checkServiceProps(this, props);
    this.stageName = props.stageName ?? DEFAULT_STAGE_NAME;
    this.defaults = { ...props.defaults, bundling: props.bundling ?? props.defaults?.bundling };

    const plans = Object.entries(props.routes).map(([key, options]) => planRoute(this, key, options, this.defaults));
    const authorizer = props.authorizer?._plan(this, this.defaults);

    this.handlers = new HandlerFunctions(this);
    this.api = this.makeApi();
    this.stage = this.makeStage();
    const { region, urlSuffix } = Stack.of(this);
    // Built from the API alone: a reference to the stage in a function's environment would be a cycle.
    const address = `${this.api.apiId}.execute-api.${region}.${urlSuffix}/${this.stageName}`;
    this.url = `wss://${address}`;
    this.callbackUrl = `https://${address}`;
    this.integrations = new RouteIntegrations(this, this.api, this.stageName);
    this.grants = new ApiGrants(this);

    this.makeHandlers(plans, authorizer);
    const guardian = authorizer ? this.handlers.get(authorizer.handler) : props.authorizer?._function;
    this.grants.addProviders([guardian, guardian?.role]);
    this.guard = props.authorizer?._bind(this, this.api, guardian);
    this.makeRoutes(plans);
    if (this.guard && !this.routes.has('$connect')) this.makeConnectMock();
    if (!props.authorizer) this.warnOfPublic();
    reportResourceCount(this, this.defaults.role !== undefined && this.defaults.logGroup !== undefined);
  }

  /**
   * Adds a route. Fails for a key that is there already, for what `routes` would refuse, and if a grant made before makes the
   * stack of the new function depend on this one.
   *
   * @param routeKey a route key that the service does not have yet
   */
  public addRoute(routeKey: string, options: WebsocketRouteOptions): WebSocketRoute {
    if (this.routes.has(routeKey)) throw problem(this, 'addRoute', routeKey, this.duplicateComplaint(routeKey));
    this.checkRoom();
    const plans = [planRoute(this, routeKey, options, this.defaults)];
    this.makeHandlers(plans);
    this.makeRoutes(plans);
    return this.route(routeKey);
  }

  /** The route of a key. Fails if there is none. */
  public route(routeKey: string): WebSocketRoute {
    return this.made('route', routeKey).route;
  }

  /** The function that a route invokes. Fails if there is no such route, or if it has an `integration`. */
  public function(routeKey: string): lambda.IFunction {
    const { fn } = this.made('function', routeKey);
    if (fn) return fn;
    throw problem(this, 'function', routeKey, {
      reason: 'has an `integration`, and whether that invokes a function is its own affair',
      remedy: 'reach the route by `route(key)`, or give the function as `function`',
    });
  }

  /**
   * Allows a function, role or user to send to, look up and close connections of this stage. Warns if that takes no policy here.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  public grantManageConnections(grantee: iam.IGrantable): iam.Grant {
    return this.grantConnections(grantee);
  }

  /**
   * Allows a principal to connect to this stage if the authorizer is `WebsocketAuthorizer.iam()`. Warns if it takes no policy here.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    return this.grants.grant(grantee, ['execute-api:Invoke'], [this.api.arnForExecuteApiV2('$connect', this.stageName)]);
  }

  /**
   * A metric of the stage: `ConnectCount`, `MessageCount`, `IntegrationError`, `ClientError`, `ExecutionError` or
   * `IntegrationLatency` (milliseconds). By default the average over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.stage.metric(metricName, options);
  }

  private makeApi(): WebSocketApi {
    return new WebSocketApi(this, 'Api', {
      apiName: this.props.apiName ?? this.node.id,
      description: this.props.description,
      routeSelectionExpression: this.props.routeSelectionExpression,
      ipAddressType: this.props.ipAddressType,
      disableSchemaValidation: this.props.disableSchemaValidation,
    });
  }

  private makeStage(): WebSocketStage {
    return new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: this.stageName,
      autoDeploy: true,
      throttle: this.props.throttle,
      detailedMetricsEnabled: this.props.detailedMetricsEnabled,
      stageVariables: this.props.stageVariables,
    });
  }

  /** Makes the functions of handlers that have none yet, from one build. */
  private makeHandlers(plans: RoutePlan[], authorizer?: HandlerUse): void {
    const uses = [...plans.flatMap(({ target }) => target.handler ?? []), ...(authorizer ? [authorizer] : [])];
    this.handlers.check(uses);
    for (const { routeKey, target } of plans) {
      const { function: fn, handler } = target;
      this.grants.checkProviders([fn, fn?.role, ...Object.values(handler?.settings ?? {})], `routes["${routeKey}"]`);
      // A function waits for its role, wherever that is from.
      if (handler?.settings.role) this.grants.checkProvider(handler.settings.role, `routes["${routeKey}"].role`);
    }
    this.handlers.add(uses);
    this.grants.addProviders(uses.flatMap(({ settings }) => Object.values(settings)));
  }

  private makeRoutes(plans: RoutePlan[]): void {
    // In the order of the keys, so that no id depends on the order in which a map was written.
    for (const plan of [...plans].sort((a, b) => (a.routeKey < b.routeKey ? -1 : 1))) {
      const { routeKey, target, returnResponse } = plan;
      const fn = target.handler ? this.handlers.get(target.handler.handler) : target.function;
      const integration = fn ? this.functionIntegration(fn, plan) : this.integrations.forIntegration(target.integration!, routeKey);
      this.makeRoute(routeKey, integration, returnResponse, fn);
    }
  }

  private makeRoute(routeKey: string, integration: WebSocketRouteIntegration, returnResponse?: boolean, fn?: lambda.IFunction): void {
    const route = new WebSocketRoute(this, `Route-${encodeId(routeKey)}`, {
      webSocketApi: this.api,
      routeKey,
      integration,
      returnResponse,
      authorizer: routeKey === '$connect' ? this.guard : undefined,
    });
    this.routes.set(routeKey, { route, fn });
  }

  /** The route that the authorizer needs, if there is no other. */
  private makeConnectMock(): void {
    this.checkRoom();
    this.makeRoute('$connect', connectMock(this, this.api));
  }

  /** Refuses one route more than an API takes. */
  private checkRoom(): void {
    const count = this.routes.size + 1;
    const complaint = routeCountComplaint(count);
    if (complaint) throw problem(this, 'routes', count, complaint);
  }

  /** The integration of a function; the first time, the function gets what every target of a route has. */
  private functionIntegration(fn: lambda.IFunction, plan: RoutePlan): WebSocketRouteIntegration {
    const isNew = !this.integrations.has(fn);
    const home = (): Construct => (plan.target.handler ? fn : new Construct(this, `Function-${encodeId(pathFrom(this, fn))}`));
    const integration = this.integrations.forFunction(fn, home, plan.routeKey, plan);
    if (isNew) this.equip(fn);
    return integration;
  }

  private grantConnections(grantee: iam.IGrantable, isTarget?: boolean): iam.Grant {
    const connections = this.api.arnForExecuteApiV2('*/@connections/*', this.stageName);
    return this.grants.grant(grantee, ['execute-api:ManageConnections'], [connections], isTarget);
  }

  private equip(fn: lambda.IFunction): void {
    this.grants.addProviders([fn, fn.role]);
    if (this.props.manageConnections ?? true) this.grantConnections(fn, true);
    if (this.props.callbackUrlEnvironment ?? true) provideCallbackUrl(this, fn, this.callbackUrl);
  }

  private duplicateComplaint(routeKey: string): Complaint {
    return routeKey in this.props.routes || routeKey !== '$connect' || !this.guard
      ? { reason: 'is a route of this service already', remedy: 'declare it once; `route(key)` returns what was made' }
      : { reason: 'was made for the authorizer, since `routes` has none', remedy: 'put $connect into `routes`' };
  }

  private warnOfPublic(): void {
    Annotations.of(this).addWarningV2(
      'cdk-websocket-service:openToPublic',
      'everybody may connect: give `authorizer`, or `WebsocketAuthorizer.none()` if that is meant',
    );
  }

  private made(property: string, routeKey: string): { route: WebSocketRoute; fn?: lambda.IFunction } {
    const made = this.routes.get(routeKey);
    if (made) return made;
    throw problem(this, property, routeKey, {
      reason: 'is no route of this service',
      remedy: `its routes are ${list([...this.routes.keys()])}`,
    });
  }
}
