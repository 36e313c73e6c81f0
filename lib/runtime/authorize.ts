import { runtimeError } from './error';
import { LambdaContext, RESERVED_CLAIMS, WebsocketAuthorizerEvent } from './events';
import { headersOf } from './handled';
import { runInvocation } from './invocation';
import { logFailure } from './log';
import { checkName } from './store/keys';

/** What the function of `onAuthorize` is called with. */
export interface Authorizing {
  /** The header `Authorization` without `Bearer `, else `token` of the query. Browsers can send the latter only. */
  readonly token?: string;
  readonly query: Record<string, string>;
  /** By their names in lower case. */
  readonly headers: Record<string, string>;
  /** As API Gateway sent it. */
  readonly event: WebsocketAuthorizerEvent;
  /** The context of Lambda. */
  readonly lambda: LambdaContext;
}

export interface Permission {
  /** Who connects: `connection.user` of all that the client sends. Give the real subject, since one name is one user. */
  readonly user: string;
  /** More about the user: `connection.claims`, with the types that they have here. 8 KB at most, all in all. */
  readonly claims?: object | undefined;
  /** The API key that the usage plan counts, if API keys come from the authorizer. */
  readonly usageIdentifierKey?: string | undefined;
}

/** Made by `allow` and `deny`, for `onAuthorize` to complete. */
export interface Decision {
  readonly effect: 'Allow' | 'Deny';
  readonly principalId: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

/** Made by `onAuthorize`: a Lambda authorizer of `$connect`. */
export type AuthorizeHandler = (event: WebsocketAuthorizerEvent, lambda?: LambdaContext) => Promise<AuthorizerResult>;

/** What a Lambda authorizer returns to API Gateway. */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: ReadonlyArray<{ readonly Action: string; readonly Effect: 'Allow' | 'Deny'; readonly Resource: string }>;
  };
  readonly context?: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
}

type Verdict = Decision | 'unauthorized';

/** API Gateway answers 500 if a result is larger. */
const LIMIT_BYTES = 8 * 1024;

/**
 * A Lambda authorizer. `'unauthorized'` refuses the handshake with 401, `deny()` with 403; what the function throws is logged, and
 * refuses it with 500.
 *
 * @example export const authorize = onAuthorize(({ token }) => token === process.env.TOKEN ? allow({ user: 'ada' }) : 'unauthorized');
 */
export function onAuthorize(fn: (authorizing: Authorizing) => Verdict | Promise<Verdict>): AuthorizeHandler {
  return (event, lambda) => runInvocation(event, lambda, async () => {
    let decision: Verdict;
    try {
      if (typeof event.methodArn !== 'string') throw runtimeError('CONFIGURATION', 'onAuthorize was called as a handler of a route');
      const headers = headersOf(event);
      const query = { ...event.queryStringParameters };
      decision = await fn({ token: tokenOf(headers, query), query, headers, event, lambda: lambda! });
      if (decision !== 'unauthorized') return fitting(decision, event.methodArn);
    } catch (error) {
      logFailure('onAuthorize', event, error);
      throw error;
    }
    // The one text that API Gateway answers with 401.
    throw new Error('Unauthorized');
  });
}

/** Lets the client in. What is no string among the claims goes through as JSON in one key of its own: API Gateway makes text of it. */
export function allow({ user, claims = {}, usageIdentifierKey }: Permission): Decision {
  checkName('user', user);
  const reserved = RESERVED_CLAIMS.find((name) => Object.hasOwn(claims, name));
  if (reserved !== undefined) throw runtimeError('BAD_CLAIMS', `allow({ claims }): the name ${reserved} is reserved`);
  const given = Object.entries(claims).filter(([, value]) => value !== undefined);
  const others = given.filter(([, value]) => typeof value !== 'string');
  const context = Object.fromEntries([
    ...given.filter((claim): claim is [string, string] => typeof claim[1] === 'string'),
    ...others.length > 0 ? [['_claims', json(Object.fromEntries(others))]] : [],
  ]) as Record<string, string>;
  const decision: Decision = {
    effect: 'Allow',
    principalId: user,
    ...given.length > 0 && { context },
    ...usageIdentifierKey !== undefined && { usageIdentifierKey },
  };
  fitting(decision, '');
  return decision;
}

/** Refuses the handshake with 403. */
export function deny(): Decision {
  return { effect: 'Deny', principalId: 'denied' };
}

/** For this handshake only: API Gateway asks for each, and for nothing later. */
function fitting(decision: Decision, methodArn: string): AuthorizerResult {
  const { effect, principalId, ...others } = (decision ?? {}) as Decision;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw runtimeError('CONFIGURATION', "the function of onAuthorize must return allow({ user }), deny() or 'unauthorized'");
  }
  const Statement = [{ Action: 'execute-api:Invoke', Effect: effect, Resource: methodArn }];
  const result: AuthorizerResult = { principalId, policyDocument: { Version: '2012-10-17', Statement }, ...others };
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes <= LIMIT_BYTES) return result;
  throw runtimeError('BAD_CLAIMS', `the authorizer returns ${bytes} bytes, and API Gateway takes ${LIMIT_BYTES}: give fewer claims`);
}

function json(claims: object): string {
  try {
    return JSON.stringify(claims);
  } catch (error) {
    throw runtimeError('BAD_CLAIMS', 'allow({ claims }): JSON cannot hold one of the claims', error);
  }
}

function tokenOf(headers: Record<string, string>, query: Record<string, string>): string | undefined {
  return headers.authorization?.trim().replace(/^Bearer(?: +|$)/i, '') || query.token || undefined;
}
