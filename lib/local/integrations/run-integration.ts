import { chosenFunction, failure, failureReason, TIMED_OUT, timedOut, timeLimit, withinTime } from './integration';
import type { IntegrationOutcome, IntegrationRequest } from './integration';
import type { Invoker } from '../functions/invoker';
import { readProxyResponse } from '../protocol/proxy-response';
import type { ProxyResponse } from '../protocol/proxy-response';

/** Asks the integration of a route for its answer to `$connect`, a message or `$disconnect`. Never rejects. */
export function runIntegration(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  // Nearly all integrations are AWS_PROXY: no promise but their own.
  if (request.integration.type === 'AWS_PROXY') return runLambdaProxy(request, invoker);
  // Loaded with the first use: the language of mapping templates takes as long to load as the rest of a small app.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { runTemplated } = require('./templated-integration') as typeof import('./templated-integration');
  return runTemplated(request, invoker);
}

/** AWS_PROXY: the function gets the event and returns the answer (5.2). */
async function runLambdaProxy(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { integration } = request;
  const target = chosenFunction(integration.target, request.stageVariables);
  // 2.5, 4.4.4: the function may not be invoked
  if ('reason' in target) return failure('notInvocable', target.reason);
  const limit = timeLimit(integration);
  const event = request.event();
  const invocation = await withinTime(limit, (onStart) => invoker.invoke(target.functionId, event, onStart));
  if (invocation === TIMED_OUT) return timedOut(limit);
  // 2.3, 4.4.2: the function failed
  if (!invocation.ok) return failure('failed', failureReason(invocation), invocation);
  const response = readProxyResponse(invocation.payload);
  // 2.4, 4.4.3: the response is malformed
  if ('malformed' in response) return failure('malformed', `Malformed Lambda proxy response: ${response.malformed}`, invocation);
  return { ok: true, status: response.statusCode, headers: response.headers, body: bodyText(response), invocation };
}

/** Without a body, the client gets an empty message (5.2.3). */
function bodyText({ body = '', isBase64Encoded }: ProxyResponse): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
}
