import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceRoute } from 'cdk-websocket-service';

const app = new App();

new WebsocketService(new Stack(app, 'Bench'), 'Service', {
  routes: JSON.parse(process.env.ROUTES!) as Record<string, WebsocketServiceRoute>,
  authorizer: ConnectAuthorizer.none(),
});

app.synth();
