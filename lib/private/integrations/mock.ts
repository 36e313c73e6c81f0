import { IntegrationSpec, Refuse } from './integration-plan';

interface Answer {
  readonly statusCode?: number;
  readonly response?: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html */
export function mockCall({ statusCode = 200, response }: Answer): IntegrationSpec {
  return { type: 'MOCK', requestTemplate: JSON.stringify({ statusCode }), responseTemplate: response };
}

export function checkMock(refuse: Refuse, { statusCode = 200 }: Answer): void {
  if (Number.isInteger(statusCode) && statusCode >= 200 && statusCode <= 599) return;
  refuse('statusCode', statusCode, { reason: 'is no status of HTTP', remedy: 'use one from 200 to 599' });
}
