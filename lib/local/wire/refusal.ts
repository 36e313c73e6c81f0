import { IncomingMessage, ServerResponse, STATUS_CODES } from 'http';
import type { Duplex } from 'stream';
import { Refusal } from '../protocol/connect-answer';
import { newRequest } from '../protocol/events';

/** Milliseconds for a client to read the answer and close its side. */
const PARTING_PATIENCE = 2_000;

/** The headers that AWS sends with a refusal. */
export function refusalHeaders({ body, errorType }: Refusal, requestId: string): Record<string, string> {
  return {
    // 6.8: without a body, the error type is in its header alone.
    ...body && { 'Content-Type': 'application/json' },
    'Content-Length': String(Buffer.byteLength(body)),
    'x-amzn-RequestId': requestId,
    ...errorType && { 'x-amzn-ErrorType': errorType },
  };
}

/** Refuses a request; its body is read and dropped, so that the client reads the answer. */
export function refuseRequest(
  request: IncomingMessage, response: ServerResponse, refusal: Refusal, requestId = newRequest().requestId,
): void {
  request.resume();
  // After a refused `Expect`, a client may send the body or not: the next bytes have no certain meaning.
  if (request.headers.expect !== undefined) response.shouldKeepAlive = false;
  response.writeHead(refusal.status, refusalHeaders(refusal, requestId));
  response.end(refusal.body);
}

/** Refuses a handshake and ends the connection. */
export function refuseHandshake(socket: Duplex, refusal: Refusal, requestId = newRequest().requestId): void {
  sayLast(socket, refusedHandshake(refusal, requestId));
}

/** Sends the last answer on a connection. A client that does not close its side is cut off later. */
export function sayLast(socket: Duplex, text: string): void {
  if (socket.writableEnded) return;
  const patience = setTimeout(() => socket.destroy(), PARTING_PATIENCE).unref();
  socket.once('close', () => clearTimeout(patience));
  socket.end(text);
  // What the client still sends is dropped; its close would go unnoticed without reading.
  socket.resume();
}

/** A refused handshake in bytes. */
export function refusedHandshake(refusal: Refusal, requestId: string): string {
  const headers = { Date: new Date().toUTCString(), ...refusalHeaders(refusal, requestId), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Unknown'}`;
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${refusal.body}`;
}
