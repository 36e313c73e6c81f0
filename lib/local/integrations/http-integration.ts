import { exchange } from './http-exchange';
import type { HttpResponse } from './http-exchange';
import { backendRequest } from './http-request';
import { failure, timedOut } from './integration-outcome';
import type { IntegrationFailure, IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { respond } from './integration-response';
import { encodedPayload, requestPayload } from './request-payload';
import { TIMED_OUT, timeLimit } from './time-limit';

/** HTTP_PROXY: the backend gets the message as it is, and its whole body is the answer (5.3.7). */
export async function runHttpProxy(request: IntegrationRequest): Promise<IntegrationOutcome> {
  const response = await askBackend(request, request.body);
  if ('ok' in response) return response;
  return { ok: true, status: response.status, headers: response.headers, body: response.body.toString() };
}

/** HTTP: templates make the request and the answer; the status chooses the integration response (5.3.5). */
export async function runHttp(request: IntegrationRequest): Promise<IntegrationOutcome> {
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const response = await askBackend(request, payload.text);
  return 'ok' in response ? response : respond(request, { ...response, selector: String(response.status) });
}

async function askBackend(request: IntegrationRequest, text: string): Promise<HttpResponse | IntegrationFailure> {
  const target = backendRequest(request);
  if ('ok' in target) return target;
  const limit = timeLimit(request.integration);
  const response = await exchange(target, encodedPayload(request, text), limit);
  if (response === TIMED_OUT) return timedOut(limit);
  if ('networkError' in response) {
    return failure('backendUnreachable', `${target.method} ${target.url.href} had no response: ${response.networkError}`);
  }
  return response;
}
