import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, WebSocketIntegration, WebSocketIntegrationType, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { SharedIntegration } from '../../../lib/private/routes/shared-integration';

function made(stack: Stack): { api: WebSocketApi; integration: WebSocketIntegration } {
  const api = new WebSocketApi(stack, 'Api');
  const integration = new WebSocketIntegration(stack, 'Integration', {
    webSocketApi: api,
    integrationType: WebSocketIntegrationType.MOCK,
    integrationUri: '',
  });
  return { api, integration };
}

test('every route targets the integration that exists', () => {
  // GIVEN
  const stack = new Stack();
  const { api, integration } = made(stack);
  const shared = new SharedIntegration(integration);

  // WHEN
  for (const routeKey of ['foo', 'bar']) new WebSocketRoute(stack, routeKey, { webSocketApi: api, routeKey, integration: shared });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
  template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Route', {
    Target: stack.resolve(`integrations/${integration.integrationId}`),
  }, 2);
});

test('fails to be bound, since nothing is left to make', () => {
  // GIVEN
  const { integration } = made(new Stack());

  // THEN
  expect(() => new SharedIntegration(integration).bind()).toThrow(new Error('Default/Integration is bound already'));
});
