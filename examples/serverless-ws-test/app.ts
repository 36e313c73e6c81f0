import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WebsocketAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'ServerlessWsTest');

const service = new WebsocketService(stack, 'Service', {
  routes: {
    $connect: { handler: 'handler.connectionHandler' },
    $disconnect: { handler: 'handler.connectionHandler' },
    $default: { handler: 'handler.defaultHandler' },
    foo: { handler: 'handler.fooHandler' }, // messages with { "action": "foo" }
  },
  // connectionHandler itself refuses whoever has no token.
  authorizer: WebsocketAuthorizer.none(),
});

new CfnOutput(stack, 'Url', { value: service.url });
new CfnOutput(stack, 'CallbackUrl', { value: service.callbackUrl });
