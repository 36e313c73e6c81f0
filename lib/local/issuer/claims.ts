import { randomUUID } from 'crypto';
import type { Wanted } from './token-authorizer';
import { GatewayError } from '../gateway-error';
import { RANGES } from '../gateway-options';
import { integerIn } from '../option-checks';
import { isRecord, show } from '../protocol/json';
import { LIMITS } from '../protocol/limits';

/** What a token of the local issuer is to say. */
export interface TokenRequest {
  /**
   * Whose token it is: the claim `sub`.
   *
   * @default 'local-user'
   */
  readonly sub?: string;
  /**
   * Further claims. What an authorizer checks (`iss`, `aud`, `iat`, `exp`; of user pools also `client_id` and `token_use`) is set by the
   * gateway; its scopes and groups are the default of `scope` and `cognito:groups`.
   *
   * @default - none
   */
  readonly claims?: Readonly<Record<string, unknown>>;
  /**
   * Seconds until the token expires, 3600 at most. A token with 0 or less, -3600 at least, has expired when it is made.
   *
   * @default 3600
   */
  readonly expiresIn?: number;
  /**
   * The API that the token is for: its name, or `<stack>/<logical id>`.
   *
   * @default - the only one, or any if all authorizers accept the same tokens
   */
  readonly api?: string;
  /**
   * The stage that the token is for.
   *
   * @default - any
   */
  readonly stage?: string;
}

const NAMES: ReadonlyArray<keyof TokenRequest> = ['sub', 'claims', 'expiresIn', 'api', 'stage'];

const RESERVED = ['iss', 'aud', 'iat', 'exp', 'sub'];

/** What only tokens of user pools have for that purpose. */
const RESERVED_OF_POOLS = [...RESERVED, 'client_id', 'token_use'];

/** @throws GatewayError INVALID_OPTION */
export function tokenRequest(value: unknown): TokenRequest {
  if (!isRecord(value)) throw invalid(`a token is asked for with an object, got ${show(value)}`);
  const unknown = Object.keys(value).find((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw invalid(`there is no ${show(unknown)}; a token is asked for with ${NAMES.join(', ')}`);
  const { claims, expiresIn } = value;
  for (const name of ['sub', 'api', 'stage']) {
    const text = value[name];
    if (text !== undefined && (typeof text !== 'string' || text === '')) throw mustBe(name, 'a non-empty string', text);
  }
  if (claims !== undefined && !isRecord(claims)) throw mustBe('claims', 'an object', claims);
  if (expiresIn !== undefined && !isExpiry(expiresIn)) throw mustBe('expiresIn', `${integerIn(RANGES.expiresIn)} (seconds)`, expiresIn);
  return value;
}

/**
 * The claims of a token as JSON, and when it expires.
 *
 * @param now seconds since 1970
 * @throws GatewayError INVALID_OPTION
 */
export function claimsFor(wanted: Wanted, request: TokenRequest, now: number): { readonly json: string; readonly exp: number } {
  const { sub = 'local-user', claims = {}, expiresIn = RANGES.expiresIn[1] } = request;
  const reserved = (wanted.kind === 'jwt' ? RESERVED : RESERVED_OF_POOLS).find((name) => Object.hasOwn(claims, name));
  if (reserved === 'sub') throw invalid('`sub` is given by itself, not among the claims');
  if (reserved !== undefined) throw invalid(`the gateway sets \`${reserved}\` to what the authorizer accepts; leave it out`);
  const exp = now + expiresIn;
  const json = toJson({ ...defaults(wanted, sub, now), ...claims, ...checked(wanted), sub, iat: now, exp });
  const bytes = Buffer.byteLength(json);
  if (bytes <= LIMITS.authorizerResultBytes) return { json, exp };
  throw invalid(`the claims have ${bytes} bytes; an authorizer may return ${LIMITS.authorizerResultBytes} with them`);
}

/** Claims that may be given otherwise. */
function defaults({ kind, scopes, groups, principalClaim }: Wanted, sub: string, now: number): Record<string, unknown> {
  return {
    ...kind !== 'jwt' && { auth_time: now, jti: randomUUID(), [kind === 'access' ? 'username' : 'cognito:username']: sub },
    ...scopes.length > 0 && { scope: scopes.join(' ') },
    ...groups.length > 0 && { 'cognito:groups': groups },
    // Without it, the authorizer rejects the token.
    [principalClaim]: sub,
  };
}

/** What the authorizer compares, in the form of the issuer that it trusts. */
function checked({ kind, issuer, audience }: Wanted): Record<string, unknown> {
  if (kind === 'jwt') return { iss: issuer, aud: audience };
  return { iss: issuer, token_use: kind, [kind === 'access' ? 'client_id' : 'aud']: audience };
}

function isExpiry(value: unknown): boolean {
  const [least, greatest] = RANGES.expiresIn;
  return Number.isInteger(value) && least <= (value as number) && (value as number) <= greatest;
}

function toJson(claims: object): string {
  try {
    return JSON.stringify(claims);
  } catch (error) {
    throw invalid(`the claims cannot be written as JSON: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Claims that belong to the token that was recorded, and names that API Gateway adds to the claims. */
const OF_THE_RECORDED = new Set([
  ...RESERVED_OF_POOLS, 'nbf', 'auth_time', 'jti', 'origin_jti', 'event_id', 'principalId', 'integrationLatency',
]);

/**
 * A request for a token with which a handler sees the same identity again.
 *
 * @param authorizer what a handler saw: `requestContext.authorizer`, where lists and objects are JSON and everything else is text
 */
export function requestForIdentity(authorizer: Readonly<Record<string, string>>): TokenRequest {
  const claims = Object.entries(authorizer).filter(([name]) => !OF_THE_RECORDED.has(name)).map(([name, text]) => [name, jsonOrText(text)]);
  const sub = authorizer.sub || authorizer.principalId;
  return { ...sub && { sub }, claims: Object.fromEntries(claims) as Record<string, unknown> };
}

function jsonOrText(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function mustBe(name: string, what: string, value: unknown): GatewayError {
  return invalid(`\`${name}\` must be ${what}, got ${show(value)}`);
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_OPTION', message);
}
