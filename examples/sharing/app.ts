import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketService } from 'cdk-websocket-service';

const app = new App();

// The team that owns the API: connections, the stage, and who may connect.
const platform = new Stack(app, 'Platform');
const gateway = new WebsocketService(platform, 'Gateway', {
  routes: {
    $connect: { handler: 'src/platform.connect' },
    $default: { handler: 'src/platform.unknown', returnResponse: true },
  },
  authorizer: ConnectAuthorizer.none(),
});

new CfnOutput(platform, 'Url', { value: gateway.url });

// Another team adds routes to it, and deploys them without the owner.
export const stack = new Stack(app, 'Orders');
new WebsocketRoutes(stack, 'Routes', {
  service: gateway, // of another app: WebsocketService.fromAttributes(this, 'Gateway', { apiId, stageName })
  routes: {
    order: { handler: 'src/orders.order', returnResponse: true },
  },
});
