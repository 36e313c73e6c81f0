import { Claims } from './verifier';

/** What API Gateway takes from an authorizer. */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: object;
  readonly context?: Readonly<Record<string, Value>>;
  readonly usageIdentifierKey?: string;
}

type Value = string | number | boolean;

/** API Gateway answers 500 for a larger result. */
const LIMIT_BYTES = 8 * 1024;

/** What API Gateway puts beside the context itself: no claim may pass for it. */
const RESERVED = new Set(['principalId', 'integrationLatency']);

export function deny(principalId: string, methodArn: string): AuthorizerResult {
  return { principalId, policyDocument: policy('Deny', methodArn) };
}

/** Allows this handshake alone, and hands the claims on. */
export function allow(principalId: string, methodArn: string, claims: Claims, usageIdentifierKey?: string): AuthorizerResult {
  const result = { principalId, policyDocument: policy('Allow', methodArn), ...usageIdentifierKey !== undefined && { usageIdentifierKey } };
  return { ...result, context: contextThatFits(result, claims) };
}

function policy(effect: 'Allow' | 'Deny', methodArn: string): object {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: methodArn }] };
}

/** The claims without the largest ones if they are too much together; of two that are as large, the first by name goes first. */
function contextThatFits(result: AuthorizerResult, claims: Claims): Record<string, Value> {
  const entries = Object.entries(claims)
    .filter(([name, value]) => value !== null && !RESERVED.has(name))
    .map(([name, value]): [string, Value] => [name, isPlain(value) ? value : JSON.stringify(value)])
    .sort((a, b) => bytes([b]) - bytes([a]) || (a[0] < b[0] ? -1 : 1));
  const dropped: string[] = [];
  while (entries.length > 0 && bytes({ ...result, context: Object.fromEntries(entries) }) > LIMIT_BYTES) dropped.push(entries.shift()![0]);
  if (dropped.length > 0) {
    console.warn(JSON.stringify({ message: 'claims left out of the context: an authorizer may return 8 KB', claims: dropped }));
  }
  return Object.fromEntries(entries.reverse());
}

function isPlain(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
