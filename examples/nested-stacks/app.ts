import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'NestedStacks');

// A route with a handler of its own is some six resources, and a stack takes 500.
const game = new WebsocketService(stack, 'Game', {
  routes: {
    $connect: { handler: 'src/game.connect' },
    move: { handler: 'src/game.move', returnResponse: true },
    resign: { handler: 'src/game.resign', returnResponse: true },
  },
  nestedStacks: 2, // best from the start: a route cannot move to another one in one deployment
  authorizer: ConnectAuthorizer.none(),
});

new CfnOutput(stack, 'Url', { value: game.url });
