import { NO_HEADERS, failure } from './integration-outcome';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { respond } from './integration-response';
import { requestPayload } from './request-payload';
import { isRecord, parsedJson } from '../protocol/json';
import { UNVERIFIED } from '../protocol/unverified';

/** MOCK: the request template gives the status, an integration response the rest; nothing is called (2.12). */
export function runMock(request: IntegrationRequest): IntegrationOutcome {
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const status = statusCode(parsedJson(payload.text));
  if (status === undefined) {
    return failure('misconfigured', `the request template of ${request.integration.logicalId} must give a status, as {"statusCode": 200}`);
  }
  return respond(request, { status, headers: NO_HEADERS, body: Buffer.from(UNVERIFIED.mockBody), selector: String(status) });
}

function statusCode(json: unknown): number | undefined {
  const code = isRecord(json) && Object.hasOwn(json, 'statusCode') ? Number(json.statusCode) : NaN;
  return Number.isInteger(code) && code >= UNVERIFIED.statusCodes.lowest && code <= UNVERIFIED.statusCodes.highest ? code : undefined;
}
