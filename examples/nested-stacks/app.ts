import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'NestedStacks');

// A route with a handler of its own makes six or seven resources, and a stack holds at most 500.
const game = new WebsocketService(stack, 'Game', {
  routes: {
    $connect: { handler: 'src/game.connect' },
    move: { handler: 'src/game.move', returnResponse: true },
    resign: { handler: 'src/game.resign', returnResponse: true },
  },
  nestedStacks: 2, // best set from the start: one deployment cannot move a route to another nested stack
  authorizer: ConnectAuthorizer.none(),
});

new CfnOutput(stack, 'Url', { value: game.url });
