import * as path from 'path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

// One of each: handlers that share a function, a two-way route, an existing function, an integration without a function.
// Without stack traces, which would put the paths of one machine into the snapshot.
const app = new App({ stackTraces: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const stack = new Stack(app, 'WebsocketRoutes');
const chat = path.join(__dirname, 'handlers', 'chat');

const existing = new lambda.Function(stack, 'Existing', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
});

const service = new WebsocketService(stack, 'Chat', {
  routes: {
    $connect: { handler: `${chat}.connect` },
    $disconnect: { handler: `${chat}.connect` },
    $default: { handler: `${chat}.send`, memorySize: 256 },
    echo: { handler: `${chat}.echo`, returnResponse: true, integrationTimeout: Duration.seconds(5) },
    existing: { function: existing },
    ping: { integration: new WebSocketMockIntegration('Ping', { requestTemplates: { $default: '{"statusCode":200}' } }) },
  },
  defaults: { timeout: Duration.seconds(10), environment: { LOG_LEVEL: 'info' } },
  authorizer: ConnectAuthorizer.none(),
});
new CfnOutput(stack, 'Url', { value: service.url });

new IntegTest(app, 'Routes', { testCases: [stack] });
