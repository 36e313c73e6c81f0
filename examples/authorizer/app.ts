import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Authorizer');

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    $connect: { handler: 'src/lifecycle.connect' },
    $disconnect: { handler: 'src/lifecycle.disconnect' },
    $default: { handler: 'src/messages.fallback' },
    sendMessage: { handler: 'src/messages.send' }, // messages with { "action": "sendMessage" }
  },
  authorizer: ConnectAuthorizer.handler('src/auth.authorize', {
    identitySource: ['route.request.querystring.token'],
  }),
});

new CfnOutput(stack, 'Url', { value: chat.url }); // wss://...
