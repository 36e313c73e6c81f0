import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
const stack = new Stack(app, 'Bench');
const routeKeys = Array.from({ length: Number(process.env.ROUTES) }, (_, i) => `route${i}`);

new WebsocketService(stack, 'Service', {
  routes: Object.fromEntries(routeKeys.map((routeKey) => [routeKey, { handler: `src/${routeKey}.handler` }])),
  authorizer: ConnectAuthorizer.none(),
});

app.synth();
