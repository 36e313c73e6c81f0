import { failure } from './integration-outcome';
import type { IntegrationFailure, IntegrationRequest } from './integration-outcome';
import { mappedParameters } from './request-parameters';
import type { MappedParameters } from './request-parameters';
import type { ConnectionContext } from '../protocol/events';
import { forwardedHeaders } from '../protocol/headers';
import { newTraceId } from '../protocol/ids';
import { missingVariable, withStageVariables } from '../protocol/stage-variables';
import { UNVERIFIED } from '../protocol/unverified';

/** A request to an HTTP backend, without its body. */
export interface BackendRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

// They belong to the client's connection, not to the one to the backend.
const HOP_BY_HOP = new Set([
  'connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer',
  'transfer-encoding', 'upgrade',
]);

/** Where an HTTP integration sends what (5.3.4, 5.3.7, 5.3.8), or why it cannot. */
export function backendRequest(request: IntegrationRequest): BackendRequest | IntegrationFailure {
  const parameters = mappedParameters(request);
  const { logicalId, uri = '', method = 'POST' } = request.integration;
  const resolved = withStageVariables(uri, request.stageVariables);
  if ('missing' in resolved) return failure('misconfigured', missingVariable(uri, resolved.missing));
  const url = parsedUrl(withPathParameters(resolved.text, parameters.path));
  if (!url) return failure('misconfigured', `${logicalId} has the URI ${JSON.stringify(resolved.text)}, which is no http or https URL`);
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
  // assumed (5.3.7): `X-Forwarded-*`, `X-Real-Ip` and `X-Amzn-Trace-Id` reach HTTP backends with every request, not only with that of `$connect`
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
