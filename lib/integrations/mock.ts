import { TemplatedIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { IntegrationPlan } from '../private/integrations/integration-plan';

/**
 * Options of `RouteIntegration.mock` and `RouteIntegration.ping`.
 *
 * @example
 * RouteIntegration.mock({ response: '{"you":"$context.connectionId"}' });
 */
export interface WebsocketMockIntegrationOptions extends TemplatedIntegrationOptions {
  /**
   * The status that selects the integration response; on `$connect` also the status of the handshake.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   * @default 200
   */
  readonly statusCode?: number;

  /**
   * A mapping template for the message that a two-way route sends to the client.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - no message; for `ping` '{"message":"pong"}'
   */
  readonly response?: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html */
export function mockIntegration(options: WebsocketMockIntegrationOptions): IntegrationPlan {
  return mock('mock', options);
}

export function pingIntegration(options: WebsocketMockIntegrationOptions): IntegrationPlan {
  return mock('ping', options, '{"message":"pong"}');
}

function mock(factory: string, options: WebsocketMockIntegrationOptions, defaultResponse?: string): IntegrationPlan {
  return {
    factory,
    struct: 'WebsocketMockIntegrationOptions',
    options,
    check: (checks) => checkStatus(checks, options),
    define: () => {
      const { statusCode = 200, response = defaultResponse } = options;
      return { type: 'MOCK', requestTemplate: JSON.stringify({ statusCode }), responseTemplate: response };
    },
  };
}

function checkStatus(checks: Checks, { statusCode = 200 }: WebsocketMockIntegrationOptions): void {
  if (Number.isInteger(statusCode) && statusCode >= 200 && statusCode <= 599) return;
  checks.refuse('statusCode', statusCode, { reason: 'is not an HTTP status', remedy: 'use one from 200 to 599' });
}
