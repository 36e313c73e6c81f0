import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketModel, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Models');

const board = new WebsocketService(stack, 'Board', {
  routes: {
    $connect: {
      handler: 'src/board.connect',
      requestParameters: { 'route.request.querystring.room': true }, // wss://.../dev?room=lobby
    },
    sendMessage: {
      handler: 'src/board.send',
      returnResponse: true,
      requestModel: WebsocketModel.fromFile('schemas/send-message.json'),
    },
    // { "action": "draw", "shape": "circle", "radius": 3 }
    draw: {
      handler: 'src/board.draw',
      returnResponse: true,
      modelSelectionExpression: '$request.body.shape',
      requestModels: {
        circle: WebsocketModel.fromSchema({
          required: ['radius'],
          properties: { radius: { type: 'number', minimum: 0, exclusiveMinimum: true } },
        }),
        square: WebsocketModel.fromSchema({
          required: ['side'],
          properties: { side: { type: 'number', minimum: 0, exclusiveMinimum: true } },
        }),
      },
    },
  },
  authorizer: ConnectAuthorizer.none(),
});

new CfnOutput(stack, 'Url', { value: board.url });
