import { Token } from 'aws-cdk-lib';
import { Checks } from './private/checks/checks';
import { STRING } from './private/checks/kind';
import { Fault } from './private/problem';
import { checkWords, TokenKind, TokenPreset, WebsocketTokenAuthorizerOptions, words } from './token-authorizer';

/**
 * Options of an authorizer that verifies JSON Web Tokens of an issuer (OpenID Connect, OAuth 2.0).
 *
 * Settings of the function override the `defaults` of the service, whose bundling options have no effect here. Without a `timeout` in
 * either, the function has 10 seconds. In a VPC, the function needs a route to the issuer.
 *
 * @example
 * ConnectAuthorizer.jwt({ issuer: 'https://auth.example.com', audience: ['chat'] });
 */
export interface WebsocketJwtAuthorizerOptions extends WebsocketTokenAuthorizerOptions {
  /**
   * The https URL of the issuer, exactly as tokens have it in the claim `iss`.
   *
   * @see https://openid.net/specs/openid-connect-discovery-1_0.html
   */
  readonly issuer: string;

  /**
   * The accepted audiences, at least one. A token must have one of them in the claim `aud`, so that tokens for other services are rejected.
   *
   * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
   */
  readonly audience: string[];

  /**
   * The https URL of the issuer's keys (JWKS).
   *
   * @see https://openid.net/specs/openid-connect-discovery-1_0.html
   * @default - the `jwks_uri` in `<issuer>/.well-known/openid-configuration`, which the function reads before the first token; if the
   * document cannot be read, nobody can connect
   */
  readonly jwksUri?: string;
}

const JWT: TokenKind<WebsocketJwtAuthorizerOptions> = {
  struct: 'WebsocketJwtAuthorizerOptions',
  check: (checks, { issuer, audience, jwksUri }) => {
    checkUrl(checks, 'issuer', issuer);
    checkWords(checks, 'audience', audience, 'name what tokens for this service have in the claim `aud`');
    if (jwksUri !== undefined) checkUrl(checks, 'jwksUri', jwksUri);
  },
  environment: ({ issuer, audience, jwksUri }) => ({ JWT_ISSUER: issuer, JWT_AUDIENCE: words(audience), JWT_JWKS_URI: jwksUri }),
  constructs: () => [],
};

export function jwtPreset(options: WebsocketJwtAuthorizerOptions): TokenPreset<WebsocketJwtAuthorizerOptions> {
  return new TokenPreset(JWT, options);
}

function checkUrl(checks: Checks, name: 'issuer' | 'jwksUri', url: string): void {
  checks.required(name, url, { ...STRING, example: "'https://login.example.com/'" });
  checks.that(name, url, () => httpsUrlFault(url, name === 'issuer'));
}

/**
 * @param isIssuer whether it names an issuer, which has neither query nor fragment (OpenID Connect Discovery 1.0, section 2)
 */
export function httpsUrlFault(url: string, isIssuer: boolean): Fault | undefined {
  if (Token.isUnresolved(url)) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' || /\s/.test(url)) {
    return { reason: 'is not an https URL', remedy: 'write it in full, for example "https://login.example.com/"' };
  }
  if (parsed.username || parsed.password) return { reason: 'has a user or a password in it', remedy: 'leave them out' };
  if (isIssuer && /[?#]/.test(url)) {
    return { reason: 'has a query or a fragment, which an issuer must not have', remedy: 'write what tokens have in the claim `iss`' };
  }
  return undefined;
}
