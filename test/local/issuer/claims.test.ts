import { GatewayError } from '../../../lib/local/gateway-error';
import { claimsFor, requestForIdentity, tokenRequest, TokenRequest } from '../../../lib/local/issuer/claims';
import type { Wanted } from '../../../lib/local/issuer/token-authorizer';

const JWT: Wanted = { kind: 'jwt', issuer: 'https://login.example.com/', audience: 'chat', scopes: [], groups: [], principalClaim: 'sub' };
const ACCESS: Wanted = { ...JWT, kind: 'access', issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A', audience: 'web' };
const NOW = 1_000_000;

function claims(wanted: Wanted, request: TokenRequest = {}): unknown {
  return JSON.parse(claimsFor(wanted, request, NOW).json);
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_OPTION', message);
}

test('a token is for the issuer and the audience of the authorizer, and lasts an hour', () => {
  expect(claims(JWT)).toEqual({ iss: 'https://login.example.com/', aud: 'chat', sub: 'local-user', iat: NOW, exp: NOW + 3600 });
  expect(claimsFor(JWT, { expiresIn: -60 }, NOW).exp).toBe(NOW - 60);
});

test('it has what opens the door, unless the request has it otherwise', () => {
  const strict: Wanted = { ...JWT, scopes: ['read', 'write'], principalClaim: 'email' };

  expect(claims(strict, { sub: 'ann' })).toMatchObject({ sub: 'ann', email: 'ann', scope: 'read write' });
  expect(claims(strict, { sub: 'ann', claims: { scope: 'none', email: 'a@b.c' } })).toMatchObject({ sub: 'ann', email: 'a@b.c', scope: 'none' });
});

test('tokens of a user pool have the form of Cognito', () => {
  const times = { auth_time: NOW, iat: NOW, exp: NOW + 3600, jti: expect.any(String) };

  expect(claims({ ...ACCESS, groups: ['staff'] }, { sub: 'ann' })).toEqual({
    'iss': ACCESS.issuer, 'client_id': 'web', 'token_use': 'access', 'sub': 'ann', 'username': 'ann', 'cognito:groups': ['staff'], ...times,
  });
  expect(claims({ ...ACCESS, kind: 'id' }, { sub: 'ann' })).toEqual({
    'iss': ACCESS.issuer, 'aud': 'web', 'token_use': 'id', 'sub': 'ann', 'cognito:username': 'ann', ...times,
  });
});

test.each(['iss', 'aud', 'iat', 'exp'])('%s is not for the caller to give', (name) => {
  expect(() => claims(JWT, { claims: { [name]: 1 } })).toThrow(invalid(`the gateway sets \`${name}\` to what the authorizer accepts; leave it out`));
});

test('what only user pools reserve is a claim like any other elsewhere', () => {
  expect(claims(JWT, { claims: { client_id: 'x' } })).toMatchObject({ client_id: 'x' });
  expect(() => claims(ACCESS, { claims: { client_id: 'x' } }))
    .toThrow(invalid('the gateway sets `client_id` to what the authorizer accepts; leave it out'));
  expect(() => claims(ACCESS, { claims: { token_use: 'id' } }))
    .toThrow(invalid('the gateway sets `token_use` to what the authorizer accepts; leave it out'));
});

test('the subject has one place', () => {
  expect(() => claims(JWT, { claims: { sub: 'bob' } })).toThrow(invalid('`sub` is given by itself, not among the claims'));
});

test('claims are no more than an authorizer may return, however they are nested', () => {
  // GIVEN
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];

  // THEN
  expect(() => claims(JWT, { claims: { text: 'x'.repeat(8_192) } })).toThrow(invalid('the claims have 8298 bytes; an authorizer may return 8192 with them'));
  expect(() => claims(JWT, { claims: { deep } })).toThrow(invalid('the claims cannot be written as JSON: Maximum call stack size exceeded'));
  expect(() => claims(JWT, { claims: { big: 1n } })).toThrow(invalid('the claims cannot be written as JSON: Do not know how to serialize a BigInt'));
});

test('names and values with control characters, and names of an object, are data', () => {
  const odd = JSON.parse('{"__proto__":{"admin":true},"a\\u0000\\n":"\\u001b[31m","constructor":"x"}') as Record<string, unknown>;

  const { json } = claimsFor(JWT, { sub: 'an\n\u0000n', claims: odd }, NOW);

  expect(JSON.parse(json)).toMatchObject({ 'sub': 'an\n\u0000n', 'a\u0000\n': '\u001b[31m', 'constructor': 'x' });
  expect(Object.keys(JSON.parse(json) as object)).toContain('__proto__');
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test.each<[unknown, string]>([
  [null, 'a token is asked for with an object, got null'],
  [['ann'], 'a token is asked for with an object, got ["ann"]'],
  [{ subject: 'ann' }, 'there is no "subject"; a token is asked for with sub, claims, expiresIn, api, stage'],
  [{ sub: '' }, '`sub` must be a non-empty string, got ""'],
  [{ sub: 5 }, '`sub` must be a non-empty string, got 5'],
  [{ api: {} }, '`api` must be a non-empty string, got {}'],
  [{ stage: null }, '`stage` must be a non-empty string, got null'],
  [{ claims: ['a'] }, '`claims` must be an object, got ["a"]'],
  [{ claims: 'a' }, '`claims` must be an object, got "a"'],
  [{ expiresIn: 3601 }, '`expiresIn` must be an integer from -3600 to 3600 (seconds), got 3601'],
  [{ expiresIn: 0.5 }, '`expiresIn` must be an integer from -3600 to 3600 (seconds), got 0.5'],
  [{ expiresIn: '60' }, '`expiresIn` must be an integer from -3600 to 3600 (seconds), got "60"'],
])('%j is refused', (request, message) => {
  expect(() => tokenRequest(request)).toThrow(invalid(message));
});

describe('a recorded identity', () => {
  test('is asked for again, without what belonged to its token', () => {
    const seen = {
      'principalId': 'ann',
      'integrationLatency': '12',
      'iss': 'https://login.example.com/',
      'aud': 'chat',
      'sub': 'ann',
      'iat': '1',
      'exp': '2',
      'nbf': '1',
      'jti': 'x',
      'auth_time': '1',
      'token_use': 'access',
      'client_id': 'web',
      'scope': 'chat',
      'admin': 'true',
      'cognito:groups': '["staff"]',
      'odd': '[not JSON',
    };

    expect(requestForIdentity(seen)).toEqual({
      sub: 'ann', claims: { 'scope': 'chat', 'admin': 'true', 'cognito:groups': ['staff'], 'odd': '[not JSON' },
    });
  });

  test('without a subject is known by its principal', () => {
    expect(requestForIdentity({ principalId: 'ann' })).toEqual({ sub: 'ann', claims: {} });
    expect(requestForIdentity({})).toEqual({ claims: {} });
  });
});
