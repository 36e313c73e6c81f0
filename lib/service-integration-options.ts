import * as iam from 'aws-cdk-lib/aws-iam';
import { WebsocketServiceIntegrationOptions } from './integration-options';

/**
 * Options of `RouteIntegration.sqs`. Values may be variables of a mapping template, as `$input.path('$.room')`.
 *
 * @example
 * RouteIntegration.sqs(fifo, { messageGroupId: "$input.path('$.room')" });
 */
export interface WebsocketSqsIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * The messages that are kept in order (FIFO), or that share a queue fairly (plain). A text or one variable.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   * @default - `$context.connectionId` for a FIFO queue, none for a plain one
   */
  readonly messageGroupId?: string;

  /**
   * What two messages have in common if one of them is to be dropped. A text or one variable. FIFO queues only.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   * @default - `$context.requestId` for a FIFO queue: no message is dropped
   */
  readonly messageDeduplicationId?: string;

  /**
   * Attributes of the message by name, each a text or one variable. At most five, since SQS takes ten.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
   * @default - those that are always there: connectionId, domainName, stage, routeKey and requestTimeEpoch
   */
  readonly messageAttributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.sns`. Values may be variables of a mapping template, as `$input.path('$.room')`.
 *
 * @example
 * RouteIntegration.sns(topic, { messageAttributes: { kind: "$input.path('$.kind')" } });
 */
export interface WebsocketSnsIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * The subject of the message, for subscribers by e-mail. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - no subject
   */
  readonly subject?: string;

  /**
   * The messages that are kept in order. A text or one variable. A plain topic passes it to its plain queues.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.connectionId` for a FIFO topic, none for a plain one
   */
  readonly messageGroupId?: string;

  /**
   * What two messages have in common if one of them is to be dropped. A text or one variable. FIFO topics only.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.requestId` for a FIFO topic: no message is dropped
   */
  readonly messageDeduplicationId?: string;

  /**
   * Attributes of the message by name, each a text or one variable. At most five, since a queue behind the topic takes ten.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
   * @default - those that are always there: connectionId, domainName, stage, routeKey and requestTimeEpoch
   */
  readonly messageAttributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.eventBridge`. Values may be variables of a mapping template, as `$context.routeKey`.
 *
 * @example
 * RouteIntegration.eventBridge(bus, { source: 'shop', detailType: 'Look' });
 */
export interface WebsocketEventBridgeIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * The `source` of the event. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
   */
  readonly source: string;

  /**
   * The `detail-type` of the event. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
   * @default '$context.routeKey'
   */
  readonly detailType?: string;

  /**
   * More members of `detail`, beside `requestContext` and `body`: each a text or one variable. Rules can match them, while
   * `body` is a string.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
   * @default - none
   */
  readonly attributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.stepFunctions`.
 *
 * @example
 * service.addRoute('quote', { integration: RouteIntegration.stepFunctions(express, { sync: true }), returnResponse: true });
 */
export interface WebsocketStepFunctionsIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * Whether to wait for the end of the execution: a two-way route sends its output to the client. Express state machines only.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
   * @default false
   */
  readonly sync?: boolean;

  /**
   * The name of the execution. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   * @default - Step Functions makes one up
   */
  readonly executionName?: string;

  /**
   * More members of the input, beside `requestContext` and `body`: each a text or one variable.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - none
   */
  readonly attributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.dynamoDbPut`. Values may be variables of a mapping template, as `$context.connectionId`.
 *
 * @example
 * RouteIntegration.dynamoDbPut(table, {
 *   attributes: { connectionId: '$context.connectionId' },
 *   numberAttributes: { connectedAt: '$context.connectedAt' },
 * });
 */
export interface WebsocketDynamoDbPutIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * The string attributes of the item by name, each a text or one variable. The key of the table must be there.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  readonly attributes: { [name: string]: string };

  /**
   * The number attributes of the item by name, each the digits of a number or one variable.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
   * @default - none
   */
  readonly numberAttributes?: { [name: string]: string };

  /**
   * What must be true of the item that is there, for example `attribute_not_exists(connectionId)`.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
   * @default - the item is replaced if it is there
   */
  readonly conditionExpression?: string;

  /**
   * Names of attributes by their placeholders (`#name`) in the condition.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
   * @default - none
   */
  readonly expressionAttributeNames?: { [placeholder: string]: string };

  /**
   * Strings by their placeholders (`:value`) in the condition, each a text or one variable.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeValues.html
   * @default - none
   */
  readonly expressionAttributeValues?: { [placeholder: string]: string };
}

/**
 * Options of `RouteIntegration.kinesis`.
 *
 * @example
 * RouteIntegration.kinesis(stream, { partitionKey: '$context.authorizer.principalId' });
 */
export interface WebsocketKinesisIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * What the records that one shard keeps in order have in common. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
   * @default '$context.connectionId'
   */
  readonly partitionKey?: string;
}

/**
 * Options of `RouteIntegration.aws`.
 *
 * @example
 * RouteIntegration.aws({
 *   service: 'dynamodb',
 *   action: 'DeleteItem',
 *   statements: [new iam.PolicyStatement({ actions: ['dynamodb:DeleteItem'], resources: [table.tableArn] })],
 *   requestTemplates: { $default: `{"TableName":"${table.tableName}","Key":{"connectionId":{"S":"$context.connectionId"}}}` },
 * });
 */
export interface WebsocketAwsIntegrationOptions extends WebsocketServiceIntegrationOptions {
  /**
   * The service, by the name in its endpoint: `dynamodb`, `ssm`.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
   */
  readonly service: string;

  /**
   * The action that is called, for example `DeleteItem`. Exactly one of `action` and `path`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - `path` says what is called
   */
  readonly action?: string;

  /**
   * The path that is called, without the slash that it begins with. Exactly one of `action` and `path`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - `action` says what is called
   */
  readonly path?: string;

  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default 'POST'
   */
  readonly method?: string;

  /**
   * The Region of the service.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - that of the API
   */
  readonly region?: string;

  /**
   * What stands before the name of the service in its endpoint, for example the name of a bucket.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - nothing
   */
  readonly subdomain?: string;

  /**
   * What the role may do.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
   * @default - nothing
   */
  readonly statements?: iam.PolicyStatement[];
}
