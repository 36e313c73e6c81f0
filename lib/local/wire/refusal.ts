import { IncomingMessage, ServerResponse, STATUS_CODES } from 'http';
import { newId } from '../protocol/ids';
import { Refusal } from '../protocol/unverified';

/** The headers of AWS on an answer that is no success. */
export function refusalHeaders({ body, errorType }: Refusal, requestId: string): Record<string, string> {
  return {
    // 6.8: an answer without a body says what it is by its header alone.
    ...body && { 'Content-Type': 'application/json' },
    'Content-Length': String(Buffer.byteLength(body)),
    'x-amzn-RequestId': requestId,
    ...errorType && { 'x-amzn-ErrorType': errorType },
  };
}

/** Answers a request that is served nowhere; its body is read and dropped, so that the client hears the answer. */
export function refuseRequest(request: IncomingMessage, response: ServerResponse, refusal: Refusal, requestId = newId()): void {
  request.resume();
  response.writeHead(refusal.status, refusalHeaders(refusal, requestId));
  response.end(refusal.body);
}

/** A refused handshake as it goes over the wire. */
export function refusedHandshake(refusal: Refusal, requestId: string): string {
  const headers = { Date: new Date().toUTCString(), ...refusalHeaders(refusal, requestId), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`;
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${refusal.body}`;
}
