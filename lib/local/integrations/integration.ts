import type { FunctionTarget, Integration } from '../assembly/local-app';
import type { InvocationFailure, InvocationResult, Invoker } from '../functions/invoker';
import type { FailureKind } from '../protocol/connect-answer';
import type { FrameMessage } from '../protocol/frames';
import { isRecord, parsedJson, shortened } from '../protocol/json';
import { LIMITS } from '../protocol/limits';
import { missingVariable, withStageVariables } from '../protocol/stage-variables';
import { UNVERIFIED } from '../protocol/unverified';

/** What a route asks of its integration. */
export interface IntegrationRequest {
  readonly integration: Integration;
  /** The proxy event as JSON; made only for AWS_PROXY. */
  readonly event: () => string;
  /** Raw text of the message; empty for `$connect` and `$disconnect`. */
  readonly body: string;
  /** `$context` (8.3); made only if something reads it. */
  readonly context: () => Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$connect` only: the parameters that templates and mappings may read, and that an HTTP backend gets (2.11). */
  readonly handshake?: HandshakeParameters;
}

export interface HandshakeParameters {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly query: Readonly<Record<string, string>>;
  readonly multiValueQuery: Readonly<Record<string, readonly string[]>>;
}

export type IntegrationOutcome = IntegrationAnswer | IntegrationFailure;

export interface IntegrationAnswer {
  readonly ok: true;
  /** The backend's status: decides `$connect`, ignored for a message (5.2.2). */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message that a two-way route sends to the client; absent if the integration gives none, as for `$connect`. */
  readonly body?: string;
  /** Absent if no function was invoked, or its result is not awaited. */
  readonly invocation?: InvocationResult;
}

export interface IntegrationFailure {
  readonly ok: false;
  /** The message of the error frame that the sender gets (4.4). */
  readonly message: FrameMessage;
  /** Decides the answer to the handshake. */
  readonly kind: FailureKind;
  /** One line, for the developer. */
  readonly reason: string;
  readonly invocation?: InvocationResult;
}

/** The function to invoke, or the reason why none can be invoked. */
type ChosenFunction = { readonly functionId: string } | { readonly reason: string };

const NO_TARGET: ChosenFunction = { reason: 'the integration names no function: give it an integration URI' };

export const TIMED_OUT = Symbol('timed out');

export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

/** AWS_PROXY: the function gets the event and returns the answer (5.2). Never rejects. */
export async function runLambdaProxy(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  const { integration } = request;
  const target = chosenFunction(integration.target, request.stageVariables);
  // 2.5, 4.4.4: the function may not be invoked
  if ('reason' in target) return failure('notInvocable', target.reason);
  const limit = timeLimit(integration);
  const event = request.event();
  const invocation = await withinTime(limit, (onStart) => invoker.invoke(target.functionId, event, onStart));
  if (invocation === TIMED_OUT) return timedOut(limit);
  // 2.3, 4.4.2: the function failed
  if (!invocation.ok) return failure('failed', failureReason(invocation), invocation);
  const response = readProxyResponse(invocation.payload);
  // 2.4, 4.4.3: the response is malformed
  if ('malformed' in response) return failure('malformed', `Malformed Lambda proxy response: ${response.malformed}`, invocation);
  const { body = '', isBase64Encoded } = response;
  return {
    ok: true,
    status: response.statusCode,
    headers: response.headers,
    // 5.2.3: without a body, the client gets an empty message
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
    invocation,
  };
}

/** Any failure but a timeout (4.4.2-4.4.4). */
export function failure(kind: FailureKind, reason: string, invocation?: InvocationResult): IntegrationFailure {
  return { ok: false, message: 'Internal server error', kind, reason: oneLine(reason), ...invocation && { invocation } };
}

/** The integration took longer than its timeout (4.4.5, 2.6). */
export function timedOut(milliseconds: number): IntegrationFailure {
  return {
    ok: false,
    message: 'Endpoint request timed out',
    kind: 'timeout',
    reason: `the integration took longer than its timeout of ${milliseconds} ms; what it started keeps running`,
  };
}

/** How an invocation failed, in one line. */
export function failureReason({ errorType, errorMessage }: InvocationFailure): string {
  return [errorType, errorMessage].filter((text) => text !== '').join(': ') || 'the function failed without a message';
}

/** The message of whatever was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const { message } = thrown as { readonly message?: unknown };
  return oneLine(typeof message === 'string' ? message : String(thrown));
}

/** The target as it is in one stage: a stage variable that names a function there, and may invoke it, is that function (5.3.8, 9.4). */
export function targetIn(stage: string, target: FunctionTarget | undefined): FunctionTarget | undefined {
  if (target?.type !== 'stageVariable' || !Object.hasOwn(target.functions, stage)) return target;
  return { type: 'function', functionId: target.functions[stage] };
}

/** The function of a target that `targetIn` returned for a stage with these variables. */
export function chosenFunction(target: FunctionTarget | undefined, stageVariables: Readonly<Record<string, string>>): ChosenFunction {
  if (target === undefined) return NO_TARGET;
  if (target.type === 'function') return target;
  return { reason: target.type === 'none' ? target.reason : noFunctionHere(target.uri, stageVariables) };
}

/** Milliseconds: the timeout of the integration, at most that of API Gateway (4.4.5). */
export function timeLimit({ timeout }: Integration): number {
  return Math.min(timeout, LIMITS.integrationTimeoutMs);
}

/**
 * The result of an invocation, or `TIMED_OUT`, after which the function keeps running (4.4.5). Time counts only while the function runs: on
 * AWS, an invocation need not wait for a free process. An invocation that waits here for as long as any client of AWS would is
 * `TIMED_OUT` too.
 */
export function withinTime(
  milliseconds: number,
  invoke: (onStart: () => void) => Promise<InvocationResult>,
): Promise<InvocationResult | typeof TIMED_OUT> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, time, TIMED_OUT);
    };
    const invocation = invoke(() => limit(milliseconds));
    if (!timer) limit(LIMITS.integrationTimeoutMs);
    void invocation.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

function noFunctionHere(uri: string, stageVariables: Readonly<Record<string, string>>): string {
  const resolved = withStageVariables(uri, stageVariables);
  if ('missing' in resolved) return missingVariable(uri, resolved.missing);
  return `the integration URI gives ${resolved.text} here, which is not a function of this app that API Gateway may invoke for this stage: `
    + 'a notice at the start says why';
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

/** The response of a function of an AWS_PROXY integration. */
interface ProxyResponse {
  readonly statusCode: number;
  /** By lower-case name; the last of several values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent if it was absent or `null`. */
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

interface MalformedResponse {
  /** The reason, in one line. */
  readonly malformed: string;
}

// 5.2.4: any other property makes the response malformed.
const RESPONSE_KEYS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/**
 * Reads what the function returned (2.4, 5.2.4).
 *
 * @param payload as JSON
 */
export function readProxyResponse(payload: string): ProxyResponse | MalformedResponse {
  const response = parsedJson(payload);
  if (!isRecord(response)) return { malformed: `the function returned ${typeName(response)}, not an object with a statusCode` };
  const error = shapeError(response);
  if (error) return { malformed: error };
  return {
    statusCode: Number(response.statusCode),
    headers: mergedHeaders(response.headers, response.multiValueHeaders),
    ...typeof response.body === 'string' && { body: response.body },
    isBase64Encoded: response.isBase64Encoded === true,
  };
}

function shapeError(response: Readonly<Record<string, unknown>>): string | undefined {
  for (const key in response) {
    if (RESPONSE_KEYS.has(key)) continue;
    return `the response has a property ${JSON.stringify(key)}: only ${[...RESPONSE_KEYS].join(', ')} are allowed`;
  }
  const { statusCode, body, isBase64Encoded } = response;
  if (!isStatusCode(statusCode)) return `statusCode must be a number from 100 to 599, got ${shown(statusCode)}`;
  if (body != null && typeof body !== 'string') return `body must be a string (use JSON.stringify), got ${typeName(body)}`;
  if (isBase64Encoded != null && typeof isBase64Encoded !== 'boolean') {
    return `isBase64Encoded must be a boolean, got ${shown(isBase64Encoded)}`;
  }
  return headersError('headers', response.headers, isScalar)
    ?? headersError('multiValueHeaders', response.multiValueHeaders, (value) => Array.isArray(value) && value.every(isScalar));
}

function isStatusCode(value: unknown): boolean {
  // assumed (2.4): a `statusCode` that is text counts: `"200"`
  const code = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof code === 'number' && Number.isInteger(code)
    && code >= UNVERIFIED.statusCodes.lowest && code <= UNVERIFIED.statusCodes.highest;
}

function headersError(name: string, headers: unknown, allowed: (value: unknown) => boolean): string | undefined {
  if (headers == null) return undefined;
  if (!isRecord(headers)) return `${name} must be an object, got ${typeName(headers)}`;
  const bad = Object.keys(headers).find((key) => !allowed(headers[key]));
  return bad === undefined ? undefined : `${name} has no usable value for ${JSON.stringify(bad)}: ${shown(headers[bad])}`;
}

function mergedHeaders(single: unknown, multi: unknown): Readonly<Record<string, string>> {
  if (single == null && multi == null) return NO_HEADERS;
  const merged = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(single ?? {})) merged[name.toLowerCase()] = String(value);
  for (const [name, values] of Object.entries((multi ?? {}) as Record<string, unknown[]>)) {
    if (values.length > 0) merged[name.toLowerCase()] = String(values[values.length - 1]);
  }
  return merged;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'text that is not JSON';
  return { array: 'an array', string: 'a string', number: 'a number', boolean: 'a boolean', object: 'an object' }[
    Array.isArray(value) ? 'array' : typeof value as 'string' | 'number' | 'boolean' | 'object'];
}

/** A value for a message, in one short line. */
function shown(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}
