import * as path from 'path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Crossws');

const handler = 'src/chat.handler'; // one function for all: crossws has no routes
const chat = new WebsocketService(stack, 'Chat', {
  routes: { $connect: { handler }, $disconnect: { handler }, $default: { handler } },
  defaults: { environment: { OPENED: 'crossws-opened' } },
  authorizer: ConnectAuthorizer.none(),
  connectionStore: WebsocketConnectionStore.dynamoDb(), // topics are rooms
});

// Runs the hook `open`: nothing reaches a client before `$connect` has returned.
const opened = new NodejsFunction(stack, 'Opened', {
  functionName: 'crossws-opened',
  entry: path.join(__dirname, 'src', 'chat.mts'),
  handler: 'opened',
  runtime: Runtime.NODEJS_24_X,
  timeout: Duration.seconds(30),
  retryAttempts: 0, // else a client might be welcomed twice
});
chat.grantPublish(opened);
opened.grantInvoke(chat.function('$connect')!);

new CfnOutput(stack, 'Url', { value: chat.url });
