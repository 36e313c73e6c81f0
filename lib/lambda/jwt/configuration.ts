/** A place of the token in a handshake: `querystring:token`, `header:Authorization`, `cookie:session`, `subprotocol:bearer`. */
interface TokenSource {
  readonly kind: string;
  readonly name: string;
}

/** The settings from the construct, each in an environment variable. */
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

/** Lists are separated by spaces. An empty variable counts as absent. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const words = (name: string): string[] => text(name)?.split(/\s+/) ?? [];
  const errors = errorsOf(text, words);
  if (errors.length > 0) throw new Error(errors.join('; '));
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

const SOURCE = /^(?:querystring|header|cookie|subprotocol):./;

/** With an invalid variable, every token would fail for a misleading reason. */
function errorsOf(text: (name: string) => string | undefined, words: (name: string) => string[]): string[] {
  const errors: string[] = [];
  const check = (name: string, isRight: (value: string) => boolean, what: string): void => {
    const value = text(name);
    if (value !== undefined && !isRight(value)) errors.push(`${name} must be ${what}, got ${JSON.stringify(value)}`);
  };
  check('JWT_ISSUER', isHttpsUrl, 'an https URL');
  check('JWT_JWKS_URI', isHttpsUrl, 'an https URL');
  check('COGNITO_USER_POOL_ID', (value) => /^[a-z0-9-]+_[A-Za-z0-9]+$/.test(value), 'the id of a user pool, such as eu-west-1_AbCdEf123');
  check('COGNITO_TOKEN_USE', (value) => value === 'access' || value === 'id', '"access" or "id"');
  check('JWT_TOKEN_SOURCES', () => words('JWT_TOKEN_SOURCES').every((source) => SOURCE.test(source)),
    'a list of querystring:NAME, header:NAME, cookie:NAME and subprotocol:NAME');
  if (text('JWT_TOKEN_SOURCES') === undefined) errors.push('JWT_TOKEN_SOURCES must be set');
  const isCognito = text('COGNITO_USER_POOL_ID') !== undefined;
  if (isCognito && text('COGNITO_CLIENT_IDS') === undefined) errors.push('COGNITO_CLIENT_IDS must be set');
  if (!isCognito && (text('JWT_ISSUER') === undefined || text('JWT_AUDIENCE') === undefined)) {
    errors.push('JWT_ISSUER and JWT_AUDIENCE, or COGNITO_USER_POOL_ID must be set');
  }
  return errors;
}

function isHttpsUrl(value: string): boolean {
  return value.startsWith('https://') && URL.canParse(value);
}
