import * as path from 'path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketService } from 'cdk-websocket-service';

// A connection store with a history; a worker of another stack sends to rooms.
const app = new App({ stackTraces: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const stack = new Stack(app, 'WebsocketConnectionStore');
const workers = new Stack(app, 'WebsocketPublishers');

const service = new WebsocketService(stack, 'Chat', {
  routes: { $default: { handler: `${path.join(__dirname, 'handlers', 'chat')}.send` } },
  authorizer: ConnectAuthorizer.iam(),
  connectionStore: WebsocketConnectionStore.dynamoDb({ history: { duration: Duration.hours(1), maxMessages: 200 } }),
});
service.addAlarms();
service.grantPublish(new lambda.Function(workers, 'Worker', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => Object.keys(process.env).filter((name) => name.startsWith("WEBSOCKET_"));'),
}));
new CfnOutput(stack, 'Url', { value: service.url });

new IntegTest(app, 'ConnectionStore', { testCases: [stack, workers] });
