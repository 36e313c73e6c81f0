import type { Address } from './address';
import type { Answer } from './aws/answer';
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
  return send({
    service: 'execute-api',
    region: endpoint.region ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame,
  }, deadline, undefined, configuration().request?.(method, id, frame?.body));
}
