import { rsaKey, TestIssuer } from './_helpers/issuer';
import { knock, now, TokenTest } from './_helpers/token-test';

let tokens: TokenTest;
let issuer: TestIssuer;
beforeAll(async () => {
  tokens = await TokenTest.begin();
  ({ issuer } = tokens);
});
afterAll(() => tokens.end());

describe('keys', () => {
  test('are fetched once, by the discovery document', async () => {
    // GIVEN
    const cold = tokens.start();
    issuer.requests.length = 0;

    // WHEN
    for (let count = 0; count < 3; count += 1) await knock(issuer.token(), cold);

    // THEN
    expect(issuer.requests).toEqual(['/tenant/.well-known/openid-configuration', '/tenant/keys']);
  });

  test('are fetched from JWT_JWKS_URI if that is set', async () => {
    // GIVEN
    const cold = tokens.start({ JWT_JWKS_URI: issuer.jwksUri });
    issuer.requests.length = 0;

    // THEN
    expect((await knock(issuer.token(), cold)).error).toBeUndefined();
    expect(issuer.requests).toEqual(['/tenant/keys']);
  });

  test('rotate: a new one is found while the function is warm, and the old one is good until it is withdrawn', async () => {
    // GIVEN
    const warm = tokens.start();
    const old = issuer.token();
    await knock(old, warm);
    const [first] = issuer.keys;
    const second = rsaKey('second');
    issuer.keys.push(second);

    // THEN
    expect((await knock(issuer.token({}, second), warm)).error).toBeUndefined();
    expect((await knock(old, warm)).error).toBeUndefined();

    // WHEN
    issuer.keys.splice(0, 2, second);
    await warm.advance(3601);
    const later = { exp: now() + 8000 };

    // THEN
    expect((await knock(issuer.token(later, first), warm)).log).toContain('JWK for kid \\"first\\" not found in the JWKS');
    expect((await knock(issuer.token(later, second), warm)).error).toBeUndefined();
    issuer.keys.splice(0, 1, first);
  });

  test('that nobody has are looked for once a second, however many tokens name them, and the tokens are bad', async () => {
    // GIVEN
    const warm = tokens.start();
    await warm.stopClock();
    await knock(issuer.token(), warm);
    const invented = issuer.token({ exp: now() + 900 }, rsaKey('invented'));
    issuer.requests.length = 0;

    // WHEN
    const answers = [await knock(invented, warm), await knock(invented, warm), await knock(issuer.token(), warm)];

    // THEN
    expect(answers.map(({ error }) => error)).toEqual(['Unauthorized', 'Unauthorized', undefined]);
    expect(answers.map(({ log }) => log && (JSON.parse(log) as { reason: string }).reason)).toEqual([
      'JWK for kid "invented" not found in the JWKS', 'the token names an unknown key, and the keys were fetched a moment ago', '',
    ]);
    expect(issuer.requests).toEqual(['/tenant/.well-known/openid-configuration', '/tenant/keys']);
    await warm.advance(1);
    expect((await knock(invented, warm)).error).toBe('Unauthorized');
    expect(issuer.requests).toHaveLength(4);
  });

  test('rotate under a flood of tokens with unknown keys: a second later the new one is good', async () => {
    // GIVEN
    const warm = tokens.start();
    await warm.stopClock();
    await knock(issuer.token(), warm);
    const invented = rsaKey('invented');
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await knock(issuer.token({}, { ...invented, kid: `invented-${i}` }), warm);
    };
    await flood();
    const second = rsaKey('second');
    issuer.keys.push(second);
    issuer.requests.length = 0;

    // WHEN
    await flood();
    await warm.advance(1);
    await flood();

    // THEN
    expect((await knock(issuer.token({}, second), warm)).error).toBeUndefined();
    expect(issuer.requests).toEqual(['/tenant/.well-known/openid-configuration', '/tenant/keys']);
    issuer.keys.pop();
  });

  test('are not asked for by each token while the issuer is down, and those of before are used', async () => {
    // GIVEN
    const warm = tokens.start();
    await warm.stopClock();
    await knock(issuer.token(), warm);
    issuer.fault = { status: 503, body: '' };
    issuer.requests.length = 0;
    const other = rsaKey('other');

    // WHEN
    const answers = [await knock(issuer.token({}, other), warm), await knock(issuer.token({}, other), warm), await knock(issuer.token(), warm)];
    issuer.fault = undefined;
    await warm.advance(1);

    // THEN
    const failure = `Failed to fetch ${issuer.url}/.well-known/openid-configuration: Status code is 503, expected 200`;
    expect(answers.map(({ error }) => error)).toEqual([failure, failure, undefined]);
    expect(issuer.requests).toEqual(['/tenant/.well-known/openid-configuration']);
    expect((await knock(issuer.token({}, other), warm)).error).toBe('Unauthorized');
  });

  test.each<[string, TestIssuer['fault'], Record<string, unknown>, string]>([
    ['the issuer fails', { status: 503, body: '' }, {}, 'Failed to fetch ISSUER/.well-known/openid-configuration: Status code is 503, expected 200'],
    ['it sends no JSON', { status: 200, body: '<html>' }, {}, 'ISSUER/.well-known/openid-configuration is of the issuer undefined, not of "ISSUER"'],
    ['the document is of another issuer', undefined, { issuer: 'https://evil.example.com' },
      'ISSUER/.well-known/openid-configuration is of the issuer "https://evil.example.com", not of "ISSUER"'],
    ['it names keys without TLS', undefined, { jwks_uri: 'http://localhost/keys' },
      'ISSUER/.well-known/openid-configuration names no jwks_uri that begins with https://'],
  ])('%s: that is another error than Unauthorized, and the next token is checked again', async (_kind, fault, discovery, message) => {
    // GIVEN
    const cold = tokens.start();
    Object.assign(issuer, { fault, discovery });

    // WHEN
    const { error } = await knock(issuer.token(), cold);
    Object.assign(issuer, { fault: undefined, discovery: {} });

    // THEN
    expect(error).toBe(message.replaceAll('ISSUER', issuer.url));
    expect((await knock(issuer.token(), cold)).error).toBeUndefined();
  });

  test('of before are used if the issuer fails an hour later', async () => {
    // GIVEN
    const warm = tokens.start();
    const token = issuer.token({ exp: now() + 8000 });
    await knock(token, warm);
    await warm.advance(3601);
    issuer.fault = { status: 503, body: '' };

    // WHEN
    const first = await knock(token, warm);
    issuer.requests.length = 0;
    const second = await knock(token, warm);
    issuer.fault = undefined;

    // THEN
    expect([first.error, second.error, issuer.requests]).toEqual([undefined, undefined, []]);
    expect(JSON.parse(first.log)).toMatchObject({ message: 'the keys could not be fetched again; those of before are used' });
  });

  test.each<[Record<string, string>, string]>([
    [{ JWT_AUDIENCE: '' }, 'JWT_ISSUER and JWT_AUDIENCE, or COGNITO_USER_POOL_ID must be set'],
    [{ JWT_JWKS_URI: 'http://localhost/keys' }, 'JWT_JWKS_URI must be an https URL, got "http://localhost/keys"'],
    [{ JWT_JWKS_URI: 'localhost:8080' }, 'JWT_JWKS_URI must be an https URL, got "localhost:8080"'],
    [{ JWT_ISSUER: 'http://localhost/' }, 'JWT_ISSUER must be an https URL, got "http://localhost/"'],
    [{ JWT_ISSUER: 'https://' }, 'JWT_ISSUER must be an https URL, got "https://"'],
    [{ JWT_TOKEN_SOURCES: '' }, 'JWT_TOKEN_SOURCES must be set'],
    [{ JWT_TOKEN_SOURCES: 'querystring:token constructor:x' },
      'JWT_TOKEN_SOURCES must be a list of querystring:NAME, header:NAME, cookie:NAME and subprotocol:NAME, got "querystring:token constructor:x"'],
    [{ JWT_ISSUER: 'x', JWT_JWKS_URI: 'y' }, 'JWT_ISSUER must be an https URL, got "x"; JWT_JWKS_URI must be an https URL, got "y"'],
    [{ COGNITO_USER_POOL_ID: 'pool', COGNITO_CLIENT_IDS: 'web' },
      'COGNITO_USER_POOL_ID must be the id of a user pool, such as eu-west-1_AbCdEf123, got "pool"'],
    [{ COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123' }, 'COGNITO_CLIENT_IDS must be set'],
    [{ COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123', COGNITO_CLIENT_IDS: 'web', COGNITO_TOKEN_USE: 'Access' },
      'COGNITO_TOKEN_USE must be "access" or "id", got "Access"'],
  ])('a function that is not set up lets nobody in, and names the variable: %j', async (environment, message) => {
    expect((await knock(issuer.token(), tokens.start(environment))).error).toBe(message);
  });
});
