import type { RequestEvent } from '../gateway-event';
import type { Paint } from './paint';
import { below } from './text-lines';

/** The lines below a request: why it was refused, the error with its stack, what the function got and gave. */
export function requestDetails({ reason, error, event, result }: RequestEvent, paint: Paint): string {
  // The error says it better, with its stack.
  const repeats = error !== undefined && reason === `${error.type}: ${error.message}`;
  return [
    ...reason === undefined || repeats ? [] : [below(paint('yellow', `why: ${reason}`))],
    ...error === undefined || saysAll(reason, error) ? [] : [below(paint('red', errorText(error)))],
    ...event === undefined ? [] : [below(`event: ${event}`)],
    ...result === undefined ? [] : [below(`result: ${result}`)],
  ].join('');
}

/** Whether a reason quotes an error that has nothing else to tell, such as the `Unauthorized` of an authorizer. */
function saysAll(reason: string | undefined, error: NonNullable<RequestEvent['error']>): boolean {
  return reason !== undefined && reason.includes(JSON.stringify(error.message)) && !errorText(error).includes('\n');
}

/** Node's stack begins with the error itself, Python's does not. */
function errorText({ type, message, stackTrace }: NonNullable<RequestEvent['error']>): string {
  const stack = stackTrace.map((line) => line.trimEnd());
  const [firstOfMessage] = message.split('\n');
  if (stack[0]?.startsWith(`${type}: ${firstOfMessage}`)) return stack.join('\n');
  return [`${type}: ${message}`, ...stack].join('\n');
}
