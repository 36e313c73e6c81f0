import * as path from 'path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

// A route invokes a function of another stack; a worker of a third one sends to clients.
// Without stack traces, which would put the paths of one machine into the snapshot.
const app = new App({ stackTraces: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const functions = new Stack(app, 'WebsocketFunctions');
const api = new Stack(app, 'WebsocketApi');
const workers = new Stack(app, 'WebsocketWorkers');

const service = new WebsocketService(api, 'Chat', {
  routes: {
    $default: { handler: path.join(__dirname, 'handlers', 'chat.send') },
    join: { function: inlineFunction(functions, 'Join') },
  },
  authorizer: ConnectAuthorizer.iam(),
});

const worker = inlineFunction(workers, 'Worker');
worker.addEnvironment('WEBSOCKET_CALLBACK_URLS', workers.toJsonString(service.callbackUrls));
service.grantManageConnections(worker);

new IntegTest(app, 'TwoStacks', { testCases: [functions, api, workers] });

function inlineFunction(stack: Stack, id: string): lambda.Function {
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
  });
}
