import type { Refusal } from './connect-answer';
import { isRecord, parsedJson } from './json';
import { LIMITS } from './limits';
import { evaluatePolicy } from './policy';
import { UNVERIFIED } from './unverified';

/** The outcome of the authorizer's invocation; an `InvocationResult` fits. */
type AuthorizerInvocation =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly kind: string; readonly errorType: string; readonly errorMessage: string };

type AuthorizerDecision = AuthorizerConsent | AuthorizerRefusal;

interface AuthorizerConsent {
  readonly allowed: true;
  /** `principalId` and the context, all as text (3.9): `requestContext.authorizer`. */
  readonly context: Readonly<Record<string, string>>;
  /** 3.13: the API key, for APIs that read it from here. */
  readonly usageIdentifierKey?: string;
  /** Milliseconds that the authorizer took, for the `$connect` event (3.9). */
  readonly integrationLatency: number;
}

interface AuthorizerRefusal extends Refusal {
  readonly allowed: false;
  /** For the developer, one line. */
  readonly reason: string;
}

/**
 * Decides by the result of a Lambda authorizer (3.5 to 3.9).
 *
 * @param methodArn `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`
 * @param latency milliseconds that the authorizer took
 */
export function readAuthorizerResult(invocation: AuthorizerInvocation, methodArn: string, latency: number): AuthorizerDecision {
  if (!invocation.ok) return refusalOfFailure(invocation);
  const result = resultOf(invocation.payload);
  if (typeof result === 'string') return failure(result);
  const decision = evaluatePolicy(result.policyDocument, { action: 'execute-api:Invoke', resource: methodArn });
  if (typeof decision === 'object') return failure(decision.invalid);
  if (decision === 'explicitDeny') return refusal(UNVERIFIED.explicitDeny, `the authorizer's policy denies ${methodArn}`);
  if (decision === 'implicitDeny') return refusal(UNVERIFIED.implicitDeny, `the authorizer's policy does not allow ${methodArn}`);
  const { usageIdentifierKey } = result;
  return {
    allowed: true,
    context: result.context,
    ...usageIdentifierKey !== undefined && { usageIdentifierKey },
    integrationLatency: latency,
  };
}

function refusalOfFailure({ kind, errorType, errorMessage }: AuthorizerInvocation & { ok: false }): AuthorizerRefusal {
  // 3.5: exactly this message, from an error of any class.
  if (kind === 'error' && errorMessage === 'Unauthorized') {
    return refusal(UNVERIFIED.unauthorized, 'the authorizer failed with the message "Unauthorized"');
  }
  return failure(`the authorizer failed: ${errorType}: ${errorMessage}`.replace(/\s+/g, ' '));
}

function failure(reason: string): AuthorizerRefusal {
  return refusal(UNVERIFIED.authorizerFailure, reason);
}

function refusal(answer: Omit<AuthorizerRefusal, 'allowed' | 'reason'>, reason: string): AuthorizerRefusal {
  return { allowed: false, ...answer, reason };
}

interface ParsedResult {
  readonly policyDocument: unknown;
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

/** The result, or what is wrong with it (3.7). */
function resultOf(payload: string): ParsedResult | string {
  const bytes = Buffer.byteLength(payload);
  if (bytes > LIMITS.authorizerResultBytes) {
    return `the authorizer returned ${bytes} bytes; at most ${LIMITS.authorizerResultBytes} are allowed`;
  }
  const value = parsedJson(payload);
  if (!isRecord(value)) return 'the authorizer did not return an object with principalId and policyDocument';
  const { principalId, policyDocument, usageIdentifierKey } = value;
  if (typeof principalId !== 'string') return 'the authorizer returned no principalId, which must be a string';
  if (!isRecord(policyDocument)) return 'the authorizer returned no policyDocument, which must be an object';
  // assumed (3.7): unknown properties in the authorizer's result are ignored
  const context = contextOf(value.context ?? {}, principalId);
  if (typeof context === 'string') return context;
  return { policyDocument, context, ...typeof usageIdentifierKey === 'string' && { usageIdentifierKey } };
}

/** 3.9: numbers and booleans become text. */
function contextOf(value: unknown, principalId: string): Record<string, string> | string {
  if (!isRecord(value)) return 'the context of the authorizer is not an object';
  const context = Object.create(null) as Record<string, string>;
  for (const [name, member] of Object.entries(value)) {
    // assumed (3.7): a context value of `null` is left out
    if (member === null) continue;
    if (typeof member !== 'string' && typeof member !== 'number' && typeof member !== 'boolean') {
      return `the authorizer's context has ${JSON.stringify(name)}, which must be a string, a number or a boolean`;
    }
    context[name] = String(member);
  }
  context.principalId = principalId;
  return context;
}
