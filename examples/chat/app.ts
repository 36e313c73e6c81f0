import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, RouteIntegration, WebsocketConnectionStore, WebsocketService } from 'cdk-websocket-service';
import { DEMO_SECRET } from './login';

const app = new App();
export const stack = new Stack(app, 'Chat');

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    join: { handler: 'src/rooms.join', returnResponse: true }, // { "action": "join", "room": "lobby" }
    leave: { handler: 'src/rooms.leave', returnResponse: true },
    say: { handler: 'src/rooms.say', returnResponse: true }, // { "action": "say", "room": "lobby", "text": "..." }
    typing: { handler: 'src/rooms.typing' },
    ping: { integration: RouteIntegration.ping(), returnResponse: true }, // keeps idle clients connected, without a function
  },
  authorizer: ConnectAuthorizer.handler('src/auth.authorize', {
    identitySource: ['route.request.querystring.token'],
    environment: { SECRET: process.env.CHAT_SECRET ?? DEMO_SECRET },
  }),
  // Who is connected, who is in which room, and what was said within the last hour.
  connectionStore: WebsocketConnectionStore.dynamoDb({ history: { duration: Duration.hours(1), maxMessages: 1000 } }),
});

new CfnOutput(stack, 'Url', { value: chat.url });
