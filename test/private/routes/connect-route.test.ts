import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { makeConnectMock } from '../../../lib/private/routes/connect-route';

test('lets everybody in: a mock that answers 200, with its response', () => {
  // GIVEN
  const stack = new Stack();
  const api = new WebSocketApi(stack, 'Api');

  // WHEN
  new WebSocketRoute(stack, 'Route', { webSocketApi: api, routeKey: '$connect', integration: makeConnectMock(stack, api) });

  // THEN
  const template = Template.fromStack(stack);
  const [[id, integration]] = Object.entries(template.findResources('AWS::ApiGatewayV2::Integration'));
  expect(integration.Properties).toEqual({
    ApiId: stack.resolve(api.apiId),
    IntegrationType: 'MOCK',
    IntegrationUri: '',
    RequestTemplates: { $default: '{"statusCode":200}' },
    TemplateSelectionExpression: '\\$default',
  });
  const [response] = Object.values(template.findResources('AWS::ApiGatewayV2::IntegrationResponse'));
  expect(response.Properties).toEqual({
    ApiId: stack.resolve(api.apiId),
    IntegrationId: { Ref: id },
    IntegrationResponseKey: '$default',
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { Target: { 'Fn::Join': ['', ['integrations/', { Ref: id }]] } });
});
