import * as path from 'path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, RouteIntegration, WebsocketLoggingLevel, WebsocketModel, WebsocketService } from 'cdk-websocket-service';

// What needs no domain, in one service: logs with the role for them, settings of a route, a model, a queue, a second stage,
// deployments of its own, nested stacks, alarms and a dashboard.
const app = new App({ stackTraces: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const stack = new Stack(app, 'WebsocketEverything');
const chat = path.join(__dirname, 'handlers', 'chat');

const service = new WebsocketService(stack, 'Chat', {
  routes: {
    $default: { handler: `${chat}.send` },
    echo: {
      handler: `${chat}.echo`,
      returnResponse: true,
      requestModel: WebsocketModel.fromSchema({ type: 'object', required: ['text'] }, { modelName: 'Echo' }),
      throttle: { rateLimit: 5, burstLimit: 10 },
    },
    ping: { integration: RouteIntegration.ping(), returnResponse: true },
    order: { integration: RouteIntegration.sqs(new sqs.Queue(stack, 'Orders', { enforceSSL: true })) },
  },
  authorizer: ConnectAuthorizer.handler(`${path.join(__dirname, 'handlers', 'authorizer')}.authorize`),
  defaults: { timeout: Duration.seconds(10) },
  accessLog: { removalPolicy: RemovalPolicy.DESTROY },
  loggingLevel: WebsocketLoggingLevel.ERROR,
  autoDeploy: false,
  additionalStages: { beta: { throttle: { rateLimit: 1, burstLimit: 1 } } },
  nestedStacks: 2,
});
service.addAlarms();
service.addDashboard();
new CfnOutput(stack, 'Url', { value: service.url });

new IntegTest(app, 'Everything', { testCases: [stack] });
