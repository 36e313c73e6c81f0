import { isRecord, parsedJson, shortened } from './json';
import { UNVERIFIED } from './unverified';

/** The response of a function of an AWS_PROXY integration. */
export interface ProxyResponse {
  readonly statusCode: number;
  /** By lower-case name; the last of several values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent if it was absent or `null`. */
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** What is wrong with the response, in one line. */
interface MalformedResponse {
  readonly malformed: string;
}

// 5.2.4: any other property makes the response malformed.
const KEYS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

/**
 * Reads what the function returned (2.4, 5.2.4).
 *
 * @param payload as JSON
 */
export function readProxyResponse(payload: string): ProxyResponse | MalformedResponse {
  const response = parsedJson(payload);
  if (!isRecord(response)) return { malformed: `the function returned ${kind(response)}, not an object with a statusCode` };
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
    if (!KEYS.has(key)) return `the response has a property ${JSON.stringify(key)}: only ${[...KEYS].join(', ')} are allowed`;
  }
  const { statusCode, body, isBase64Encoded } = response;
  if (!isStatusCode(statusCode)) return `statusCode must be a number from 100 to 599, got ${shown(statusCode)}`;
  if (body != null && typeof body !== 'string') return `body must be a string (use JSON.stringify), got ${kind(body)}`;
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
  if (!isRecord(headers)) return `${name} must be an object, got ${kind(headers)}`;
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

function kind(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'text that is not JSON';
  return { array: 'an array', string: 'a string', number: 'a number', boolean: 'a boolean', object: 'an object' }[
    Array.isArray(value) ? 'array' : typeof value as 'string' | 'number' | 'boolean' | 'object'];
}

/** A value for a message, in one short line. */
function shown(value: unknown): string {
  return value === undefined ? 'nothing' : shortened(JSON.stringify(value));
}
