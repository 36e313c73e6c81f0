import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';

test('foo is a route', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Test');

  new WebsocketService(stack, 'Service', {
    routes: { foo: { handler: 'examples/serverless-ws-test/handler.fooHandler' } },
    authorizer: ConnectAuthorizer.none(),
  });

  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'foo' });
});
