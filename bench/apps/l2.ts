import { App, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

// A WebSocket API in plain aws-cdk-lib: one function, integration and grant for each route. `node l2.js plain` is what a user
// writes; `node l2.js floor` makes the same resources without any bundling, so it takes the time of aws-cdk-lib itself.
const makeFunction = process.argv[2] === 'plain' ? plainFunction : inlineFunction;

const app = new App();
const stack = new Stack(app, 'Bench');
const api = new WebSocketApi(stack, 'Api');
const stage = new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'dev', autoDeploy: true });
for (const routeKey of Object.keys(JSON.parse(process.env.ROUTES!) as object)) {
  const fn = makeFunction(routeKey);
  fn.addEnvironment('WEBSOCKET_CALLBACK_URL', stage.callbackUrl);
  stage.grantManagementApiAccess(fn);
  api.addRoute(routeKey, { integration: new WebSocketLambdaIntegration(`${routeKey}-integration`, fn) });
}
app.synth();

function plainFunction(routeKey: string): lambda.Function {
  // The floor must not load the bundling constructs.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const nodejs = require('aws-cdk-lib/aws-lambda-nodejs') as { readonly NodejsFunction: typeof NodejsFunction };
  return new nodejs.NodejsFunction(stack, routeKey, { entry: `src/${routeKey}.ts`, runtime: lambda.Runtime.NODEJS_24_X });
}

function inlineFunction(routeKey: string): lambda.Function {
  return new lambda.Function(stack, routeKey, {
    code: lambda.Code.fromInline(`exports.handler = async () => ({ statusCode: 200, body: '${routeKey}' });`),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
  });
}
