import { Annotations, CfnDeletionPolicy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { warnOfPublic } from './authorizer';
import { WebsocketFunctionOptions, WebsocketRouteFunction } from './function';
import { NamedFunctions } from './named-function';
import { Checks } from './private/checks/checks';
import { constructWith, OBJECT } from './private/checks/kind';
import { isPartOf } from './private/construct-id';
import { ownMembers } from './private/members';
import { failSynthesisWith, list } from './private/problem';
import { reportResourceCount } from './private/resource-count';
import { RouteKeys } from './private/routes/route-keys';
import { RouteTable } from './private/routes/route-table';
import { ServiceAddress } from './private/service-address';
import { RouteDeployment } from './private/stages/deployment';
import { StoreAccess } from './private/store/store-access';
import { planAddedRoute, planRoute, RoutePlan, WebsocketServiceRoute } from './route';
import { checkRouteMap, handlerDefaults, planRouteMap, WebsocketRouteMap } from './route-map';
import { NAMING, ServiceNaming } from './service-naming';
import { IWebsocketService, WebsocketServiceBase } from './websocket-service-base';

/**
 * Properties of `WebsocketRoutes`.
 *
 * @example
 * new WebsocketRoutes(this, 'Orders', {
 *   service,
 *   routes: { order: { handler: 'src/orders.order' } },
 *   defaults: { memorySize: 256 },
 * });
 */
export interface WebsocketRoutesProps extends WebsocketRouteMap {
  /**
   * The service that gets the routes: a `WebsocketService` of another stack, or `WebsocketService.fromAttributes(...)`.
   *
   * The service must be in the Region and account of this stack. Its own routes are not changed. An `authorizer` requires `$connect` among
   * the routes given here.
   */
  readonly service: IWebsocketService;

  /**
   * Whether to deploy these routes to the stage whenever they change.
   *
   * Not needed for a stage that deploys changes automatically, as a `WebsocketService` does unless `autoDeploy` is false. A stage of the
   * Serverless Framework does not: clients reach a route that is added to its API after its next deployment, or with this option.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
   * @default false
   */
  readonly deploy?: boolean;

  /**
   * The logical ids and names of the resources, for routes that take over the stack of another tool.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
   * @default - logical ids come from construct paths, and names from CloudFormation
   */
  readonly naming?: ServiceNaming;
}

const SERVICE = constructWith(
  'a WebsocketService', '_routeKeys', "WebsocketService.fromAttributes(this, 'Chat', { apiId, stageName }) for one that is made elsewhere",
);

/**
 * Routes in the API of a service that another stack or tool owns. The methods of `IWebsocketService` apply to that API.
 *
 * @example
 * const platform = WebsocketService.fromAttributes(this, 'Platform', { apiId: 'a1b2c3d4e5', stageName: 'prod' });
 * new WebsocketRoutes(this, 'Orders', { service: platform, routes: { order: { handler: 'src/orders.order' } } });
 */
export class WebsocketRoutes extends WebsocketServiceBase {
  /** @internal */
  public readonly _routeKeys: RouteKeys;

  /** @internal */
  public readonly _manualStages?: readonly string[];

  /** @internal */
  public readonly _store?: StoreAccess;

  /** @internal */
  protected readonly _address: ServiceAddress;

  private readonly defaults: WebsocketFunctionOptions;
  private readonly named: NamedFunctions;
  private readonly table: RouteTable;
  private readonly isPublic: boolean;

  public constructor(scope: Construct, id: string, props: WebsocketRoutesProps) {
    super(scope, id);
    this.check(props);
    this.defaults = handlerDefaults(props);
    const { service, authorizer } = props;
    const { routes, functions, authorizerHandler } = planRouteMap(this, props, this.defaults, planRouteHere);
    this.named = functions;
    new Checks(this).values('WebsocketRoutesProps', props);

    const { _routeKeys, _manualStages, _grants, _store } = service as WebsocketServiceBase;
    this._routeKeys = _routeKeys;
    this._manualStages = _manualStages;
    this._store = _store;
    // A literal API id makes no dependency between stacks.
    if (Token.isUnresolved(service.apiId)) _grants.addRoutes(this);
    this._address = new ServiceAddress(this, service);
    const api = WebSocketApi.fromWebSocketApiAttributes(this, 'Api', { webSocketId: service.apiId });
    this.table = new RouteTable(this, {
      ...ownMembers(props),
      naming: props.naming?._bind(this, service.stageName),
      defaults: this.defaults,
      api,
      address: this._address,
      grants: this._grants,
      keys: this._routeKeys,
      store: _store,
    });
    this.table.addAll(routes, authorizer, authorizerHandler, functions);
    if (props.deploy) this.deploy();
    else this.warnOfDeployment(service);
    this.isPublic = !authorizer;
    if (this.isPublic && '$connect' in props.routes) warnOfPublic(this);
    reportResourceCount(this, this.defaults, this.table.stacks);
  }

  /**
   * Adds a route. Throws if the key exists already, and for options that `routes` would reject. Synthesis then fails with the same error,
   * even if the app catches it.
   */
  public addRoute(routeKey: string, options: WebsocketServiceRoute): WebSocketRoute {
    const route = failSynthesisWith(this, () => (
      this.table.add(withoutStage(this, planAddedRoute(this, routeKey, options, this.defaults, this.named)))));
    if (this.isPublic && routeKey === '$connect') warnOfPublic(this);
    return route;
  }

  /** The route with this key. Throws if the key is not one of these routes. */
  public route(routeKey: string): WebSocketRoute {
    return this.table.route(routeKey);
  }

  /** The function that a route invokes, directly or through its `alias`. Throws if no route here has that key and invokes a function. */
  public function(routeKey: string): lambda.IFunction {
    return this.table.function(routeKey);
  }

  /** The function with this key in `functions`. Throws if there is none. */
  public functionByKey(functionKey: string): lambda.Function {
    return this.table.functionByKey(functionKey);
  }

  /** The alias through which a route invokes the function of its handler. Throws if no route here has that key, or if it has no `alias`. */
  public alias(routeKey: string): lambda.Alias {
    return this.table.alias(routeKey);
  }

  /** The functions that these routes invoke, each once, with the keys of its routes. The function of the authorizer is not included. */
  public get functions(): WebsocketRouteFunction[] {
    return this.table.routeFunctions;
  }

  private check(props: WebsocketRoutesProps): void {
    const checks = new Checks(this);
    checks.required('props', props, { ...OBJECT, example: '{ service, routes }' });
    checks.names('WebsocketRoutesProps', props);
    checks.required('service', props.service, SERVICE);
    checkRouteMap(checks, props);
    this.checkPlace(checks, props.service);
    if (props.authorizer && !('$connect' in props.routes)) {
      checks.refuse('authorizer', Object.keys(props.routes), {
        reason: 'are routes without $connect, the route that an authorizer protects',
        remedy: 'give the authorizer where $connect is declared',
      });
    }
    checks.kind('naming', props.naming, NAMING);
    if (props.deploy) this.checkDeploy(checks, props.service as WebsocketServiceBase);
  }

  private checkDeploy(checks: Checks, service: WebsocketServiceBase): void {
    const remedy = 'leave it out';
    if (service._manualStages?.length === 0) {
      checks.refuse('deploy', true, {
        reason: 'is for a stage that does not deploy changes itself, but the stage of the service does', remedy,
      });
    }
    if (!deploysWith(service, this)) return;
    checks.refuse('deploy', true, {
      reason: 'would deploy a second time: these routes are in the stack of the service, whose own deployment has them', remedy,
    });
  }

  /** CloudFormation creates a route in the Region and account of its stack. */
  private checkPlace(checks: Checks, service: IWebsocketService): void {
    const { region, account } = Stack.of(this);
    for (const [name, here, there] of [['Region', region, service.region], ['account', account, service.account]]) {
      if (here === there || Token.isUnresolved(here) || Token.isUnresolved(there)) continue;
      checks.refuse('service', service, {
        reason: `is in the ${name} ${there}, and routes are made in the ${name} of their stack, ${here}`,
        remedy: `put the routes into a stack of that ${name}`,
      });
    }
  }

  /** The stage belongs to another stack: the deployment is retained when these routes are removed. */
  private deploy(): void {
    for (const stageName of this._manualStages ?? this.stageNames) {
      const id = stageName === this.stageName ? 'Deployment' : `Deployment-${stageName}`;
      const deployment = new RouteDeployment(this, id, { apiId: this.apiId, stageName });
      deployment.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, { applyToUpdateReplacePolicy: false });
      // CloudFormation has no RetainExceptOnCreate for replacements, where the old deployment always exists.
      deployment.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }
  }

  private warnOfDeployment(service: IWebsocketService): void {
    const manual = this._manualStages ?? [];
    if (manual.length === 0 || deploysWith(service as WebsocketServiceBase, this)) return;
    const [subject, verb] = manual.length > 1 ? ['stages', 'do'] : ['the stage', 'does'];
    Annotations.of(this).addWarningV2(
      'cdk-websocket-service:routesNotDeployed',
      `${subject} ${list(manual)} of ${service.node.path} ${verb} not deploy changes automatically: clients reach these routes after the `
      + 'next deployment. Set `deploy`',
    );
  }
}

const planRouteHere: typeof planRoute = (scope, ...rest) => withoutStage(scope, planRoute(scope, ...rest));

/** Rejects settings of the stage, which belongs to another stack. */
function withoutStage(scope: Construct, plan: RoutePlan): RoutePlan {
  for (const [name, value] of Object.entries(plan.settings)) {
    new Checks(scope, `routes["${plan.routeKey}"]`).refuse(name, value, {
      reason: 'is a setting of the stage, which is not made here', remedy: 'set it where the stage is made, or declare the route there',
    });
  }
  return plan;
}

/** Whether the deployment of the service includes these routes, since they are in its stack. */
function deploysWith(service: WebsocketServiceBase, routes: Construct): boolean {
  return (service._manualStages ?? []).length > 0 && isPartOf(Stack.of(routes), Stack.of(service));
}
