import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService, WebsocketTokenSource } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Jwt');

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    whoami: { handler: 'src/messages.whoami', returnResponse: true }, // messages with { "action": "whoami" }
  },
  authorizer: ConnectAuthorizer.jwt({
    issuer: 'https://login.example.com/',
    audience: ['chat'],
    scopes: ['chat:read', 'chat:write'], // a token needs one of them
    tokenSources: [
      WebsocketTokenSource.subprotocol('bearer'), // browsers: new WebSocket(url, ['bearer', token])
      WebsocketTokenSource.header('Authorization'), // others
    ],
  }),
});

new CfnOutput(stack, 'Url', { value: chat.url }); // wss://...
