import { chosenFunction } from './function-target';
import { NO_HEADERS, failure, timedOut } from './integration-outcome';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { respond } from './integration-response';
import { failureReason } from './lambda-proxy';
import { mappedParameters } from './request-parameters';
import { encodedPayload, requestPayload } from './request-payload';
import { TIMED_OUT, timeLimit, withinTime } from './time-limit';
import type { InvocationResult, Invoker } from '../functions/invoker';
import { isRecord, parsedJson } from '../protocol/json';
import { UNVERIFIED } from '../protocol/unverified';

/** AWS with the invocation URI of a function: the function gets what the request template makes, not the event (5.3). */
export async function runLambdaService(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const target = chosenFunction(request.integration.target, request.stageVariables);
  if ('reason' in target) return failure('notInvocable', target.reason);
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const event = encodedPayload(request, payload.text).toString() || UNVERIFIED.emptyLambdaPayload;
  // Lambda refuses anything else.
  if (parsedJson(event) === undefined) {
    return failure('misconfigured', `the function can be given JSON only: make it with a request template of ${request.integration.logicalId}`);
  }
  // 5.2.7: the Lambda service has queued the event and says so.
  if (isAsynchronous(request)) {
    void invoker.invoke(target.functionId, event);
    return respond(request, { status: UNVERIFIED.asyncInvocationStatus, headers: NO_HEADERS, body: Buffer.alloc(0) });
  }
  const limit = timeLimit(request.integration);
  const invocation = await withinTime(limit, (onStart) => invoker.invoke(target.functionId, event, onStart));
  return invocation === TIMED_OUT ? timedOut(limit) : settled(request, invocation);
}

function settled(request: IntegrationRequest, invocation: InvocationResult): IntegrationOutcome {
  // There is no function that Lambda could answer for.
  if (!invocation.ok && invocation.kind === 'none') return failure('notInvocable', failureReason(invocation), invocation);
  const body = responsePayload(invocation);
  // The Lambda service answers 200, also for a function that failed: the error is in the body.
  return respond(request, { status: 200, headers: NO_HEADERS, body: Buffer.from(body), selector: errorMessage(body), invocation });
}

function responsePayload(invocation: InvocationResult): string {
  if (invocation.ok) return invocation.payload;
  const { errorMessage: message, errorType, stackTrace } = invocation;
  return JSON.stringify({ errorMessage: message, errorType, trace: stackTrace });
}

/** 5.3.5: `$integration.response.body.errorMessage` */
function errorMessage(body: string): string | undefined {
  const json = parsedJson(body);
  return isRecord(json) && typeof json.errorMessage === 'string' ? json.errorMessage : undefined;
}

function isAsynchronous(request: IntegrationRequest): boolean {
  const { headers } = mappedParameters(request);
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'x-amz-invocation-type');
  return name !== undefined && headers[name] === 'Event';
}
