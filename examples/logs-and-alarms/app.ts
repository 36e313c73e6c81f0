import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { WebsocketAccessLogFormat, ConnectAuthorizer, WebsocketLoggingLevel, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'LogsAndAlarms');

const shop = new WebsocketService(stack, 'Shop', {
  routes: {
    $default: { handler: 'src/shop.look', returnResponse: true },
    order: {
      handler: 'src/shop.order',
      returnResponse: true,
      throttle: { rateLimit: 5, burstLimit: 10 }, // requests a second, of all clients together
      detailedMetricsEnabled: true,
    },
  },
  authorizer: ConnectAuthorizer.none(),
  throttle: { rateLimit: 100, burstLimit: 200 },
  accessLog: {
    format: WebsocketAccessLogFormat.json(['requestId', 'connectionId', 'routeKey', 'status', 'requestTime', 'error.messageString']),
  },
  loggingLevel: WebsocketLoggingLevel.ERROR, // what API Gateway did with requests that failed
});

const alerts = new Topic(stack, 'Alerts', { enforceSSL: true });
shop.addAlarms({ topic: alerts, integrationLatency: { threshold: 800 } }); // milliseconds
shop.addDashboard();

new CfnOutput(stack, 'Url', { value: shop.url });
