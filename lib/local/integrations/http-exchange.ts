import * as http from 'http';
import * as https from 'https';
import type { BackendRequest } from './http-request';
import { messageOf } from './integration-outcome';
import { TIMED_OUT } from './time-limit';

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; of several values the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
}

interface NoResponse {
  /** One line: what the network said. */
  readonly networkError: string;
}

export type Exchange = HttpResponse | NoResponse | typeof TIMED_OUT;

/**
 * Sends a request and reads the whole response. Never rejects. API Gateway follows no redirects, so neither does this.
 *
 * @param milliseconds until `TIMED_OUT`, when the connection to the backend is given up
 */
export function exchange(request: BackendRequest, body: Buffer, milliseconds: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      resolve(TIMED_OUT);
      abort.abort();
    }, milliseconds).unref();
    const end = (result: HttpResponse | NoResponse) => {
      clearTimeout(timer);
      resolve(result);
    };
    const failed = (error: unknown) => end({ networkError: networkError(error) });
    try {
      send(request, body, abort.signal, (incoming) => read(incoming, end, failed)).on('error', failed);
    } catch (thrown) {
      // A header that HTTP does not allow.
      failed(thrown);
    }
  });
}

function send(
  { url, method, headers }: BackendRequest,
  body: Buffer,
  signal: AbortSignal,
  onResponse: (incoming: http.IncomingMessage) => void,
): http.ClientRequest {
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.request(url, { method, signal }, onResponse);
  // A closed gateway does not wait for backends.
  outgoing.on('socket', (socket) => socket.unref());
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (method === 'GET' || method === 'HEAD') return outgoing.end();
  outgoing.setHeader('Content-Length', body.length);
  return outgoing.end(body);
}

function read(incoming: http.IncomingMessage, end: (result: HttpResponse) => void, failed: (error: unknown) => void): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('error', failed);
  incoming.on('end', () => end({
    status: incoming.statusCode ?? 0,
    ...headerMaps(incoming.headersDistinct),
    body: Buffer.concat(chunks),
  }));
}

function headerMaps(distinct: NodeJS.Dict<string[]>): Pick<HttpResponse, 'headers' | 'multiValueHeaders'> {
  const multiValueHeaders: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, values = []] of Object.entries(distinct)) {
    multiValueHeaders[name] = values;
    headers[name] = values[values.length - 1];
  }
  return { headers, multiValueHeaders };
}

/** Node has no message, only a code, where several addresses of a host were tried. */
function networkError(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return messageOf(error) || String(code);
}
