/** Where a token may be in a handshake: `querystring:token`, `header:Authorization`, `cookie:session`, `subprotocol:bearer`. */
export interface TokenSource {
  readonly kind: string;
  readonly name: string;
}

/** What the construct tells the function, each in an environment variable of its own. */
export interface Configuration {
  readonly issuer?: string;
  readonly audience: readonly string[];
  readonly jwksUri?: string;
  readonly userPoolId?: string;
  readonly clientIds: readonly string[];
  readonly tokenUse: 'access' | 'id';
  readonly tokenSources: readonly TokenSource[];
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly principalClaim: string;
  readonly usageIdentifierClaim?: string;
}

/** Lists are separated by spaces; a variable that is empty is one that is not set. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const words = (name: string): string[] => text(name)?.split(/\s+/) ?? [];
  return {
    issuer: text('JWT_ISSUER'),
    audience: words('JWT_AUDIENCE'),
    jwksUri: text('JWT_JWKS_URI'),
    userPoolId: text('COGNITO_USER_POOL_ID'),
    clientIds: words('COGNITO_CLIENT_IDS'),
    tokenUse: text('COGNITO_TOKEN_USE') === 'id' ? 'id' : 'access',
    tokenSources: words('JWT_TOKEN_SOURCES').map((source) => {
      const [kind, name] = source.split(':');
      return { kind, name };
    }),
    scopes: words('JWT_SCOPES'),
    groups: words('COGNITO_GROUPS'),
    principalClaim: text('JWT_PRINCIPAL_CLAIM') ?? 'sub',
    usageIdentifierClaim: text('JWT_USAGE_IDENTIFIER_CLAIM'),
  };
}
