import { storeSettings } from '../configuration';
import { runtimeError } from '../error';
import { encoded } from './signature';
import { currentDeadline, ownRegion, parsed, send, serviceEndpoint } from './transport';

/** Lambda's answer to what it has put into the queue of the function. */
const ACCEPTED = 202;

/** Invokes a function asynchronously. Fails unless Lambda has accepted it. */
export async function invokeEvent(functionName: string, payload: string): Promise<void> {
  const region = storeSettings().region ?? ownRegion();
  const { status, type, body } = await send({
    service: 'lambda',
    region,
    endpoint: serviceEndpoint('lambda', region),
    method: 'POST',
    path: `/2015-03-31/functions/${encoded(functionName)}/invocations`,
    headers: { 'x-amz-invocation-type': 'Event' },
    contentType: 'application/json',
    body: payload,
  }, currentDeadline());
  if (status === ACCEPTED) return;
  const { message, Message = message } = parsed(body);
  const code = status === 403 ? 'FORBIDDEN' : status === 429 ? 'THROTTLED' : status >= 500 ? 'TIMEOUT' : 'CONFIGURATION';
  throw runtimeError(code, `Lambda did not accept an invocation of ${functionName}: ${status} ${type} ${String(Message ?? '')}`.trim());
}
