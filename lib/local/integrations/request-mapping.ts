import { failure, messageOf } from './integration';
import type { IntegrationFailure, IntegrationRequest } from './integration';
import { renderTemplate } from './mapping-template';
import { after, requestVariables, selectedTemplate } from './selection-key';
import { javaText, parsedJson, shortened } from '../protocol/json';
import { payloadPath } from '../protocol/json-path';
import { headerValue } from '../protocol/request';

/** The body for the backend, or why there is none. */
type RequestPayload = { readonly text: string } | IntegrationFailure;

type ParameterValue = string | readonly string[];

type MutableParameters = Record<string, ParameterValue>;

/** The parameters of a request to a backend, not encoded. */
export interface MappedParameters {
  readonly headers: Readonly<MutableParameters>;
  readonly query: Readonly<MutableParameters>;
  readonly path: Readonly<MutableParameters>;
}

/** The body of a non-proxy integration's request: the output of the mapping template, or the message itself (5.3.1, 5.3.2). */
export function requestPayload(request: IntegrationRequest): RequestPayload {
  const { integration, body } = request;
  try {
    const template = selectedTemplate(integration.requestTemplates, integration.templateSelectionExpression, requestVariables(body));
    if (template !== undefined) return rendered(request, renderTemplate(template, templateInput(request)));
  } catch (thrown) {
    return failure('misconfigured', `the request template of ${integration.logicalId} failed: ${messageOf(thrown)}`);
  }
  return passesThrough(request) ? { text: body } : failure('noTemplate', noTemplate(request));
}

/** The bytes for the backend: base64 may be decoded on its way (4.3.2). */
export function encodedPayload({ integration }: IntegrationRequest, text: string): Buffer {
  return Buffer.from(text, integration.contentHandling === 'CONVERT_TO_BINARY' ? 'base64' : 'utf8');
}

/** What the templates of a request can read. */
export function templateInput({ body, context, stageVariables, handshake }: IntegrationRequest) {
  return { body, context: context(), stageVariables, handshake };
}

/** Evaluates the request parameters of an integration (5.3.4); a parameter whose source has no value is left out. */
export function mappedParameters(request: IntegrationRequest): MappedParameters {
  const headers: MutableParameters = {};
  const query: MutableParameters = {};
  const path: MutableParameters = {};
  const destinations: readonly (readonly [string, MutableParameters])[] = [
    ['integration.request.header.', headers],
    ['integration.request.querystring.', query],
    ['integration.request.path.', path],
  ];
  for (const [name, source] of Object.entries(request.integration.requestParameters)) {
    const destination = destinations.find(([prefix]) => name.startsWith(prefix));
    const value = destination && sourceValue(source, request);
    if (destination && value !== undefined) destination[1][name.slice(destination[0].length)] = value;
  }
  return { headers, query, path };
}

/** Functions and mocks take JSON only: the start of other output tells which part of the template is wrong. */
function rendered({ integration: { type, logicalId, contentHandling } }: IntegrationRequest, text: string): RequestPayload {
  const takesJson = type === 'MOCK' || (type === 'AWS' && contentHandling !== 'CONVERT_TO_BINARY');
  if (!takesJson || text === '' || parsedJson(text) !== undefined) return { text };
  return failure('misconfigured', `the request template of ${logicalId} rendered no JSON: ${shortened(text)}`);
}

/** Whether a message may reach the backend without a template (5.3.2). */
function passesThrough({ integration: { passthroughBehavior, requestTemplates } }: IntegrationRequest): boolean {
  if (passthroughBehavior === 'WHEN_NO_TEMPLATES') return Object.keys(requestTemplates).length === 0;
  return passthroughBehavior === 'WHEN_NO_MATCH';
}

function noTemplate({ integration }: IntegrationRequest): string {
  const keys = Object.keys(integration.requestTemplates).join(', ') || 'none';
  return `no request template of ${integration.logicalId} matches (it has ${keys}) and its PassthroughBehavior is `
    + `${integration.passthroughBehavior}: add the template $default`;
}

function sourceValue(source: string, request: IntegrationRequest): ParameterValue | undefined {
  const literal = /^'(.*)'$/s.exec(source);
  if (literal) return literal[1];
  for (const [prefix, read] of SOURCES) {
    const rest = after(source, prefix);
    if (rest !== undefined) return read(rest, request);
  }
  return undefined;
}

type ReadSource = (name: string, request: IntegrationRequest) => ParameterValue | undefined;

const SOURCES: readonly (readonly [string, ReadSource])[] = [
  ['route.request.querystring.', (name, { handshake }) => own(handshake?.query, name)],
  ['route.request.multivaluequerystring.', (name, { handshake }) => own(handshake?.multiValueQuery, name)],
  ['route.request.header.', (name, { handshake }) => handshake && headerValue(handshake.headers, name)],
  ['route.request.multivalueheader.', (name, { handshake }) => handshake && headerValue(handshake.multiValueHeaders, name)],
  ['route.request.body.', (path, { body }) => textOf(payloadPath(parsedJson(body), path))],
  ['route.request.body', (path, { body }) => path === '' ? body : undefined],
  ['stageVariables.', (name, { stageVariables }) => own(stageVariables, name)],
  ['context.', (name, { context }) => textOf(payloadPath(context(), name))],
];

function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : javaText(value);
}
