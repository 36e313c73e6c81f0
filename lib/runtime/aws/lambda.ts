import { refusal } from './answer';
import { callService } from './service';
import { encoded } from './signature';

/** Lambda's answer to what it has put into the queue of the function. */
const ACCEPTED = 202;

/** Invokes a function asynchronously. Fails unless Lambda has accepted it. */
export async function invokeEvent(functionName: string, payload: string): Promise<void> {
  const path = `/2015-03-31/functions/${encoded(functionName)}/invocations`;
  const answer = await callService('lambda', path, { 'x-amz-invocation-type': 'Event' }, payload);
  if (answer.status !== ACCEPTED) throw refusal(`the invocation of ${functionName}`, answer);
}
