import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Chat');

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    $default: { handler: 'chat.help', returnResponse: true },
    join: { handler: 'chat.join', returnResponse: true }, // { "action": "join" } is answered with the id of the connection
    say: { handler: 'chat.say', returnResponse: true }, // { "action": "say", "to": "...", "text": "..." } goes to that connection
  },
  authorizer: ConnectAuthorizer.none(), // good enough for an example: anyone who knows an id may write to it
});

new CfnOutput(stack, 'Url', { value: chat.url });
