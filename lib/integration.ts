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
import {
  WebsocketHttpIntegrationOptions,
  WebsocketHttpProxyIntegrationOptions,
  WebsocketLambdaAliasIntegrationOptions,
  WebsocketLambdaIntegrationOptions,
  WebsocketMockIntegrationOptions,
  WebsocketPingIntegrationOptions,
} from './backend-integration-options';
import { awsCall, checkAws } from './private/integrations/aws';
import { checkPlan } from './private/integrations/check-settings';
import { checkDynamoDbPut, dynamoDbPutCall } from './private/integrations/dynamo-db';
import { checkEnvelope, checkEventBridge, eventBridgeCall } from './private/integrations/event-bridge';
import { checkHttp, httpCall } from './private/integrations/http';
import { Factory, IntegrationPlan, IntegrationSettings } from './private/integrations/integration-plan';
import { checkKinesis, kinesisCall } from './private/integrations/kinesis';
import { AliasChoice, checkLambdaAlias, lambdaAliasCall, lambdaCall } from './private/integrations/lambda';
import { makeIntegration } from './private/integrations/make-integration';
import { checkMock, mockCall } from './private/integrations/mock';
import { checkSns, snsCall } from './private/integrations/sns';
import { checkSqs, sqsCall } from './private/integrations/sqs';
import { checkStepFunctions, stepFunctionsCall } from './private/integrations/step-functions';
import { fail } from './private/problem';
import {
  WebsocketAwsIntegrationOptions,
  WebsocketDynamoDbPutIntegrationOptions,
  WebsocketEventBridgeIntegrationOptions,
  WebsocketKinesisIntegrationOptions,
  WebsocketSnsIntegrationOptions,
  WebsocketSqsIntegrationOptions,
  WebsocketStepFunctionsIntegrationOptions,
} from './service-integration-options';

/**
 * What a route invokes without a function in between: `integration` of a route, or of `addRoute` of any WebSocketApi.
 *
 * The integration comes with its request template, its responses, and a role that may do this one call.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 * @example
 * service.addRoute('order', { integration: RouteIntegration.sqs(queue) });
 * service.addRoute('ping', { integration: RouteIntegration.ping(), returnResponse: true });
 */
export class RouteIntegration extends WebSocketRouteIntegration {
  /**
   * Sends the message to a queue, with attributes that say where to answer.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   */
  public static sqs(queue: sqs.IQueue, options: WebsocketSqsIntegrationOptions = {}): RouteIntegration {
    return planned('sqs', options, {
      target: queue,
      check: (refuse) => checkSqs(refuse, queue, options),
      define: (home) => sqsCall(home, queue, options),
    });
  }

  /**
   * Publishes the message to a topic, with attributes that say where to answer.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   */
  public static sns(topic: sns.ITopic, options: WebsocketSnsIntegrationOptions = {}): RouteIntegration {
    return planned('sns', options, {
      target: topic,
      check: (refuse) => checkSns(refuse, topic, options),
      define: (home) => snsCall(home, topic, options),
    });
  }

  /**
   * Puts an event on a bus. Its `detail` has `requestContext` and `body`, as the event of a Lambda function has.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
   */
  public static eventBridge(bus: events.IEventBus, options: WebsocketEventBridgeIntegrationOptions): RouteIntegration {
    return planned('eventBridge', options, {
      target: bus,
      check: (refuse) => checkEventBridge(refuse, options),
      define: (home) => eventBridgeCall(home, bus, options),
    });
  }

  /**
   * Starts an execution. Its input has `requestContext` and `body`, as the event of a Lambda function has.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  public static stepFunctions(machine: sfn.IStateMachine, options: WebsocketStepFunctionsIntegrationOptions = {}): RouteIntegration {
    return planned('stepFunctions', options, {
      target: machine,
      check: (refuse) => checkStepFunctions(refuse, machine, options),
      define: (home) => stepFunctionsCall(home, machine, options),
    });
  }

  /**
   * Puts an item into a table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  public static dynamoDbPut(table: dynamodb.ITable, options: WebsocketDynamoDbPutIntegrationOptions): RouteIntegration {
    return planned('dynamoDbPut', options, {
      target: table,
      check: (refuse) => checkDynamoDbPut(refuse, options),
      define: (home) => dynamoDbPutCall(home, table, options),
    });
  }

  /**
   * Puts the message into a stream as a record.
   *
   * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
   */
  public static kinesis(stream: kinesis.IStream, options: WebsocketKinesisIntegrationOptions = {}): RouteIntegration {
    return planned('kinesis', options, {
      target: stream,
      check: (refuse) => checkKinesis(refuse, options),
      define: (home) => kinesisCall(home, stream, options),
    });
  }

  /**
   * Calls any action of any AWS service. Give `requestTemplates`, and `statements` for its role.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   */
  public static aws(options: WebsocketAwsIntegrationOptions): RouteIntegration {
    return planned('aws', options, { check: (refuse) => checkAws(refuse, options), define: (home) => awsCall(home, options) });
  }

  /**
   * Invokes a function, with what a mapping template makes instead of the event, and with its result as the answer; or leaves it
   * to Lambda to invoke the function later (`asynchronous`). Usually the `function` of a route is what you want.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   */
  public static lambda(fn: lambda.IFunction, options: WebsocketLambdaIntegrationOptions = {}): RouteIntegration {
    return planned('lambda', options, {
      target: fn,
      check: (refuse) => checkEnvelope(refuse, options.attributes),
      define: (home, api) => lambdaCall(home, api, fn, options),
    });
  }

  /**
   * Invokes the alias of a function that a variable of the stage names.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   */
  public static lambdaAlias(fn: lambda.IFunction, options: WebsocketLambdaAliasIntegrationOptions): RouteIntegration {
    const choice = (): AliasChoice => ({ stageVariable: options.stageVariable ?? 'alias', aliases: options.aliases ?? [] });
    return planned('lambdaAlias', options, {
      target: fn,
      check: (refuse) => checkLambdaAlias(refuse, fn, choice()),
      define: (home, api) => lambdaAliasCall(home, api, fn, choice()),
    });
  }

  /**
   * Sends a request to a URL: mapping templates make the request and the answer.
   *
   * @param url http or https; `{name}` in it is the request parameter `integration.request.path.name`
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
   */
  public static http(url: string, options: WebsocketHttpIntegrationOptions = {}): RouteIntegration {
    return planned('http', options, {
      target: url,
      check: (refuse) => checkHttp(refuse, url, options),
      define: () => httpCall('HTTP', url, options),
    });
  }

  /**
   * Sends the message as it is to a URL; its answer goes to the client as it is.
   *
   * @param url http or https; `{name}` in it is the request parameter `integration.request.path.name`
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
   */
  public static httpProxy(url: string, options: WebsocketHttpProxyIntegrationOptions = {}): RouteIntegration {
    return planned('httpProxy', options, {
      target: url,
      check: (refuse) => checkHttp(refuse, url, options),
      define: () => httpCall('HTTP_PROXY', url, options),
    });
  }

  /**
   * Answers without a backend.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  public static mock(options: WebsocketMockIntegrationOptions = {}): RouteIntegration {
    return planned('mock', options, { check: (refuse) => checkMock(refuse, options), define: () => mockCall(options) });
  }

  /**
   * Answers `{"message":"pong"}`, without a backend: what clients send to keep a connection open. For a route with `returnResponse: true`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  public static ping(options: WebsocketPingIntegrationOptions = {}): RouteIntegration {
    const { response = '{"message":"pong"}' } = options;
    return planned('ping', options, { define: () => mockCall({ response }) });
  }

  /**
   * @internal
   */
  public static _of(plan: IntegrationPlan): RouteIntegration {
    return new RouteIntegration(plan);
  }

  /** The ids of the integrations made, by the constructs that they are in. */
  private readonly made = new Map<Construct, string>();

  /** Where the integration is if no service says so: below the first route of each API. */
  private readonly homes = new Map<IWebSocketApi, Construct>();

  private constructor(private readonly plan: IntegrationPlan) {
    super('Integration');
  }

  /**
   * Throws what is wrong with the options.
   *
   * @param property where the integration is given
   * @internal
   */
  public _check(scope: Construct, property: string): void {
    checkPlan(scope, property, this.plan);
  }

  /**
   * Makes the integration in a construct of its own, the first time; returns its id.
   *
   * @internal
   */
  public _makeIn(home: Construct, api: IWebSocketApi, stageNames: readonly string[] = ['*']): string {
    const made = this.made.get(home);
    if (made !== undefined) return made;
    this._check(home, 'integration');
    const id = makeIntegration(home, api, this.plan.define(home, { api, stageNames }), this.plan.settings);
    this.made.set(home, id);
    return id;
  }

  /**
   * What the integration refers to.
   *
   * @internal
   */
  public _providers(): unknown[] {
    const { target, settings } = this.plan;
    const { credentialsRole, vpcLink } = settings as { readonly credentialsRole?: iam.IRole; readonly vpcLink?: unknown };
    return [target, ...keysOf(target), credentialsRole, vpcLink];
  }

  /** @internal */
  public override _bindToRoute({ route, scope }: WebSocketRouteIntegrationBindOptions): { readonly integrationId: string } {
    const api = route.webSocketApi;
    const home = this.homes.get(api) ?? new Construct(scope, 'Integration');
    this.homes.set(api, home);
    return { integrationId: this._makeIn(home, api) };
  }

  /** Not for this integration, which makes its own resources. */
  public bind(options: WebSocketRouteIntegrationBindOptions): WebSocketRouteIntegrationConfig {
    return fail(options.route, ['a RouteIntegration is bound by its route; pass it as `integration` of a route']);
  }
}

/** The key of a queue, topic, table or stream: who may use it is in the policy of the role. */
function keysOf(target: unknown): unknown[] {
  const { encryptionMasterKey, masterKey, encryptionKey } = (target ?? {}) as Record<string, unknown>;
  return [encryptionMasterKey, masterKey, encryptionKey];
}

function planned(
  factory: Factory, settings: IntegrationSettings, plan: Pick<IntegrationPlan, 'target' | 'check' | 'define'>,
): RouteIntegration {
  return RouteIntegration._of({ factory, settings, ...plan });
}
