import { App, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
const connect = process.env.CONNECT;

new WebsocketService(new Stack(app, 'Bench'), 'Service', {
  routes: {
    ...(connect ? { $connect: { handler: connect } } : {}),
    echo: { handler: 'src/echo.handler', returnResponse: true },
    version: { handler: 'src/version.handler', returnResponse: true },
    versionWithSdk: { handler: 'src/version-with-sdk.handler', returnResponse: true },
  },
  authorizer: ConnectAuthorizer.none(),
});

app.synth();
