import { JwksValidationError, WaitPeriodNotYetEndedJwkError } from 'aws-jwt-verify/error';
import { SimpleFetcher } from 'aws-jwt-verify/https';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { PenaltyBox } from 'aws-jwt-verify/jwk';
import { Configuration } from './configuration';

/** Two requests, for the discovery document and the keys, take less than the timeout of the function, so that its log has the reason. */
const RESPONSE_TIMEOUT_MS = 2000;

/** How long keys are not fetched again after an unknown key or a failed request. A rotated key is delayed by no more than this. */
const PAUSE_MS = 1_000;

export function discoveryUri(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** Caches keys by the URL of a JWKS, or of the discovery document that names one. */
export function keyCache(configuration: Configuration): SimpleJwksCache {
  return new SimpleJwksCache({ fetcher: new KeyFetcher(configuration), penaltyBox: new Pause() });
}

/** Fetches keys from `jwksUri`, or from the URL in the discovery document. */
class KeyFetcher {
  private readonly fetcher = new SimpleFetcher({ defaultRequestOptions: { responseTimeout: RESPONSE_TIMEOUT_MS } });
  private hasKeys = false;
  private failure?: { readonly error: unknown; readonly until: number };

  public constructor(private readonly configuration: Configuration) {}

  public async fetch(uri: string): Promise<ArrayBuffer> {
    if (this.failure && Date.now() < this.failure.until) throw this.failure.error;
    try {
      const content = await this.fetchNow(uri);
      this.hasKeys = true;
      return content;
    } catch (error) {
      // Most tokens can be verified with the old keys. While the issuer is down, the others must not cause a request each.
      if (this.hasKeys) this.failure = { error, until: Date.now() + PAUSE_MS };
      throw error;
    }
  }

  private async fetchNow(uri: string): Promise<ArrayBuffer> {
    const { issuer, jwksUri } = this.configuration;
    if (jwksUri !== undefined) return this.fetcher.fetch(jwksUri);
    const isDiscovery = issuer !== undefined && uri === discoveryUri(issuer);
    return this.fetcher.fetch(isDiscovery ? jwksUriIn(await this.fetcher.fetch(uri), uri, issuer) : uri);
  }
}

/** Rejects a discovery document of another issuer. */
function jwksUriIn(content: ArrayBuffer, uri: string, expected: string): string {
  const { issuer, jwks_uri: jwksUri } = parsed(content);
  if (issuer !== expected) {
    throw new JwksValidationError(`${uri} is of the issuer ${JSON.stringify(issuer)}, not of ${JSON.stringify(expected)}`);
  }
  if (typeof jwksUri === 'string' && jwksUri.startsWith('https://')) return jwksUri;
  throw new JwksValidationError(`${uri} names no jwks_uri that begins with https://`);
}

function parsed(content: ArrayBuffer): { readonly issuer?: unknown; readonly jwks_uri?: unknown } {
  try {
    return JSON.parse(Buffer.from(content).toString()) as object ?? {};
  } catch {
    return {};
  }
}

/**
 * Keeps tokens with invented key ids from causing a request each.
 *
 * Compares times, since timers stop while Lambda freezes the function.
 */
class Pause implements PenaltyBox {
  private readonly ends = new Map<string, number>();

  public async wait(uri: string): Promise<void> {
    if (Date.now() >= (this.ends.get(uri) ?? 0)) return;
    throw new WaitPeriodNotYetEndedJwkError('the token names an unknown key, and the keys were fetched a moment ago');
  }

  public registerFailedAttempt(uri: string): void {
    this.ends.set(uri, Date.now() + PAUSE_MS);
  }

  public registerSuccessfulAttempt(uri: string): void {
    this.release(uri);
  }

  public release(uri: string): void {
    this.ends.delete(uri);
  }
}
