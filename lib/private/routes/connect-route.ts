import { CfnIntegrationResponse, IWebSocketApi, WebSocketIntegration, WebSocketIntegrationType } from 'aws-cdk-lib/aws-apigatewayv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SharedIntegration } from './route-integrations';
import { FunctionSettings } from '../handlers/function-settings';
import { presetFunction } from '../handlers/preset-function';

/**
 * The integration of a `$connect` route that is added for the authorizer: a mock that accepts every client that the authorizer admits.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export function makeConnectMock(service: Construct, api: IWebSocketApi): SharedIntegration {
  const scope = new Construct(service, 'ConnectMock');
  const integration = new WebSocketIntegration(scope, 'Integration', {
    webSocketApi: api,
    integrationType: WebSocketIntegrationType.MOCK,
    integrationUri: '',
    templateSelectionExpression: '\\$default',
    requestTemplates: { $default: '{"statusCode":200}' },
  });
  new CfnIntegrationResponse(scope, 'IntegrationResponse', {
    apiId: api.apiId,
    integrationId: integration.integrationId,
    integrationResponseKey: '$default',
  });
  return new SharedIntegration(integration);
}

/**
 * The function of such a `$connect` route if tokens come as a subprotocol. The function selects the subprotocol, which an authorizer cannot
 * do: browsers close a connection if the server selects none of the subprotocols that they offer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export function makeSubprotocolEcho(service: Construct, subprotocol: string, defaults: FunctionSettings): lambda.Function {
  return presetFunction(service, 'ConnectEcho', 'subprotocol-echo', defaults, { SUBPROTOCOL: subprotocol });
}
