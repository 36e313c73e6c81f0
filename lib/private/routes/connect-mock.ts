import { CfnIntegrationResponse, IWebSocketApi, WebSocketIntegration, WebSocketIntegrationType } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { SharedIntegration } from './shared-integration';

/**
 * A `$connect` integration that lets everybody in whom the authorizer lets in, without a function.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export function connectMock(scope: Construct, api: IWebSocketApi): SharedIntegration {
  const home = new Construct(scope, 'ConnectMock');
  const integration = new WebSocketIntegration(home, 'Integration', {
    webSocketApi: api,
    integrationType: WebSocketIntegrationType.MOCK,
    integrationUri: '',
    templateSelectionExpression: '\\$default',
    requestTemplates: { $default: '{"statusCode":200}' },
  });
  new CfnIntegrationResponse(home, 'IntegrationResponse', {
    apiId: api.apiId,
    integrationId: integration.integrationId,
    integrationResponseKey: '$default',
  });
  return new SharedIntegration(integration);
}
