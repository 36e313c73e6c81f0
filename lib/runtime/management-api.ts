import type { Address } from './address';
import { encoded } from './aws/signature';
import { Answer, isPassing, ownRegion, parsed, send } from './aws/transport';
import { configuration } from './configuration';
import type { RuntimeErrorCode } from './error';
import type { Method } from './management-client';

/** What is posted. */
export interface Frame {
  readonly body: string | Uint8Array;
  readonly hash: string;
}

/** Why a request failed. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/**
 * A request to `@connections`, with our signature or through the user's client.
 *
 * @param deadline - in milliseconds since 1970, until which a failure that may pass is tried again
 */
export async function callConnection(method: Method, id: string, { endpoint }: Address, deadline: number, frame?: Frame): Promise<Answer> {
  // These would be another path.
  if (/^\.{0,2}$/.test(id)) return { status: 400, type: 'BadRequestException', body: `{"message":"Invalid connectionId: '${id}'"}` };
  return send({
    service: 'execute-api',
    // Host names of AWS have their region, custom domains do not.
    region: /(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\./.exec(endpoint.hostname)?.[1] ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame,
  }, deadline, isPassing, configuration().request?.(method, id, frame?.body));
}

export function failureOf({ status, type, body }: Answer, { endpoint }: Address): Failure {
  const { message, Message = message } = parsed(body);
  const what = [`${endpoint.host}${endpoint.path} answered ${status}`, type, Message].filter(Boolean).join(' ');
  return { code: codeOf(status) ?? (type || `HTTP_${status}`), message: what };
}

export function codeOf(status: number): RuntimeErrorCode | undefined {
  if (status === 403) return 'FORBIDDEN';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'THROTTLED';
  return status >= 500 ? 'TIMEOUT' : undefined;
}
