import type { IntegrationRequest } from './integration-outcome';
import { after } from './selection-expression';
import { headerValue } from '../protocol/headers';
import { javaText } from '../protocol/java-text';
import { parsedJson } from '../protocol/json';
import { payloadPath } from '../protocol/json-path';

type Value = string | readonly string[];

/** What the request to a backend gets besides its body; values as they are, not encoded. */
export interface MappedParameters {
  readonly headers: Readonly<Record<string, Value>>;
  readonly query: Readonly<Record<string, Value>>;
  readonly path: Readonly<Record<string, Value>>;
}

/** Evaluates the request parameters of an integration (5.3.4); one whose source has no value is left out. */
export function mappedParameters(request: IntegrationRequest): MappedParameters {
  const headers: Record<string, Value> = {};
  const query: Record<string, Value> = {};
  const path: Record<string, Value> = {};
  const places: readonly (readonly [string, Record<string, Value>])[] = [
    ['integration.request.header.', headers],
    ['integration.request.querystring.', query],
    ['integration.request.path.', path],
  ];
  for (const [destination, source] of Object.entries(request.integration.requestParameters)) {
    const place = places.find(([prefix]) => destination.startsWith(prefix));
    const value = place && sourceValue(source, request);
    if (place && value !== undefined) place[1][destination.slice(place[0].length)] = value;
  }
  return { headers, query, path };
}

function sourceValue(source: string, request: IntegrationRequest): Value | undefined {
  const literal = /^'(.*)'$/s.exec(source);
  if (literal) return literal[1];
  for (const [prefix, read] of SOURCES) {
    const rest = after(source, prefix);
    if (rest !== undefined) return read(rest, request);
  }
  return undefined;
}

type Read = (name: string, request: IntegrationRequest) => Value | undefined;

const SOURCES: readonly (readonly [string, Read])[] = [
  ['route.request.querystring.', (name, { handshake }) => own(handshake?.query, name)],
  ['route.request.multivaluequerystring.', (name, { handshake }) => own(handshake?.multiValueQuery, name)],
  ['route.request.header.', (name, { handshake }) => handshake && headerValue(handshake.headers, name)],
  ['route.request.multivalueheader.', (name, { handshake }) => handshake && headerValue(handshake.multiValueHeaders, name)],
  ['route.request.body.', (path, { body }) => found(payloadPath(parsedJson(body), path))],
  ['route.request.body', (path, { body }) => path === '' ? body : undefined],
  ['stageVariables.', (name, { stageVariables }) => own(stageVariables, name)],
  ['context.', (name, { context }) => found(payloadPath(context(), name))],
];

function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}

function found(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : javaText(value);
}
