import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ApiKey, Period } from 'aws-cdk-lib/aws-apigatewayv2';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Stages');

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    $connect: { handler: 'src/greeter.connect', apiKeyRequired: true }, // sent in the header x-api-key, by an app or a server: browsers cannot
    $default: { handler: 'src/greeter.greet', returnResponse: true },
  },
  authorizer: ConnectAuthorizer.none(), // good enough for an example: an API key tells customers apart and authenticates nobody
  stageName: 'prod',
  stageDescription: 'What customers use',
  stageVariables: { greeting: 'Good_day' },
  throttle: { rateLimit: 1000, burstLimit: 500 },
  additionalStages: {
    // The same routes and functions, with settings of their own.
    beta: { stageVariables: { greeting: 'Hi' }, throttle: { rateLimit: 10, burstLimit: 5 }, detailedMetricsEnabled: true },
  },
  tags: { team: 'chat' },
});

const plan = chat.addUsagePlan('Plan', { quota: { limit: 10_000, period: Period.DAY } });
plan.addApiKey(new ApiKey(stack, 'Customer'));

new CfnOutput(stack, 'Url', { value: chat.url }); // wss://.../prod
