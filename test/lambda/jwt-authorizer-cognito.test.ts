import { rsaKey, TestIssuer } from './_helpers/issuer';
import { LambdaProcess } from './_helpers/lambda-process';
import { knock, POLICY, TokenTest } from './_helpers/token-test';

let tokens: TokenTest;
let issuer: TestIssuer;
beforeAll(async () => {
  tokens = await TokenTest.begin();
  ({ issuer } = tokens);
});
afterAll(() => tokens.end());

describe('Cognito', () => {
  const POOL = 'eu-west-1_AbCdEf123';
  const ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
  const ACCESS = { 'iss': ISSUER, 'aud': undefined, 'client_id': 'web', 'token_use': 'access', 'scope': 'chat/read', 'cognito:groups': ['staff'] };
  const ID = { 'iss': ISSUER, 'aud': 'web', 'token_use': 'id', 'cognito:groups': ['staff'] };

  /** The keys come from the test: JWT_JWKS_URI is there for that. */
  const cognito = (more: Record<string, string> = {}): LambdaProcess => tokens.start({
    JWT_ISSUER: '', JWT_AUDIENCE: '', JWT_JWKS_URI: issuer.jwksUri, COGNITO_USER_POOL_ID: POOL, COGNITO_CLIENT_IDS: 'mobile web', ...more,
  });
  let access: LambdaProcess;
  beforeAll(() => { access = cognito({ COGNITO_TOKEN_USE: 'access' }); });

  test('an access token comes in', async () => {
    expect((await knock(issuer.token(ACCESS), access)).result).toEqual({
      principalId: 'ann',
      policyDocument: POLICY.allow,
      context: {
        'iss': ISSUER,
        'client_id': 'web',
        'token_use': 'access',
        'scope': 'chat/read',
        'cognito:groups': '["staff"]',
        'sub': 'ann',
        'iat': expect.any(Number),
        'exp': expect.any(Number),
      },
    });
  });

  test('a token with a key that nobody has is Unauthorized, the first time and the second', async () => {
    const invented = rsaKey('invented');

    expect([await knock(issuer.token(ACCESS, invented), access), await knock(issuer.token(ACCESS, invented), access)])
      .toMatchObject([{ error: 'Unauthorized' }, { error: 'Unauthorized' }]);
  });

  test('an ID token comes in if it is asked for, and an access token does not', async () => {
    const id = cognito({ COGNITO_TOKEN_USE: 'id' });

    expect((await knock(issuer.token(ID), id)).result).toMatchObject({ policyDocument: POLICY.allow });
    expect((await knock(issuer.token(ACCESS), id)).log).toContain('Token use not allowed: access. Expected: id');
  });

  test('the issuer of both kinds of URL is that of the pool', async () => {
    const iss = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
    expect((await knock(issuer.token({ ...ACCESS, iss }), access)).result).toMatchObject({ policyDocument: POLICY.allow });
  });

  test.each<[string, object, string]>([
    ['an ID token', ID, 'Token use not allowed: id. Expected: access'],
    ['a token of no use', { ...ACCESS, token_use: undefined }, 'Missing Token use. Expected one of: id, access'],
    ['another client', { ...ACCESS, client_id: 'desktop' }, 'Client ID not allowed: desktop. Expected one of: mobile, web'],
    ['another pool', { ...ACCESS, iss: ISSUER.replace('AbC', 'XyZ') }, 'issuer not configured: https://cognito-idp'],
    ['no issuer', { ...ACCESS, iss: undefined }, 'issuer must be provided'],
    ['an expired token', { ...ACCESS, exp: 1 }, 'Token expired at 1970-01-01T00:00:01.000Z'],
  ])('%s is Unauthorized', async (_kind, claims, reason) => {
    const { error, log } = await knock(issuer.token({ ...claims }), access);

    expect([error, JSON.parse(log)]).toEqual(['Unauthorized', { message: 'refused', status: 401, reason: expect.stringContaining(reason) }]);
  });

  test('one of the groups and one of the scopes will do, and without one a good token is denied', async () => {
    // GIVEN
    const strict = cognito({ COGNITO_GROUPS: 'admins staff', JWT_SCOPES: 'chat/read' });
    const effect = async (claims: object): Promise<unknown> => (await knock(issuer.token({ ...ACCESS, ...claims }), strict)).result;

    // THEN
    expect(await effect({})).toMatchObject({ policyDocument: POLICY.allow });
    expect(await effect({ 'cognito:groups': ['guests'] })).toEqual({ principalId: 'ann', policyDocument: POLICY.deny });
    expect(await effect({ 'cognito:groups': undefined })).toEqual({ principalId: 'ann', policyDocument: POLICY.deny });
    expect(await effect({ scope: 'mail' })).toEqual({ principalId: 'ann', policyDocument: POLICY.deny });
  });
});
