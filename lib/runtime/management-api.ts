import type { Address } from './address';
import { Answer, isPassing } from './aws/answer';
import { ownRegion } from './aws/endpoint';
import { encoded } from './aws/signature';
import { send } from './aws/transport';
import { configuration } from './configuration';
import type { Method } from './management-client';

/** What is posted. */
export interface Frame {
  readonly body: string | Uint8Array;
  readonly hash: string;
}

/** Milliseconds for which a client that reads nothing is tried: it would hold up everybody else's message until the deadline. */
const FULL_MS = 1_000;

const FULL = /"message":"The WebSocket client side buffer is full/i;

/**
 * A request to `@connections`, with our signature or through the user's client.
 *
 * @param deadline - in milliseconds since 1970, until which a failure that may pass is tried again
 */
export function callConnection(method: Method, id: string, { endpoint }: Address, deadline: number, frame?: Frame): Promise<Answer> {
  // These would be another path.
  if (/^\.{0,2}$/.test(id)) {
    return Promise.resolve({ status: 400, type: 'BadRequestException', body: `{"message":"Invalid connectionId: '${id}'"}` });
  }
  const began = Date.now();
  const mayPass = (answer: Answer): boolean => isPassing(answer) && (Date.now() - began < FULL_MS || !FULL.test(answer.body));
  return send({
    service: 'execute-api',
    region: endpoint.region ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame,
  }, deadline, mayPass, configuration().request?.(method, id, frame?.body));
}
