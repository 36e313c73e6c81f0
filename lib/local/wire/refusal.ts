import { IncomingMessage, ServerResponse, STATUS_CODES } from 'http';
import type { Duplex } from 'stream';
import { Refusal } from '../protocol/connect-answer';
import { newId } from '../protocol/ids';

/** Milliseconds that a client gets to read the answer and close its side. */
const PARTING_PATIENCE = 2_000;

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
  // Told not to send the body, clients do as they like: what follows on the connection is anybody's guess.
  if (request.headers.expect !== undefined) response.shouldKeepAlive = false;
  response.writeHead(refusal.status, refusalHeaders(refusal, requestId));
  response.end(refusal.body);
}

/** Answers a handshake that is refused, and ends the connection. */
export function refuseHandshake(socket: Duplex, refusal: Refusal, requestId = newId()): void {
  sayLast(socket, refusedHandshake(refusal, requestId));
}

/** Sends the last answer; a client that does not close its side must not keep the connection open. */
export function sayLast(socket: Duplex, text: string): void {
  // Whatever the client sends after it is discarded.
  if (socket.writableEnded) return;
  const patience = setTimeout(() => socket.destroy(), PARTING_PATIENCE).unref();
  socket.once('close', () => clearTimeout(patience));
  socket.end(text);
  // Without reading, the client's close would go unnoticed.
  socket.resume();
}

/** A refused handshake as it goes over the wire. */
export function refusedHandshake(refusal: Refusal, requestId: string): string {
  const headers = { Date: new Date().toUTCString(), ...refusalHeaders(refusal, requestId), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`;
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${refusal.body}`;
}
