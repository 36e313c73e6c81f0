import { headerValue } from './headers';
import { UNVERIFIED } from './unverified';

/** The status that answers the handshake, by what `$connect` returned (2.1, 2.2). */
export function connectStatus(statusCode: number): number {
  if (statusCode >= 200 && statusCode < 300) return 101;
  return statusCode < 200 ? UNVERIFIED.informationalConnectStatus : statusCode;
}

/**
 * The subprotocol that the client is told (2.8, 2.9): never one that `$connect` did not return.
 *
 * @param headers of the response of `$connect`
 * @param offered the client's `Sec-WebSocket-Protocol`
 */
export function subprotocol(headers: Readonly<Record<string, string>>, offered?: string): string | undefined {
  const chosen = headerValue(headers, 'sec-websocket-protocol');
  // A line break would end the header.
  if (!chosen || !/^[\x20-\x7e]+$/.test(chosen)) return undefined;
  const offers = (offered ?? '').split(',').map((name) => name.trim());
  return UNVERIFIED.subprotocolMustBeOffered && !offers.includes(chosen) ? undefined : chosen;
}
