import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, RouteIntegration, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'DirectIntegrations');

const orders = new Queue(stack, 'Orders', { fifo: true });
const bus = new EventBus(stack, 'Bus');
const accepted = { key: '$default', responseTemplates: { $default: '{"accepted":"$context.requestId"}' } };

const shop = new WebsocketService(stack, 'Shop', {
  routes: {
    ping: { integration: RouteIntegration.ping(), returnResponse: true },
    whoami: { integration: RouteIntegration.mock({ response: '{"connectionId":"$context.connectionId"}' }), returnResponse: true },
    order: { integration: RouteIntegration.sqs(orders, { responses: [accepted] }), returnResponse: true },
    look: { integration: RouteIntegration.eventBridge(bus, { source: 'shop', attributes: { article: "$input.path('$.article')" } }) },
  },
  authorizer: ConnectAuthorizer.none(),
});

new CfnOutput(stack, 'Url', { value: shop.url });
