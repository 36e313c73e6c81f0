import { App, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** A WebSocket API in plain aws-cdk-lib: one function, integration and grant for each route. */
export function synthesize(makeFunction: (scope: Construct, routeKey: string) => lambda.Function): void {
  const app = new App();
  const stack = new Stack(app, 'Bench');
  const api = new WebSocketApi(stack, 'Api');
  const stage = new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'dev', autoDeploy: true });

  for (let i = 0; i < Number(process.env.ROUTES); i++) {
    const routeKey = `route${i}`;
    const fn = makeFunction(stack, routeKey);
    fn.addEnvironment('WEBSOCKET_CALLBACK_URL', stage.callbackUrl);
    stage.grantManagementApiAccess(fn);
    api.addRoute(routeKey, { integration: new WebSocketLambdaIntegration(`${routeKey}-integration`, fn) });
  }

  app.synth();
}
