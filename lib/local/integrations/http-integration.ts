import * as http from 'http';
import * as https from 'https';
import { failure, messageOf, TIMED_OUT, timedOut, timeLimit } from './integration';
import type { IntegrationFailure, IntegrationOutcome, IntegrationRequest } from './integration';
import { encodedPayload, mappedParameters, requestPayload } from './request-mapping';
import type { MappedParameters } from './request-mapping';
import { mappedResponse } from './response-mapping';
import type { ConnectionContext } from '../protocol/events';
import { newTraceId } from '../protocol/events';
import { forwardedHeaders } from '../protocol/request';
import { missingVariable, withStageVariables } from '../protocol/stage-variables';
import { UNVERIFIED } from '../protocol/unverified';

/** A request to an HTTP backend, without its body. */
interface BackendRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

interface HttpResponse {
  readonly status: number;
  /** By lower-case name; of several values the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
}

/** The response, the network's error in one line, or a timeout. */
type Exchange = HttpResponse | { readonly networkError: string } | typeof TIMED_OUT;

/** Headers of the client's connection, which mean nothing on the connection to the backend. */
const HOP_BY_HOP = new Set([
  'connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer',
  'transfer-encoding', 'upgrade',
]);

/** HTTP_PROXY: the backend gets the message unchanged, and its whole body is the answer (5.3.7). */
export async function runHttpProxy(request: IntegrationRequest): Promise<IntegrationOutcome> {
  const response = await callBackend(request, request.body);
  if ('ok' in response) return response;
  return { ok: true, status: response.status, headers: response.headers, body: response.body.toString() };
}

/** HTTP: templates map the request and the answer; the status chooses the integration response (5.3.5). */
export async function runHttp(request: IntegrationRequest): Promise<IntegrationOutcome> {
  const payload = requestPayload(request);
  if ('ok' in payload) return payload;
  const response = await callBackend(request, payload.text);
  return 'ok' in response ? response : mappedResponse(request, { ...response, selector: String(response.status) });
}

async function callBackend(request: IntegrationRequest, text: string): Promise<HttpResponse | IntegrationFailure> {
  const target = backendRequest(request);
  if ('ok' in target) return target;
  const limit = timeLimit(request.integration);
  const response = await exchange(target, encodedPayload(request, text), limit);
  if (response === TIMED_OUT) return timedOut(limit);
  if ('networkError' in response) {
    return failure('backendUnreachable', `${target.method} ${target.url.href} had no response: ${response.networkError}`);
  }
  return response;
}

/** The request for the backend (5.3.4, 5.3.7, 5.3.8), or the reason why there is none. */
function backendRequest(request: IntegrationRequest): BackendRequest | IntegrationFailure {
  const parameters = mappedParameters(request);
  const { logicalId, uri = '', method = 'POST' } = request.integration;
  const resolved = withStageVariables(uri, request.stageVariables);
  if ('missing' in resolved) return failure('misconfigured', missingVariable(uri, resolved.missing));
  const url = parsedUrl(withPathParameters(resolved.text, parameters.path));
  if (!url) return failure('misconfigured', `${logicalId} has the URI ${JSON.stringify(resolved.text)}, which is not an http or https URL`);
  addQuery(url, request, parameters);
  return { url, method: method === 'ANY' ? 'POST' : method, headers: backendHeaders(request, parameters) };
}

function parsedUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

function withPathParameters(uri: string, values: MappedParameters['path']): string {
  return uri.replace(/\{([^{}]+)\}/g, (found, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(String(values[name])) : found);
}

function addQuery(url: URL, { integration, handshake }: IntegrationRequest, { query }: MappedParameters): void {
  // assumed (2.11): HTTP_PROXY backends of `$connect` get the query string
  const client = integration.type === 'HTTP_PROXY' ? handshake?.multiValueQuery ?? {} : {};
  for (const [name, values] of Object.entries({ ...client, ...query })) {
    for (const value of [values].flat()) url.searchParams.append(name, value);
  }
}

function backendHeaders({ handshake, context }: IntegrationRequest, { headers }: MappedParameters): BackendRequest['headers'] {
  const { apiId, identity } = context() as Pick<ConnectionContext, 'apiId' | 'identity'>;
  const all = new Map<string, readonly [string, string | readonly string[]]>();
  const add = (name: string, value: string | readonly string[]) => all.set(name.toLowerCase(), [name, value]);
  if (!handshake) add('Content-Type', UNVERIFIED.backendContentType);
  add('User-Agent', `AmazonAPIGateway_${apiId}`);
  // assumed (5.3.7): `X-Forwarded-*`, `X-Real-Ip` and `X-Amzn-Trace-Id` reach HTTP backends with every request, not only `$connect`
  // On AWS the front end is always https; the values of the handshake override these.
  const origin = { traceId: newTraceId(Date.now()), sourceIp: identity.sourceIp, port: 443, secure: true };
  for (const [name, value] of forwardedHeaders(origin)) add(name, value);
  // 2.11: the client's headers of the handshake, those of WebSocket among them.
  for (const [name, values] of Object.entries(handshake?.multiValueHeaders ?? {})) {
    if (!HOP_BY_HOP.has(name.toLowerCase())) add(name, values.length === 1 ? values[0] : values);
  }
  add('X-Real-Ip', identity.sourceIp);
  for (const [name, value] of Object.entries(headers)) add(name, value);
  // 5.3.7: backends identify their API by it, so clients and mappings must not set it.
  add('X-Amzn-Apigateway-Api-Id', apiId);
  return Object.fromEntries(all.values());
}

/**
 * Sends a request and reads the whole response. Never rejects. Redirects are not followed: API Gateway follows none.
 *
 * @param milliseconds until `TIMED_OUT`, when the connection to the backend is given up
 */
function exchange(request: BackendRequest, body: Buffer, milliseconds: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      resolve(TIMED_OUT);
      abort.abort();
    }, milliseconds).unref();
    const end = (result: Exchange) => {
      clearTimeout(timer);
      resolve(result);
    };
    const failed = (error: unknown) => end({ networkError: networkError(error) });
    try {
      send(request, body, abort.signal, (incoming) => read(incoming, end, failed)).on('error', failed);
    } catch (thrown) {
      // HTTP does not allow one of the headers.
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

/** Where several addresses of a host were tried, the error of Node.js has no message, only a code. */
function networkError(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return messageOf(error) || String(code);
}
