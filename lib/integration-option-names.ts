import {
  WebsocketHttpIntegrationOptions,
  WebsocketHttpProxyIntegrationOptions,
  WebsocketLambdaAliasIntegrationOptions,
  WebsocketLambdaIntegrationOptions,
  WebsocketMockIntegrationOptions,
  WebsocketPingIntegrationOptions,
} from './backend-integration-options';
import { WebsocketIntegrationBaseOptions, WebsocketIntegrationOptions, WebsocketServiceIntegrationOptions } from './integration-options';
import {
  WebsocketAwsIntegrationOptions,
  WebsocketDynamoDbPutIntegrationOptions,
  WebsocketEventBridgeIntegrationOptions,
  WebsocketKinesisIntegrationOptions,
  WebsocketSnsIntegrationOptions,
  WebsocketSqsIntegrationOptions,
  WebsocketStepFunctionsIntegrationOptions,
} from './service-integration-options';

/** All options of a struct: the compiler asks for one that is forgotten. */
type Names<T> = Record<keyof T, true>;

const BASE: Names<WebsocketIntegrationBaseOptions> = { description: true, timeout: true, contentHandling: true };
const TEMPLATED: Names<WebsocketIntegrationOptions> = {
  ...BASE, requestParameters: true, requestTemplates: true, templateSelectionExpression: true, passthroughBehavior: true, responses: true,
};
const SERVICE: Names<WebsocketServiceIntegrationOptions> = { ...TEMPLATED, credentialsRole: true };
const MESSAGE = { messageGroupId: true, messageDeduplicationId: true, messageAttributes: true } as const;

const SQS: Names<WebsocketSqsIntegrationOptions> = { ...SERVICE, ...MESSAGE };
const SNS: Names<WebsocketSnsIntegrationOptions> = { ...SERVICE, ...MESSAGE, subject: true };
const EVENT_BRIDGE: Names<WebsocketEventBridgeIntegrationOptions> = { ...SERVICE, source: true, detailType: true, attributes: true };
const STEP_FUNCTIONS: Names<WebsocketStepFunctionsIntegrationOptions> = { ...SERVICE, sync: true, executionName: true, attributes: true };
const DYNAMO_DB_PUT: Names<WebsocketDynamoDbPutIntegrationOptions> = {
  ...SERVICE,
  attributes: true,
  numberAttributes: true,
  conditionExpression: true,
  expressionAttributeNames: true,
  expressionAttributeValues: true,
};
const KINESIS: Names<WebsocketKinesisIntegrationOptions> = { ...SERVICE, partitionKey: true };
const AWS: Names<WebsocketAwsIntegrationOptions> = {
  ...SERVICE, service: true, action: true, path: true, method: true, region: true, subdomain: true, statements: true,
};
const LAMBDA: Names<WebsocketLambdaIntegrationOptions> = { ...SERVICE, asynchronous: true, attributes: true };
const LAMBDA_ALIAS: Names<WebsocketLambdaAliasIntegrationOptions> = { ...BASE, aliases: true, stageVariable: true };
const HTTP: Names<WebsocketHttpIntegrationOptions> = { ...TEMPLATED, method: true, vpcLink: true };
const HTTP_PROXY: Names<WebsocketHttpProxyIntegrationOptions> = { ...BASE, method: true, vpcLink: true, requestParameters: true };
const MOCK: Names<WebsocketMockIntegrationOptions> = { ...TEMPLATED, statusCode: true, response: true };
const PING: Names<WebsocketPingIntegrationOptions> = { response: true, description: true };

/** The options of each factory of `WebsocketIntegration`. */
export const OPTION_NAMES = {
  sqs: Object.keys(SQS),
  sns: Object.keys(SNS),
  eventBridge: Object.keys(EVENT_BRIDGE),
  stepFunctions: Object.keys(STEP_FUNCTIONS),
  dynamoDbPut: Object.keys(DYNAMO_DB_PUT),
  kinesis: Object.keys(KINESIS),
  aws: Object.keys(AWS),
  lambda: Object.keys(LAMBDA),
  lambdaAlias: Object.keys(LAMBDA_ALIAS),
  http: Object.keys(HTTP),
  httpProxy: Object.keys(HTTP_PROXY),
  mock: Object.keys(MOCK),
  ping: Object.keys(PING),
};
