import { Claims } from './verifier';

/** The response of the authorizer. */
export interface AuthorizerResponse {
  readonly principalId: string;
  readonly policyDocument: object;
  readonly context?: Readonly<Record<string, Value>>;
  readonly usageIdentifierKey?: string;
}

type Value = string | number | boolean;

/** API Gateway responds with 500 if the result is larger. */
const LIMIT_BYTES = 8 * 1024;

/** Names that API Gateway and the runtime (lib/runtime/events.ts) have a meaning for, which a token must not give. */
const RESERVED = new Set(['principalId', 'integrationLatency', '_claims', '__proto__']);

export function deny(principalId: string, methodArn: string): AuthorizerResponse {
  return { principalId, policyDocument: policy('Deny', methodArn) };
}

/** Allows this handshake only, with the claims as context. */
export function allow(principalId: string, methodArn: string, claims: Claims, usageIdentifierKey?: string): AuthorizerResponse {
  const result = { principalId, policyDocument: policy('Allow', methodArn), ...usageIdentifierKey !== undefined && { usageIdentifierKey } };
  return { ...result, context: contextThatFits(result, claims) };
}

function policy(effect: 'Allow' | 'Deny', methodArn: string): object {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: methodArn }] };
}

/** The claims, without the largest ones if they exceed the limit together. Of two that are equally large, the first by name is dropped. */
function contextThatFits(result: AuthorizerResponse, claims: Claims): Record<string, Value> {
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
