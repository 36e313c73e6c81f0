import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

const app = new App();
export const stack = new Stack(app, 'Domain');

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789EXAMPLE', zoneName: 'example.com' });

const chat = new WebsocketService(stack, 'Chat', {
  routes: {
    $default: { handler: 'src/messages.echo' },
  },
  authorizer: ConnectAuthorizer.none(),
  domain: { domainName: 'ws.example.com', hostedZone, mappingKey: 'chat' },
  disableExecuteApiEndpoint: true, // only the domain leads to the API
});

new CfnOutput(stack, 'Url', { value: chat.url }); // wss://ws.example.com/chat
