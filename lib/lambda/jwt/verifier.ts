import { CognitoJwtVerifier } from 'aws-jwt-verify/cognito-verifier';
import {
  FetchError, JwksValidationError, JwkValidationError, JwtBaseError, JwtInvalidIssuerError, JwtParseError,
} from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { Configuration } from './configuration';
import { discoveryUri, keyCache } from './keys';

/** The claims of a valid token. */
export type Claims = Readonly<Record<string, unknown>>;

interface Verifier {
  verify(token: string): Promise<Claims>;
  hydrate(): Promise<void>;
}

const MINUTE = 60_000;

/** How long keys are trusted, and thus a key that its issuer has withdrawn. */
const KEYS_AGE_MS = 60 * MINUTE;

/** The delay before keys are fetched again if the issuer could not be reached. The old keys remain in use. */
const RETRY_MS = 5 * MINUTE;

/** Verifies tokens with keys that are kept between invocations. */
export class TokenVerifier {
  private verifier: Verifier;
  private due = Date.now() + KEYS_AGE_MS;
  private renewal?: Promise<void>;

  public constructor(private readonly configuration: Configuration) {
    this.verifier = makeVerifier(configuration);
  }

  /** The claims of a token. Rejects if the token is invalid, or if it could not be verified (`isOurFault`). */
  public async verify(token: string): Promise<Claims> {
    if (Date.now() > this.due) await (this.renewal ??= this.renew().finally(() => { this.renewal = undefined; }));
    this.checkIssuer(token);
    return this.verifier.verify(token);
  }

  private async renew(): Promise<void> {
    const fresh = makeVerifier(this.configuration);
    try {
      await fresh.hydrate();
      [this.verifier, this.due] = [fresh, Date.now() + KEYS_AGE_MS];
    } catch (error) {
      console.warn(JSON.stringify({ message: 'the keys could not be fetched again; those of before are used', reason: `${error}` }));
      this.due = Date.now() + RETRY_MS;
    }
  }

  /** Before it compares issuers, aws-jwt-verify caches keys for every issuer that a token claims, which would be unbounded. */
  private checkIssuer(token: string): void {
    const { issuer } = this.configuration;
    const claimed = decomposeUnverifiedJwt(token).payload.iss;
    if (issuer !== undefined && claimed !== issuer) {
      throw new JwtInvalidIssuerError(`Issuer not allowed: ${claimed}. Expected: ${issuer}`, claimed, issuer);
    }
  }
}

/** Whether the verification itself failed, whatever the token. A key that was not found a moment ago counts as unknown. */
export function isOurFault(error: unknown): boolean {
  return !(error instanceof JwtBaseError) || [FetchError, JwksValidationError, JwkValidationError].some((kind) => error instanceof kind);
}

/** Why a token is invalid. The text of a parse error is omitted, since it may be part of the token. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (error instanceof JwtParseError ? text.split(':')[0] : text).slice(0, 300);
}

function makeVerifier(configuration: Configuration): Verifier {
  const { issuer, audience, userPoolId, clientIds, tokenUse } = configuration;
  const jwksCache = keyCache(configuration);
  const customJwtCheck = ({ payload }: { payload: { exp?: number } }): void => checkExpiry(payload);
  if (userPoolId !== undefined) {
    return CognitoJwtVerifier.create({ userPoolId, clientId: [...clientIds], tokenUse, customJwtCheck }, { jwksCache });
  }
  // Both are set: `readConfiguration` checks that.
  return JwtVerifier.create({ issuer: issuer!, audience: [...audience], jwksUri: discoveryUri(issuer!), customJwtCheck }, { jwksCache });
}

class EndlessTokenError extends JwtBaseError {}

/** aws-jwt-verify accepts a token without `exp`. */
function checkExpiry({ exp }: { readonly exp?: number }): void {
  if (exp === undefined) throw new EndlessTokenError('the token has no exp, so it would never expire');
}
