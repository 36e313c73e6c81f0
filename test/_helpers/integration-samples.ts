import { Duration, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ConnectAuthorizer, RouteIntegration, WebsocketService } from '../../lib';

/** The samples of docs/integrations.md, one after another, with what they use. */
export function samples(stack: Stack): void {
  const queue = new sqs.Queue(stack, 'Queue');
  const fifo = new sqs.Queue(stack, 'Fifo', { fifo: true });
  const topic = new sns.Topic(stack, 'Topic');
  const bus = new events.EventBus(stack, 'Bus');
  const express = new sfn.StateMachine(stack, 'Machine', {
    stateMachineType: sfn.StateMachineType.EXPRESS, definitionBody: sfn.DefinitionBody.fromString('{}'),
  });
  const table = new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'connectionId', type: dynamodb.AttributeType.STRING } });
  const stream = new kinesis.Stream(stack, 'Stream');
  const fn = new lambda.Function(stack, 'Fn', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('x') });
  const [blue, green] = ['blue', 'green'].map((aliasName) => new lambda.Alias(stack, aliasName, { aliasName, version: fn.currentVersion }));
  const vpcLink = apigateway.VpcLink.fromVpcLinkId(stack, 'Link', 'abc123');
  const chat = new WebsocketService(stack, 'Chat', { routes: { $default: { function: fn } }, authorizer: ConnectAuthorizer.none() });

  chat.addRoute('store', { integration: RouteIntegration.sqs(queue, { messageGroupId: "$input.path('$.room')" }) });
  chat.addRoute('publish', { integration: RouteIntegration.sns(topic, { messageAttributes: { kind: "$input.path('$.kind')" } }) });
  chat.addRoute('look', {
    integration: RouteIntegration.eventBridge(bus, { source: 'shop', detailType: 'Look', attributes: { article: "$input.path('$.article')" } }),
  });
  chat.addRoute('quote', { integration: RouteIntegration.stepFunctions(express, { sync: true }), returnResponse: true });
  chat.addRoute('$connect', {
    integration: RouteIntegration.dynamoDbPut(table, {
      attributes: { connectionId: '$context.connectionId', user: '$context.authorizer.principalId' },
      numberAttributes: { connectedAt: '$context.connectedAt' },
      conditionExpression: 'attribute_not_exists(connectionId)',
    }),
  });
  chat.addRoute('click', { integration: RouteIntegration.kinesis(stream, { partitionKey: '$context.authorizer.principalId' }) });
  chat.addRoute('$disconnect', {
    integration: RouteIntegration.aws({
      service: 'dynamodb',
      action: 'DeleteItem',
      statements: [new iam.PolicyStatement({ actions: ['dynamodb:DeleteItem'], resources: [table.tableArn] })],
      requestTemplates: { $default: `{"TableName":"${table.tableName}","Key":{"connectionId":{"S":"$context.connectionId"}}}` },
    }),
  });
  chat.addRoute('report', { integration: RouteIntegration.lambda(fn, { asynchronous: true }) });
  chat.addRoute('beta', { integration: RouteIntegration.lambdaAlias(fn, { aliases: [blue, green], stageVariable: 'colour' }) });
  chat.addRoute('search', {
    integration: RouteIntegration.httpProxy('https://example.com/search', {
      requestParameters: { 'integration.request.header.ConnectionId': 'context.connectionId' },
    }),
    returnResponse: true,
  });
  chat.addRoute('rename', {
    integration: RouteIntegration.http('https://example.com/rooms/{room}', {
      method: HttpMethod.PUT,
      requestParameters: { 'integration.request.path.room': 'route.request.body.room' },
      requestTemplates: { $default: '{"name":$input.json(\'$.name\')}' },
      responses: [{ key: '/4\\d\\d/', responseTemplates: { $default: '{"error":"no such room"}' } }],
      timeout: Duration.seconds(5),
    }),
    returnResponse: true,
  });
  chat.addRoute('stock', { integration: RouteIntegration.httpProxy('https://stock.example.com', { vpcLink }), returnResponse: true });
  chat.addRoute('ping', { integration: RouteIntegration.ping(), returnResponse: true });
  chat.addRoute('hello', { integration: RouteIntegration.mock({ response: '{"you":"$context.connectionId"}' }), returnResponse: true });
  chat.addRoute('order', {
    integration: RouteIntegration.sqs(fifo, { responses: [{ key: '$default', responseTemplates: { $default: '{"accepted":true}' } }] }),
    returnResponse: true,
  });
}
