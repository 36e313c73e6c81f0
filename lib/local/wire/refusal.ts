import { STATUS_CODES } from 'http';
import { newId } from '../protocol/ids';
import { Refusal } from '../protocol/unverified';

/** The headers of AWS on an answer that is no success. */
export function refusalHeaders({ body, errorType }: Refusal): Record<string, string> {
  return {
    // 6.8: an answer without a body says what it is by its header alone.
    ...body && { 'Content-Type': 'application/json' },
    'Content-Length': String(Buffer.byteLength(body)),
    'x-amzn-RequestId': newId(),
    ...errorType && { 'x-amzn-ErrorType': errorType },
  };
}

/** A refused handshake as it goes over the wire. */
export function refusedHandshake(refusal: Refusal): string {
  const headers = { Date: new Date().toUTCString(), ...refusalHeaders(refusal), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`;
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${refusal.body}`;
}
