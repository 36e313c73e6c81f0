import * as path from 'path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

// Guarded by a function; $connect itself has none.
// Without stack traces, which would put the paths of one machine into the snapshot.
const app = new App({ stackTraces: false, context: { 'aws:cdk:disable-creation-stack-traces': true } });
const stack = new Stack(app, 'WebsocketAuthorizer');

const service = new WebsocketService(stack, 'Chat', {
  routes: {
    $default: { handler: path.join(__dirname, 'handlers', 'chat.send') },
  },
  authorizer: ConnectAuthorizer.handler(path.join(__dirname, 'handlers', 'authorizer.authorize'), {
    identitySource: ['route.request.querystring.token'],
  }),
});
new CfnOutput(stack, 'Url', { value: service.url });

new IntegTest(app, 'Authorizer', { testCases: [stack] });
