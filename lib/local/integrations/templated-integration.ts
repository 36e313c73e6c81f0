import { runHttp, runHttpProxy } from './http-integration';
import { chosenFunction, failure, failureReason, messageOf, NO_HEADERS, TIMED_OUT, timedOut, timeLimit, withinTime } from './integration';
import type { IntegrationOutcome, IntegrationRequest } from './integration';
import { encodedPayload, mappedParameters, requestPayload } from './request-mapping';
import { mappedResponse } from './response-mapping';
import type { InvocationResult, Invoker } from '../functions/invoker';
import { isRecord, parsedJson } from '../protocol/json';
import { UNVERIFIED } from '../protocol/unverified';

/** Asks an integration of any type but AWS_PROXY. Never rejects. */
export async function runTemplated(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { target } = request.integration;
  // The gateway does not serve this backend, such as one behind a VPC link.
  if (target?.type === 'none') return failure('notInvocable', target.reason);
  try {
    switch (request.integration.type) {
      case 'AWS': return await runLambdaService(request, invoker);
      case 'MOCK': return runMock(request);
      case 'HTTP': return await runHttp(request);
      default: return await runHttpProxy(request);
    }
  } catch (thrown) {
    // Data may be nested too deep, text may not fit into a URL.
    return failure('misconfigured', `the integration ${request.integration.logicalId} failed: ${messageOf(thrown)}`);
  }
}

/** MOCK: the request template gives the status, an integration response the rest; nothing is called (2.12). */
function runMock(request: IntegrationRequest): IntegrationOutcome {
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const status = statusCode(parsedJson(payload.text));
  if (status === undefined) {
    return failure('misconfigured', `the request template of ${request.integration.logicalId} must give a status, as {"statusCode": 200}`);
  }
  return mappedResponse(request, { status, headers: NO_HEADERS, body: Buffer.from(UNVERIFIED.mockBody), selector: String(status) });
}

function statusCode(json: unknown): number | undefined {
  const code = isRecord(json) && Object.hasOwn(json, 'statusCode') ? Number(json.statusCode) : NaN;
  return Number.isInteger(code) && code >= UNVERIFIED.statusCodes.lowest && code <= UNVERIFIED.statusCodes.highest ? code : undefined;
}

/** AWS with the invocation URI of a function: the function gets the output of the request template, not the event (5.3). */
async function runLambdaService(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const target = chosenFunction(request.integration.target, request.stageVariables);
  if ('reason' in target) return failure('notInvocable', target.reason);
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const event = encodedPayload(request, payload.text).toString() || UNVERIFIED.emptyLambdaPayload;
  // The Lambda service refuses anything that is not JSON.
  if (parsedJson(event) === undefined) {
    const { logicalId } = request.integration;
    return failure('misconfigured', `the function can be given JSON only: make it with a request template of ${logicalId}`);
  }
  // 5.2.7: the Lambda service answers that the event is queued.
  if (isAsynchronous(request)) {
    void invoker.invoke(target.functionId, event);
    return mappedResponse(request, { status: UNVERIFIED.asyncInvocationStatus, headers: NO_HEADERS, body: Buffer.alloc(0) });
  }
  const limit = timeLimit(request.integration);
  const invocation = await withinTime(limit, (onStart) => invoker.invoke(target.functionId, event, onStart));
  return invocation === TIMED_OUT ? timedOut(limit) : lambdaResponse(request, invocation);
}

function lambdaResponse(request: IntegrationRequest, invocation: InvocationResult): IntegrationOutcome {
  // Without a function that can run, there is no response to map.
  if (!invocation.ok && invocation.kind === 'none') return failure('notInvocable', failureReason(invocation), invocation);
  const body = responsePayload(invocation);
  // The Lambda service answers 200 even if the function failed: the error is in the body.
  return mappedResponse(request, { status: 200, headers: NO_HEADERS, body: Buffer.from(body), selector: errorMessage(body), invocation });
}

function responsePayload(invocation: InvocationResult): string {
  if (invocation.ok) return invocation.payload;
  const { errorMessage: message, errorType, stackTrace } = invocation;
  return JSON.stringify({ errorMessage: message, errorType, trace: stackTrace });
}

/** `$integration.response.body.errorMessage`, which chooses the integration response (5.3.5) */
function errorMessage(body: string): string | undefined {
  const json = parsedJson(body);
  return isRecord(json) && typeof json.errorMessage === 'string' ? json.errorMessage : undefined;
}

function isAsynchronous(request: IntegrationRequest): boolean {
  const { headers } = mappedParameters(request);
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'x-amz-invocation-type');
  return name !== undefined && headers[name] === 'Event';
}
