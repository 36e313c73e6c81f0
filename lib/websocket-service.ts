import { Tags } from 'aws-cdk-lib';
import { CfnApi, IDomainName, UsagePlan, UsagePlanProps, WebSocketApi, WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ITable } from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WebsocketAlarmsProps } from './alarm-options';
import { checkServiceAlarms, WebsocketAlarms } from './alarms';
import { checkApiKeySource } from './api-key';
import { warnOfPublic } from './authorizer';
import { checkServiceDashboard, WebsocketDashboard, WebsocketDashboardProps } from './dashboard';
import { WebsocketFunctionOptions, WebsocketRouteFunction } from './function';
import { ImportedService } from './imported-service';
import { NamedFunctions } from './named-function';
import { Checks } from './private/checks/checks';
import { OBJECT } from './private/checks/kind';
import { ownMembers, withoutUndefined } from './private/members';
import { Naming } from './private/naming/serverless-naming';
import { warnOfRouteMetrics } from './private/observability/metrics';
import { failSynthesisWith } from './private/problem';
import { reportResourceCount } from './private/resource-count';
import { RouteKeys } from './private/routes/route-keys';
import { RouteTable } from './private/routes/route-table';
import { ServiceAddress } from './private/service-address';
import { ensureCloudWatchRole } from './private/stages/cloudwatch-role';
import { hasAccessLog, makeStages, StagePlan, warnOfSilentTraces, writeLogs } from './private/stages/service-stages';
import { StoreAccess, withFanOut } from './private/store/store-access';
import { sortedBy } from './private/values';
import { planAddedRoute, WebsocketServiceRoute } from './route';
import { handlerDefaults, planRouteMap, warnOfPlainKeys } from './route-map';
import { checkServiceProps, DEFAULT_STAGE_NAME, WebsocketServiceProps } from './service-props';
import { planAdditionalStage, planStage, WebsocketStageOptions } from './stage';
import { WebsocketServiceAttributes } from './websocket-service-attributes';
import { IWebsocketService, WebsocketServiceBase } from './websocket-service-base';

/**
 * A WebSocket backend from a route map: API, stage, functions, integrations, permissions and grants.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html
 * @example
 * const chat = new WebsocketService(this, 'Chat', {
 *   routes: {
 *     $connect: { handler: 'src/lifecycle.connect' },
 *     $default: { handler: 'src/messages.fallback' },
 *     say: { handler: 'src/messages.say', returnResponse: true }, // messages with { "action": "say" }
 *   },
 *   authorizer: ConnectAuthorizer.handler('src/auth.authorize'),
 * });
 */
export class WebsocketService extends WebsocketServiceBase {
  /**
   * Imports a service that another stack or tool owns, for grants, URLs and metrics. `WebsocketRoutes` adds routes to it.
   */
  public static fromAttributes(scope: Construct, id: string, attributes: WebsocketServiceAttributes): IWebsocketService {
    return new ImportedService(scope, id, attributes);
  }

  /** The API. */
  public readonly api: WebSocketApi;

  /** The stage; the first one, if there are several. */
  public readonly stage: WebSocketStage;

  /** All stages by name. */
  public readonly stages: { [stageName: string]: WebSocketStage };

  /** The custom domain of the stage, if it has one. */
  public readonly domain?: IDomainName;

  /** The log group of the stage's access log, if it has one. */
  public readonly accessLogGroup?: ILogGroup;

  /** The table with connections, users and rooms, if there is a `connectionStore`. */
  public readonly connectionTable?: ITable;

  /** @internal */
  public readonly _routeKeys = new RouteKeys();

  /** @internal */
  public readonly _manualStages: readonly string[];

  /** @internal */
  public readonly _store?: StoreAccess;

  /** @internal */
  protected readonly _address: ServiceAddress;

  private readonly props: WebsocketServiceProps;
  private readonly defaults: WebsocketFunctionOptions;
  private readonly named: NamedFunctions;
  private readonly naming?: Naming;
  private readonly stagePlans: StagePlan[];
  private readonly table: RouteTable;

  public constructor(scope: Construct, id: string, props: WebsocketServiceProps) {
    super(scope, id);
    checkServiceProps(this, props);
    this.props = ownMembers(props);
    this.defaults = handlerDefaults(props);
    const { routes, functions, authorizerHandler } = planRouteMap(this, props, this.defaults);
    this.named = functions;
    const checks = new Checks(this);
    this.stagePlans = this.planStages(checks);
    checkApiKeySource(checks, props.apiKeySelectionExpression, props.authorizer);
    checks.values('WebsocketServiceProps', props);

    this.naming = props.naming?._bind(this, props.stageName ?? DEFAULT_STAGE_NAME);
    this.api = this.makeApi();
    this.naming?.addApi(this.api);
    this._address = this.makeAddress();
    this.noteProducers();
    this._store = this.makeStore();
    this.connectionTable = this._store?.table;
    this.table = new RouteTable(this, {
      ...this.props,
      defaults: this.defaults,
      api: this.api,
      address: this._address,
      grants: this._grants,
      keys: this._routeKeys,
      store: this._store,
      naming: this.naming,
      tracksConnections: this._store !== undefined,
    });
    this.table.addAll(routes, props.authorizer, authorizerHandler, functions);
    if (this._store?.fanOut) this.table.addFunction(this._store.fanOut, 'fan-out');

    const stages = makeStages(this, this.api, this.stagePlans, this.table);
    this.stages = Object.fromEntries(stages.map(({ stage }, index) => [this.stageNames[index], stage]));
    this._manualStages = this.stagePlans.filter(({ autoDeploy }) => !autoDeploy).map(({ name }) => name);
    ({ stage: this.stage, domainName: this.domain, accessLogGroup: this.accessLogGroup } = stages[0]);
    this.provideCloudWatchRole();

    for (const [name, value] of Object.entries(props.tags ?? {})) Tags.of(this).add(name, value);
    if (!props.authorizer) warnOfPublic(this);
    warnOfPlainKeys(this, Object.keys(props.routes));
    warnOfSilentTraces(this, this.stagePlans, routes);
    reportResourceCount(this, this.defaults, this.table.stacks);
  }

  /**
   * Adds a route. Throws if the key exists already, for options that `routes` would reject, and if the stack of the new function depends
   * on this stack because of an earlier grant. Synthesis then fails with the same error, even if the app catches it.
   *
   * @param routeKey a route key that the service does not have yet
   */
  public addRoute(routeKey: string, options: WebsocketServiceRoute): WebSocketRoute {
    return failSynthesisWith(this, () => {
      const plan = planAddedRoute(this, routeKey, options, this.defaults, this.named);
      const route = this.table.add(plan);
      warnOfSilentTraces(this, this.stagePlans, [plan]);
      this.provideCloudWatchRole();
      return route;
    });
  }

  /** The route with this key. Throws if it does not exist. */
  public route(routeKey: string): WebSocketRoute {
    return this.table.route(routeKey);
  }

  /**
   * The function that a route invokes, directly or through its `alias`. Throws if the route does not exist or has an `integration`.
   */
  public function(routeKey: string): lambda.IFunction {
    return this.table.function(routeKey);
  }

  /** The function with this key in `functions`. Throws if there is none. */
  public functionByKey(functionKey: string): lambda.Function {
    return this.table.functionByKey(functionKey);
  }

  /** The alias through which a route invokes the function of its handler. Throws if the route does not exist or has no `alias`. */
  public alias(routeKey: string): lambda.Alias {
    return this.table.alias(routeKey);
  }

  /**
   * The functions that routes invoke, each once, with the keys of its routes, including routes that `addRoute` has added so far.
   *
   * Not included are the function of the authorizer and functions that the library adds, so that a grant in a loop does not reach them,
   * and functions of an `integration`.
   */
  public get functions(): WebsocketRouteFunction[] {
    return this.table.routeFunctions;
  }

  /**
   * Creates a usage plan for all stages. Clients need an API key of such a plan if `$connect` has `apiKeyRequired`.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_apigatewayv2.UsagePlan.html
   */
  public addUsagePlan(id: string, props: UsagePlanProps = {}): UsagePlan {
    const checks = new Checks(this, 'addUsagePlan');
    checks.required('', props, { ...OBJECT, example: '{ throttle: { rateLimit: 100, burstLimit: 200 } }' });
    checks.names('aws-apigatewayv2.UsagePlanProps', props);
    checks.values('aws-apigatewayv2.UsagePlanProps', props);
    const stages = Object.values(this.stages);
    const own = stages.map((stage) => ({ api: this.api, stage }));
    const plan = new UsagePlan(this, id, { ...ownMembers(props), apiStages: [...own, ...props.apiStages ?? []] });
    // The plan refers to the stages by name only.
    plan.node.addDependency(...stages);
    return plan;
  }

  /**
   * Creates the recommended alarms on the first stage and on each function, including functions of routes that are added later.
   *
   * Can be called once; use `new WebsocketAlarms(...)` for more, for example on another stage.
   */
  public addAlarms(options: WebsocketAlarmsProps = {}): WebsocketAlarms {
    this.refuseSecond('addAlarms', 'Alarms', 'create others by `new WebsocketAlarms(...)`');
    checkServiceAlarms(this, options);
    const handlerErrors = options.handlerErrors ?? (this._store && options.functions !== false ? {} : undefined);
    const own = withoutUndefined({ handlerErrors, apiId: this.apiId, stageName: this.stageName });
    const alarms = new WebsocketAlarms(this, 'Alarms', { ...ownMembers(options), ...own });
    this._grants.addProducers([options.topic]);
    this.table.onFunction((fn, label, answers) => alarms._addFunction(fn, label, answers));
    return alarms;
  }

  /**
   * Creates a dashboard of all stages and of each function, including functions of routes that are added later.
   *
   * Can be called once; use `new WebsocketDashboard(...)` for more.
   */
  public addDashboard(options: WebsocketDashboardProps = {}): WebsocketDashboard {
    this.refuseSecond('addDashboard', 'Dashboard', 'create another by `new WebsocketDashboard(...)`');
    checkServiceDashboard(this, options);
    const dashboard = new WebsocketDashboard(this, 'Dashboard', { ...ownMembers(options), apiId: this.apiId, stageNames: this.stageNames });
    this.table.onFunction((fn, label) => dashboard.addFunction(fn, label));
    return dashboard;
  }

  /** A metric of one route by name. Warns without `detailedMetricsEnabled`, since the metric does not exist then. */
  public override metricForRoute(routeKey: string, metricName: string, options?: MetricOptions): Metric {
    const { settings } = this.table.plan(routeKey);
    if (!(settings.detailedMetricsEnabled ?? this.props.detailedMetricsEnabled)) warnOfRouteMetrics(this, routeKey);
    return super.metricForRoute(routeKey, metricName, options);
  }

  private planStages(checks: Checks): StagePlan[] {
    const { stageName = DEFAULT_STAGE_NAME, additionalStages = {}, ipAddressType, naming } = this.props;
    // A naming keeps the deployment and the retention that the stage has.
    const inNaming = (options: WebsocketStageOptions): WebsocketStageOptions => naming?._stageOptions(options) ?? options;
    return [
      planStage(checks, stageName, inNaming(this.props), ipAddressType),
      ...sortedBy(Object.entries(additionalStages), ([name]) => name)
        .map(([name, options]) => planAdditionalStage(this, name, inNaming(options), ipAddressType)),
    ];
  }

  private makeApi(): WebSocketApi {
    const { apiName = this.node.id, disableExecuteApiEndpoint, apiVersion } = this.props;
    const api = new WebSocketApi(this, 'Api', withoutUndefined({
      apiName,
      description: this.props.description,
      routeSelectionExpression: this.props.routeSelectionExpression,
      apiKeySelectionExpression: this.props.apiKeySelectionExpression,
      ipAddressType: this.props.ipAddressType,
      disableSchemaValidation: this.props.disableSchemaValidation,
    }));
    const resource = api.node.defaultChild as CfnApi;
    if (disableExecuteApiEndpoint !== undefined) resource.disableExecuteApiEndpoint = disableExecuteApiEndpoint;
    if (apiVersion !== undefined) resource.version = apiVersion;
    return api;
  }

  private makeAddress(): ServiceAddress {
    const stageNames = this.stagePlans.map(({ name }) => name);
    const domains = Object.fromEntries(this.stagePlans.map(({ name, domain }) => [name, domain?.address]));
    return new ServiceAddress(this, { apiId: this.api.apiId, stageNames, domains });
  }

  private makeStore(): StoreAccess | undefined {
    const settings = this.props.connectionStore?._bind(this);
    return settings && withFanOut(this, settings, this.defaults, this._address, this._grants);
  }

  /** The stacks that the stages depend on are producers for `ApiGrants`. */
  private noteProducers(): void {
    this._grants.addProducers(this.props.connectionStore?._producers ?? []);
    for (const { accessLog } of [this.props, ...Object.values(this.props.additionalStages ?? {})]) {
      this._grants.addProducers([accessLog?.logGroup, accessLog?.encryptionKey]);
    }
    for (const { domain } of this.stagePlans) this._grants.addProducers([domain?.existing, domain?.certificate, domain?.hostedZone]);
  }

  /** CloudFormation cannot create a stage with logs unless the account has the role. */
  private provideCloudWatchRole(): void {
    const { cloudWatchRole = true } = this.props;
    const stages = Object.values(this.stages);
    if (!cloudWatchRole || !(writeLogs(this.stagePlans, this.table.plans) || stages.some(hasAccessLog))) return;
    const role = this.naming?.accountRole() ?? ensureCloudWatchRole(this);
    for (const stage of stages) stage.node.addDependency(role);
  }

  private refuseSecond(method: string, id: string, remedy: string): void {
    const first = this.node.tryFindChild(id);
    if (first) new Checks(this).refuse(method, first, { reason: 'exists already, and a service creates only one', remedy });
  }
}
