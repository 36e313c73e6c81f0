import { createHmac, generateKeyPairSync } from 'crypto';
import { rsaKey, TestIssuer } from './_helpers/issuer';
import { LambdaProcess } from './_helpers/lambda-process';
import { ARN, knock, now, POLICY, TokenTest } from './_helpers/token-test';
import { onMessage } from '../../lib/runtime';
import { messageEvent } from '../runtime/_helpers/events';

let tokens: TokenTest;
let issuer: TestIssuer;
let lambda: LambdaProcess;
beforeAll(async () => {
  tokens = await TokenTest.begin();
  ({ issuer } = tokens);
  lambda = tokens.start();
});
afterAll(() => tokens.end());

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token with another payload under the same signature. */
function tampered(token: string, claims: object): string {
  const [header, payload, signature] = token.split('.');
  return [header, base64({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims }), signature].join('.');
}

/** A token that was signed with the public key as if that were a secret. */
function signedWithPublicKey(): string {
  const [{ kid, publicKey }] = issuer.keys;
  const input = `${base64({ alg: 'HS256', kid })}.${issuer.token().split('.')[1]}`;
  return `${input}.${createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' })).update(input).digest('base64url')}`;
}

test('a good token comes in to this handshake alone, and its claims become the context', async () => {
  // GIVEN
  const claims = { iat: 1, exp: now() + 60, sub: 'ann', admin: true, roles: ['a', 'b'], address: { city: 'Rome' }, nothing: null };

  // WHEN
  const { result, log } = await knock(issuer.token(claims), lambda);

  // THEN
  expect(result).toEqual({
    principalId: 'ann',
    policyDocument: POLICY.allow,
    context: {
      iss: issuer.url, aud: 'chat', sub: 'ann', iat: 1, exp: claims.exp, admin: true, roles: '["a","b"]', address: '{"city":"Rome"}',
    },
  });
  expect(log).toBe('');
});

test('a claim cannot pass for what API Gateway itself says', async () => {
  const { result } = await knock(issuer.token({ principalId: 'root', integrationLatency: 0 }), lambda);

  expect(result).toMatchObject({ principalId: 'ann' });
  expect(Object.keys((result as { context: object }).context).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub']);
});

test('a claim cannot pass for the claims of the runtime, nor for the user', async () => {
  // GIVEN
  const payload = { _claims: '{"admin":true,"sub":"root"}', user: 'root' };
  const found: unknown[] = [];

  // WHEN
  const { result } = await knock(issuer.token(payload), lambda);

  // THEN
  const { principalId, context } = result as { principalId: string; context: Record<string, unknown> };
  const text = Object.fromEntries(Object.entries(context).map(([key, value]) => [key, String(value)]));
  const event = messageEvent({}, { authorizer: { ...text, principalId } });
  await onMessage(({ connection }) => { found.push(connection.user, Object.keys(connection.claims).sort(), connection.claims.sub); })(event);
  expect(found).toEqual(['ann', ['aud', 'exp', 'iat', 'iss', 'sub', 'user'], 'ann']);
});

test('a token for several audiences comes in', async () => {
  expect((await knock(issuer.token({ aud: ['mail', 'game'] }), lambda)).result).toMatchObject({ policyDocument: POLICY.allow });
});

describe('a bad token is Unauthorized, which API Gateway answers with 401, and the log says why', () => {
  const ecKey = (): ReturnType<typeof rsaKey> => ({ kid: 'first', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });
  const cases: Array<[string, () => string, string]> = [
    ['expired', () => issuer.token({ exp: now() - 1 }), 'Token expired at '],
    ['not yet valid', () => issuer.token({ nbf: now() + 60 }), "Token can't be used before "],
    ['without an end', () => issuer.token({ exp: undefined }), 'the token has no exp, so it would never expire'],
    ['for another audience', () => issuer.token({ aud: 'mail' }), 'Audience not allowed: mail. Expected one of: game, chat'],
    ['for no audience', () => issuer.token({ aud: undefined }), 'Missing Audience. Expected one of: game, chat'],
    ['of another issuer', () => issuer.token({ iss: 'https://evil.example.com' }), 'Issuer not allowed: https://evil.example.com.'],
    ['of the issuer, with a slash behind', () => issuer.token({ iss: `${issuer.url}/` }), 'Issuer not allowed: '],
    ['of no issuer', () => issuer.token({ iss: undefined }), 'Issuer not allowed: undefined.'],
    ['signed with another key', () => issuer.token({}, { privateKey: rsaKey('x').privateKey }), 'Invalid signature'],
    ['changed', () => tampered(issuer.token(), { sub: 'root' }), 'Invalid signature'],
    ['unsigned: alg none', () => `${base64({ alg: 'none', kid: 'first' })}.${issuer.token().split('.')[1]}.`, 'JWT string does not consist of'],
    ['alg none with a signature', () => `${base64({ alg: 'none', kid: 'first' })}.${issuer.token().split('.').slice(1).join('.')}`,
      'JWT signature algorithm not allowed: none.'],
    ['signed with the public key: HS256', signedWithPublicKey, 'JWT signature algorithm not allowed: HS256.'],
    ['signed with another kind of key', () => issuer.token({}, { ...ecKey(), header: { alg: 'ES256' } }), 'Invalid signature'],
    ['without a key id', () => issuer.token({}, { header: { kid: undefined } }), 'JWT header does not have valid kid claim'],
    ['without text for principalId', () => issuer.token({ sub: undefined }), 'the token has no text in sub'],
    ['no token', () => 'hello', 'JWT string does not consist of exactly 3 parts'],
    ['no JSON', () => 'c2VjcmV0.c2VjcmV0.c2VjcmV0', 'Invalid JWT. Header is not a valid JSON object'],
    ['empty', () => '', 'there is no token'],
  ];

  test.each(cases)('%s', async (_kind, token, reason) => {
    // WHEN
    const given = token();
    const { result, error, stack, log } = await knock(given, lambda);

    // THEN
    expect([result, error, stack]).toEqual([undefined, 'Unauthorized', 'Error: Unauthorized']);
    expect(JSON.parse(log)).toEqual({ message: 'refused', status: 401, reason: expect.stringContaining(reason) });
    for (const part of [...given.split('.'), 'secret'].filter((text) => text.length > 5)) expect(log).not.toContain(part);
  });

  test('what the client writes is no line of the log', async () => {
    const { log } = await knock(issuer.token({ aud: 'x\n{"message":"refused","status":200}' }), lambda);

    expect(log.trim().split('\n')).toHaveLength(1);
  });
});

describe('scopes', () => {
  let scoped: LambdaProcess;
  beforeAll(() => { scoped = tokens.start({ JWT_SCOPES: 'chat:read chat:write' }); });

  test.each<[string, object]>([
    ['scope', { scope: 'openid chat:write' }],
    ['scp, a list', { scp: ['chat:read'] }],
    ['scp, a text', { scp: 'chat:read mail' }],
  ])('one of them will do: %s', async (_kind, claims) => {
    expect((await knock(issuer.token({ ...claims }), scoped)).result).toMatchObject({ policyDocument: POLICY.allow });
  });

  test.each<[string, object]>([['no scope', {}], ['others', { scope: 'chat chat:reader' }]])(
    'a good token with %s is denied, which API Gateway answers with 403', async (_kind, claims) => {
      const { result, log } = await knock(issuer.token({ ...claims }), scoped);

      expect(result).toEqual({ principalId: 'ann', policyDocument: POLICY.deny });
      expect(JSON.parse(log)).toEqual({ message: 'refused', status: 403, reason: 'the token has none of the scopes chat:read, chat:write' });
    },
  );
});

describe('an answer', () => {
  test('has principalId and usageIdentifierKey from the claims that are set up', async () => {
    const other = tokens.start({ JWT_PRINCIPAL_CLAIM: 'email', JWT_USAGE_IDENTIFIER_CLAIM: 'plan' });

    expect((await knock(issuer.token({ email: 'ann@example.com', plan: 'gold' }), other)).result).toMatchObject({
      principalId: 'ann@example.com', usageIdentifierKey: 'gold',
    });
    expect((await knock(issuer.token({ email: 'ann@example.com' }), other)).result).not.toHaveProperty('usageIdentifierKey');
  });

  test('has no more than 8 KB: the largest claims are left out, and that is logged', async () => {
    // WHEN
    const claims = { big: 'x'.repeat(5000), wide: 'é'.repeat(2000), small: 'y'.repeat(100), huge: ['z'.repeat(6000)] };
    const { result, log } = await knock(issuer.token(claims), lambda);

    // THEN
    const { context } = result as { context: object };
    expect(Object.keys(context).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'small', 'sub', 'wide']);
    expect(JSON.parse(log)).toEqual({ message: 'claims left out of the context: an authorizer may return 8 KB', claims: ['huge', 'big'] });
  });
});

describe('a token is found', () => {
  const cases: Array<[string, string, (token: string) => object]> = [
    ['in the query', 'querystring:token', (token) => ({ queryStringParameters: { token } })],
    ['in a header', 'header:X-Token', (token) => ({ headers: { 'x-token': token } })],
    ['behind Bearer', 'header:Authorization', (token) => ({ headers: { Authorization: `Bearer ${token}` } })],
    ['in a cookie', 'cookie:session', (token) => ({ headers: { Cookie: `a=b; xsession=no; session=${token}; session=no` } })],
    ['in a cookie with quotes', 'cookie:session', (token) => ({ headers: { cookie: `session="${token}"` } })],
    ['beside a subprotocol', 'subprotocol:bearer', (token) => ({ headers: { 'Sec-WebSocket-Protocol': `bearer, ${token}` } })],
    ['before a subprotocol', 'subprotocol:bearer', (token) => ({ headers: { 'sec-websocket-protocol': `${token},bearer` } })],
    ['in the second source', 'querystring:token cookie:session', (token) => ({
      queryStringParameters: { token: '' }, headers: { Cookie: `session=${token}` },
    })],
  ];

  test.each(cases)('%s', async (_place, sources, event) => {
    expect((await tokens.start({ JWT_TOKEN_SOURCES: sources }).invoke({ methodArn: ARN, ...event(issuer.token()) })).error).toBeUndefined();
  });

  test.each<[string, string, (token: string) => object]>([
    ['in another parameter', 'querystring:token', (token) => ({ queryStringParameters: { Token: token } })],
    ['alone, without the subprotocol', 'subprotocol:bearer', (token) => ({ headers: { 'Sec-WebSocket-Protocol': token } })],
    ['in no event at all', 'querystring:token header:x cookie:x subprotocol:x', () => ({})],
  ])('nowhere: %s', async (_place, sources, event) => {
    const { error, log } = await tokens.start({ JWT_TOKEN_SOURCES: sources }).invoke({ methodArn: ARN, ...event(issuer.token()) });

    expect([error, JSON.parse(log)]).toEqual(['Unauthorized', { message: 'refused', status: 401, reason: 'there is no token' }]);
  });
});
