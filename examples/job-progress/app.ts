import * as path from 'path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, WebsocketConnectionStore, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'JobProgress');

const progress = new WebsocketService(stack, 'Progress', {
  routes: {
    jobs: { handler: 'src/jobs.connections', returnResponse: true }, // { "action": "jobs" }: how many connections of this user listen
  },
  authorizer: ConnectAuthorizer.handler('src/auth.authorize', { identitySource: ['route.request.querystring.token'] }),
  connectionStore: WebsocketConnectionStore.dynamoDb(),
});

// Outside of the service: works on jobs that any part of the system puts into the queue.
const jobs = new Queue(stack, 'Jobs', { visibilityTimeout: Duration.minutes(6) });
const worker = new NodejsFunction(stack, 'Worker', {
  functionName: 'job-worker',
  entry: path.join(__dirname, 'src', 'worker.ts'),
  runtime: Runtime.NODEJS_24_X,
  timeout: Duration.minutes(1),
  bundling: { minify: true },
});
worker.addEventSource(new SqsEventSource(jobs, { batchSize: 1 }));
progress.grantPublish(worker); // its rights and its environment

new CfnOutput(stack, 'Url', { value: progress.url });
