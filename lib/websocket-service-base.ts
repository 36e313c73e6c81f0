import { Token } from 'aws-cdk-lib';
import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct, IConstruct } from 'constructs';
import { ApiGrants, manageConnections } from './private/api-grants';
import { FUNCTION } from './private/checks/kind';
import { metricOf, routeMetricOf } from './private/observability/metrics';
import { callbackUrlVariables } from './private/routes/callback-url';
import { RouteKeys } from './private/routes/route-keys';
import { ServiceAddress } from './private/service-address';
import { providePublishEnvironment } from './private/store/publish-environment';
import { StoreAccess } from './private/store/store-access';

/**
 * A WebSocket API with its stages, defined in this app or imported.
 *
 * @example
 * const platform: IWebsocketService = WebsocketService.fromAttributes(this, 'Platform', { apiId: 'a1b2c3d4e5', stageName: 'prod' });
 * platform.grantManageConnections(worker);
 */
export interface IWebsocketService extends IConstruct {
  /** The id of the API. */
  readonly apiId: string;

  /** The name of the stage; the first one, if there are several. */
  readonly stageName: string;

  /** The names of all stages. */
  readonly stageNames: string[];

  /** The Region of the API. */
  readonly region: string;

  /** The account of the API. */
  readonly account: string;

  /** The URL that clients connect to, `wss://...`, with the custom domain if there is one. */
  readonly url: string;

  /**
   * The URL that backends send to, the `https://...` endpoint of `@connections`, with the custom domain if there is one.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
   */
  readonly callbackUrl: string;

  /**
   * The `https://...` endpoints of `@connections` of all stages, by stage name; with the custom domain of a stage if it has one.
   *
   * A connection is reachable through the endpoint of its own stage only.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
   */
  readonly callbackUrls: { [stageName: string]: string };

  /**
   * The environment of code outside of the service that sends with `cdk-websocket-service/runtime`: the callback URLs, and with a
   * `connectionStore` its table and settings. `grantPublish` sets it for a `lambda.Function`; set it yourself for a container or the like.
   */
  readonly publishEnvironment: { [name: string]: string };

  /**
   * Allows a function, role or user to send to, look up and close connections of all stages. Warns if no policy can be attached to the
   * grantee.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  grantManageConnections(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows code outside of the service to send to connections, users and rooms with `cdk-websocket-service/runtime`: to manage connections,
   * and with a `connectionStore` to read and write its table and to hand over to the function that sends large broadcasts.
   *
   * A `lambda.Function` also gets `publishEnvironment`, in this stack or in another one, and with a store its own timeout, so that what it
   * sends is handed over before it ends; a variable that is already set is kept. Warns about a grantee that no policy can be attached to,
   * and about a function that cannot get the environment.
   */
  grantPublish(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows a principal to connect if the authorizer is `ConnectAuthorizer.iam()`. Warns if no policy can be attached to the grantee.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  grantConnect(grantee: iam.IGrantable): iam.Grant;

  /**
   * A metric of the first stage by name. By default over five minutes, counts as a sum.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metric(metricName: string, options?: MetricOptions): Metric;

  /**
   * The number of connects: messages sent to the integration of `$connect`. By default the sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricConnectCount(options?: MetricOptions): Metric;

  /**
   * The number of messages from and to clients. By default the sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricMessageCount(options?: MetricOptions): Metric;

  /**
   * The number of requests that the integration responded to with 4XX or 5XX. By default the sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricIntegrationError(options?: MetricOptions): Metric;

  /**
   * The number of requests that API Gateway rejected with 4XX before it called the integration. By default the sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricClientError(options?: MetricOptions): Metric;

  /**
   * The number of calls of the integration that failed, for example for lack of a permission. By default the sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricExecutionError(options?: MetricOptions): Metric;

  /**
   * The response time of integrations, in milliseconds. By default the average over five minutes.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricIntegrationLatency(options?: MetricOptions): Metric;

  /**
   * A metric of one route by name. Exists only with `detailedMetricsEnabled`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
   */
  metricForRoute(routeKey: string, metricName: string, options?: MetricOptions): Metric;
}

/**
 * The members that every `IWebsocketService` shares.
 *
 * @internal
 */
export abstract class WebsocketServiceBase extends Construct implements IWebsocketService {
  /** @internal */
  public abstract readonly _routeKeys: RouteKeys;

  /**
   * The names of the stages that do not deploy changes automatically; unknown for an imported service.
   *
   * @internal
   */
  public readonly _manualStages?: readonly string[];

  /**
   * The connection store of the API; of an imported service, if it is known.
   *
   * @internal
   */
  public readonly _store?: StoreAccess;

  /** @internal */
  protected abstract readonly _address: ServiceAddress;

  /** @internal */
  public readonly _grants = new ApiGrants(this);

  public get apiId(): string {
    return this._address.apiId;
  }

  public get stageName(): string {
    return this._address.stageName;
  }

  public get stageNames(): string[] {
    return [...this._address.stageNames];
  }

  public get region(): string {
    return this._address.region;
  }

  public get account(): string {
    return this._address.account;
  }

  public get url(): string {
    return this._address.url;
  }

  public get callbackUrl(): string {
    return this._address.callbackUrl;
  }

  public get callbackUrls(): { [stageName: string]: string } {
    return this._address.callbackUrls;
  }

  public grantManageConnections(grantee: iam.IGrantable): iam.Grant {
    return this._grants.grant(grantee, [manageConnections(this._address)]);
  }

  public get publishEnvironment(): { [name: string]: string } {
    return { ...callbackUrlVariables(this._address), ...this._store?.variables(true) };
  }

  public grantPublish(grantee: iam.IGrantable): iam.Grant {
    const grant = this._grants.grant(grantee, [manageConnections(this._address), ...this._store?.permissions(true) ?? []]);
    if (FUNCTION.accepts(grantee)) {
      providePublishEnvironment(this, grantee as lambda.IFunction, this.publishEnvironment, (fn, value) => (
        !Token.isUnresolved(value) || this._grants.refer(fn)));
    }
    return grant;
  }

  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    return this._grants.grant(grantee, [{ actions: ['execute-api:Invoke'], resourceArns: this._address.arns('$connect') }]);
  }

  public metric(metricName: string, options?: MetricOptions): Metric {
    return metricOf(this, this._address, metricName, options);
  }

  public metricConnectCount(options?: MetricOptions): Metric {
    return this.metric('ConnectCount', options);
  }

  public metricMessageCount(options?: MetricOptions): Metric {
    return this.metric('MessageCount', options);
  }

  public metricIntegrationError(options?: MetricOptions): Metric {
    return this.metric('IntegrationError', options);
  }

  public metricClientError(options?: MetricOptions): Metric {
    return this.metric('ClientError', options);
  }

  public metricExecutionError(options?: MetricOptions): Metric {
    return this.metric('ExecutionError', options);
  }

  public metricIntegrationLatency(options?: MetricOptions): Metric {
    return this.metric('IntegrationLatency', options);
  }

  public metricForRoute(routeKey: string, metricName: string, options?: MetricOptions): Metric {
    return routeMetricOf(this, this._address, routeKey, metricName, options);
  }
}
