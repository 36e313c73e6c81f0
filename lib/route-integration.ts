import { IVpcLink } from 'aws-cdk-lib/aws-apigateway';
import {
  IWebSocketApi,
  WebSocketRouteIntegration,
  WebSocketRouteIntegrationBindOptions,
  WebSocketRouteIntegrationConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { awsIntegration, WebsocketAwsIntegrationOptions } from './integrations/aws';
import { dynamoDbPutIntegration, WebsocketDynamoDbPutIntegrationOptions } from './integrations/dynamo-db';
import { eventBridgeIntegration, WebsocketEventBridgeIntegrationOptions } from './integrations/event-bridge';
import {
  httpIntegration, httpProxyIntegration, WebsocketHttpIntegrationOptions, WebsocketHttpProxyIntegrationOptions,
} from './integrations/http';
import { kinesisIntegration, WebsocketKinesisIntegrationOptions } from './integrations/kinesis';
import {
  lambdaAliasIntegration, lambdaIntegration, WebsocketLambdaAliasIntegrationOptions, WebsocketLambdaIntegrationOptions,
} from './integrations/lambda';
import { mockIntegration, pingIntegration, WebsocketMockIntegrationOptions } from './integrations/mock';
import { snsIntegration, WebsocketSnsIntegrationOptions } from './integrations/sns';
import { sqsIntegration, WebsocketSqsIntegrationOptions } from './integrations/sqs';
import { stepFunctionsIntegration, WebsocketStepFunctionsIntegrationOptions } from './integrations/step-functions';
import { checkPlan, IntegrationPlan } from './private/integrations/integration-plan';
import { makeIntegration } from './private/integrations/make-integration';
import { fail } from './private/problem';

/**
 * An integration of a route with a service, without a function in between: for the `integration` of a route of a `WebsocketService`, or of
 * any `WebSocketApi`.
 *
 * The integration includes its request template, its responses, and a role that is allowed to make this one call.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 * @example
 * service.addRoute('order', { integration: RouteIntegration.sqs(queue) });
 * service.addRoute('ping', { integration: RouteIntegration.ping(), returnResponse: true });
 */
export class RouteIntegration extends WebSocketRouteIntegration {
  /**
   * Sends the message to a queue, with attributes that name the connection to reply to.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   */
  public static sqs(queue: sqs.IQueue, options: WebsocketSqsIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(sqsIntegration(queue, options));
  }

  /**
   * Publishes the message to a topic, with attributes that name the connection to reply to.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   */
  public static sns(topic: sns.ITopic, options: WebsocketSnsIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(snsIntegration(topic, options));
  }

  /**
   * Puts an event on a bus. Its `detail` has `requestContext` and `body`, like the event of a Lambda function.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
   */
  public static eventBridge(bus: events.IEventBus, options: WebsocketEventBridgeIntegrationOptions): RouteIntegration {
    return new RouteIntegration(eventBridgeIntegration(bus, options));
  }

  /**
   * Starts an execution. Its input has `requestContext` and `body`, like the event of a Lambda function.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  public static stepFunctions(machine: sfn.IStateMachine, options: WebsocketStepFunctionsIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(stepFunctionsIntegration(machine, options));
  }

  /**
   * Puts an item into a table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  public static dynamoDbPut(table: dynamodb.ITable, options: WebsocketDynamoDbPutIntegrationOptions): RouteIntegration {
    return new RouteIntegration(dynamoDbPutIntegration(table, options));
  }

  /**
   * Puts the message into a stream, as a record.
   *
   * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
   */
  public static kinesis(stream: kinesis.IStream, options: WebsocketKinesisIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(kinesisIntegration(stream, options));
  }

  /**
   * Calls any action of any AWS service. Set `requestTemplates`, and `statements` for the role.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   */
  public static aws(options: WebsocketAwsIntegrationOptions): RouteIntegration {
    return new RouteIntegration(awsIntegration(options));
  }

  /**
   * Invokes a function with an event that a mapping template makes, and responds with its result, or has Lambda queue the event
   * (`asynchronous`). In most cases, use the `function` of a route instead.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   */
  public static lambda(fn: lambda.IFunction, options: WebsocketLambdaIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(lambdaIntegration(fn, options));
  }

  /**
   * Invokes the alias that a variable of the stage names.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   */
  public static lambdaAlias(fn: lambda.IFunction, options: WebsocketLambdaAliasIntegrationOptions): RouteIntegration {
    return new RouteIntegration(lambdaAliasIntegration(fn, options));
  }

  /**
   * Sends a request to a URL. Mapping templates transform the request and the response.
   *
   * @param url http or https; `{name}` in it is the request parameter `integration.request.path.name`
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
   */
  public static http(url: string, options: WebsocketHttpIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(httpIntegration(url, options));
  }

  /**
   * Passes the message to a URL and the response to the client, both unchanged.
   *
   * @param url http or https; `{name}` in it is the request parameter `integration.request.path.name`
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
   */
  public static httpProxy(url: string, options: WebsocketHttpProxyIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(httpProxyIntegration(url, options));
  }

  /**
   * Responds without a backend.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  public static mock(options: WebsocketMockIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(mockIntegration(options));
  }

  /**
   * Responds with `{"message":"pong"}` without a backend, for clients that send pings to keep their connection open. Requires
   * `returnResponse: true` on the route.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  public static ping(options: WebsocketMockIntegrationOptions = {}): RouteIntegration {
    return new RouteIntegration(pingIntegration(options));
  }

  /** The ids of the integrations made so far, by scope. */
  private readonly made = new Map<Construct, string>();

  /** The scopes for APIs of aws-cdk-lib, which provide none: below the first route. */
  private readonly scopes = new Map<IWebSocketApi, Construct>();

  private constructor(private readonly plan: IntegrationPlan) {
    super('Integration');
  }

  /**
   * Checks the options.
   *
   * @param property the path of the integration in the props
   * @internal
   */
  public _check(scope: Construct, property: string): void {
    checkPlan(scope, property, this.plan);
  }

  /**
   * Makes the integration in this scope, unless it was made there before.
   *
   * @returns the id of the integration
   * @internal
   */
  public _makeIn(scope: Construct, api: IWebSocketApi, stageNames: readonly string[] = ['*']): string {
    const made = this.made.get(scope);
    if (made !== undefined) return made;
    this._check(scope, 'integration');
    const id = makeIntegration(scope, api, this.plan.define(scope, { api, stageNames }), this.plan.options);
    this.made.set(scope, id);
    return id;
  }

  /**
   * The constructs that the integration refers to.
   *
   * @internal
   */
  public _producers(): unknown[] {
    const { target, options } = this.plan;
    const { credentialsRole, vpcLink } = options as { readonly credentialsRole?: iam.IRole; readonly vpcLink?: IVpcLink };
    return [target?.value, ...keysOf(target?.value), credentialsRole, vpcLink];
  }

  /** @internal */
  public override _bindToRoute({ route, scope }: WebSocketRouteIntegrationBindOptions): { readonly integrationId: string } {
    const api = route.webSocketApi;
    const own = this.scopes.get(api) ?? new Construct(scope, 'Integration');
    this.scopes.set(api, own);
    return { integrationId: this._makeIn(own, api) };
  }

  /** Always throws: this integration makes its own resources. */
  public bind(options: WebSocketRouteIntegrationBindOptions): WebSocketRouteIntegrationConfig {
    return fail(options.route, ['a RouteIntegration is bound by its route; pass it as `integration` of a route']);
  }
}

/** The KMS key of a queue, topic, table or stream, which the policy of the role also names. */
function keysOf(target: unknown): unknown[] {
  const { encryptionMasterKey, masterKey, encryptionKey } = (target ?? {}) as Record<string, unknown>;
  return [encryptionMasterKey, masterKey, encryptionKey];
}
