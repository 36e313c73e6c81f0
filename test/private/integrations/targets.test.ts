import { Stack } from 'aws-cdk-lib';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RouteIntegration } from '../../../lib';
import { TARGETS } from '../../../lib/private/integrations/targets';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

type Factory = (target: unknown, options: object) => RouteIntegration;

function make(factory: string, target: unknown): void {
  const options = { source: 'chat', attributes: { a: 'b' }, aliases: [] };
  const integration = (RouteIntegration as unknown as Record<string, Factory>)[factory](target, options);
  integration._makeIn(new Construct(stack, 'Home'), new WebSocketApi(stack, 'Api'));
}

test('every factory that takes a target has its kind', () => {
  const factories = Object.getOwnPropertyNames(RouteIntegration).filter((name) => /^[a-z]/.test(name) && !['length', 'name', 'prototype'].includes(name));

  expect(factories.filter((factory) => !(factory in TARGETS))).toEqual(['aws', 'mock', 'ping']);
});

test.each<[string, string, string]>([
  ['sqs', 'queue', "is not an SQS queue; use sqs.Queue.fromQueueArn(this, 'Imported', arn) for an ARN"],
  ['sns', 'topic', "is not an SNS topic; use sns.Topic.fromTopicArn(this, 'Imported', arn) for an ARN"],
  ['eventBridge', 'bus', "is not an event bus; use events.EventBus.fromEventBusArn(this, 'Imported', arn) for an ARN"],
  ['stepFunctions', 'machine', "is not a state machine; use sfn.StateMachine.fromStateMachineArn(this, 'Imported', arn) for an ARN"],
  ['dynamoDbPut', 'table', "is not a DynamoDB table; use dynamodb.Table.fromTableArn(this, 'Imported', arn) for an ARN"],
  ['kinesis', 'stream', "is not a Kinesis stream; use kinesis.Stream.fromStreamArn(this, 'Imported', arn) for an ARN"],
  ['lambda', 'fn', "is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN"],
  ['lambdaAlias', 'fn', "is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN"],
])('%s refuses an ARN, and nothing', (factory, option, message) => {
  expect(() => make(factory, 'arn:aws:any')).toThrow(new Error(`Stack/Home: integration.${option}: "arn:aws:any" ${message}`));
  stack = quickStack();
  expect(() => make(factory, undefined)).toThrow(new Error(`Stack/Home: integration.${option}: (not set) ${message}`));
});

test.each(['http', 'httpProxy'])('%s refuses a URL that is no string', (factory) => {
  expect(() => make(factory, new URL('https://example.com'))).toThrow(new Error(
    "Stack/Home: integration.url: URL {} is not a string; use 'https://example.com'",
  ));
});

test('one service is not another', () => {
  expect(() => make('sns', new sqs.Queue(stack, 'Queue'))).toThrow('integration.topic: Stack/Queue is not an SNS topic');
});
