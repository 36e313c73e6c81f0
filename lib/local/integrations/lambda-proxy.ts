import { chosenFunction } from './function-target';
import { failure, timedOut } from './integration-outcome';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome';
import { TIMED_OUT, timeLimit, withinTime } from './time-limit';
import type { InvocationFailure, Invoker } from '../functions/invoker';
import { readProxyResponse } from '../protocol/proxy-response';
import type { ProxyResponse } from '../protocol/proxy-response';

/** AWS_PROXY: the function gets the event and returns what is answered (5.2). */
export async function runLambdaProxy(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { integration } = request;
  const target = chosenFunction(integration.target, request.stageVariables);
  // 2.5, 4.4.4
  if ('reason' in target) return failure('notInvocable', target.reason);
  const limit = timeLimit(integration);
  const event = request.event();
  const invocation = await withinTime(limit, (onStart) => invoker.invoke(target.functionId, event, onStart));
  if (invocation === TIMED_OUT) return timedOut(limit);
  // 2.3, 4.4.2
  if (!invocation.ok) return failure('failed', failureReason(invocation), invocation);
  const response = readProxyResponse(invocation.payload);
  // 2.4, 4.4.3
  if ('malformed' in response) {
    return failure('malformed', `Malformed Lambda proxy response: ${response.malformed}`, invocation);
  }
  return { ok: true, status: response.statusCode, headers: response.headers, body: bodyText(response), invocation };
}

/** How an invocation failed, in one line. */
export function failureReason({ errorType, errorMessage }: InvocationFailure): string {
  return [errorType, errorMessage].filter((text) => text !== '').join(': ') || 'the function failed without a message';
}

/** 5.2.3: no body is an empty message. */
function bodyText({ body = '', isBase64Encoded }: ProxyResponse): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
}
