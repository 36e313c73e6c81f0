import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';
import { acknowledgeFindings } from './cdk-nag';

const app = new App();
export const stack = new Stack(app, 'ServerlessWsTest');

const service = new WebsocketService(stack, 'Service', {
  routes: {
    $connect: { handler: 'handler.connectionHandler' },
    $disconnect: { handler: 'handler.connectionHandler' },
    $default: { handler: 'handler.defaultHandler' },
    foo: { handler: 'handler.fooHandler' }, // messages with { "action": "foo" }
  },
  // connectionHandler itself refuses clients without the token.
  authorizer: ConnectAuthorizer.none(),
  defaults: { memorySize: 256, timeout: Duration.seconds(10), tracing: Tracing.ACTIVE },
  throttle: { burstLimit: 100, rateLimit: 50 },
});

new CfnOutput(stack, 'Url', { value: service.url });
new CfnOutput(stack, 'CallbackUrl', { value: service.callbackUrl });

acknowledgeFindings(service);
