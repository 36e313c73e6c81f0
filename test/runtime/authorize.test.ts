import { captureLog } from './_helpers/captured-log';
import { authorizerEvent, connectEvent, lambdaContext, messageEvent } from './_helpers/events';
import { allow, deny, onAuthorize, onMessage } from '../../lib/runtime';

const log = captureLog();
const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:aabbccdd/prod/$connect';

function policy(Effect: 'Allow' | 'Deny'): object {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: ARN }] };
}

describe('the function sees', () => {
  test.each<[string, Parameters<typeof authorizerEvent>[0], string | undefined]>([
    ['a bearer token', { headers: { Authorization: 'Bearer  abc' } }, 'abc'],
    ['one in another spelling', { headers: { authorization: 'bearer abc' } }, 'abc'],
    ['another scheme as it is', { headers: { Authorization: 'Basic abc' } }, 'Basic abc'],
    ['the header before the query', { headers: { Authorization: 'abc' }, query: { token: 'def' } }, 'abc'],
    ['the query', { query: { token: 'def' } }, 'def'],
    ['the query, if the header has no token', { headers: { Authorization: 'Bearer ' }, query: { token: 'def' } }, 'def'],
    ['nothing', {}, undefined],
    ['no empty token', { query: { token: '' } }, undefined],
  ])('%s', async (_, options, token) => {
    // GIVEN
    const seen: unknown[] = [];
    const [event, lambda] = [authorizerEvent(options), lambdaContext()];

    // WHEN
    await onAuthorize((authorizing) => { seen.push(authorizing); return deny(); })(event, lambda);

    // THEN
    expect(seen).toEqual([{
      token, event, lambda, query: options?.query ?? {}, headers: expect.objectContaining({ 'sec-websocket-version': '13' }),
    }]);
  });
});

describe('the answer', () => {
  test('of allow is for this handshake alone', async () => {
    expect(await onAuthorize(() => allow({ user: 'ada' }))(authorizerEvent())).toEqual({ principalId: 'ada', policyDocument: policy('Allow') });
  });

  test('has strings as they are, and all else as JSON in one key', async () => {
    const claims = { name: 'Ada', empty: '', admin: false, level: 3, roles: ['a'], nested: { a: null }, nothing: null, absent: undefined };

    expect(await onAuthorize(async () => allow({ user: 'ada', claims, usageIdentifierKey: 'k' }))(authorizerEvent())).toEqual({
      principalId: 'ada',
      policyDocument: policy('Allow'),
      context: { name: 'Ada', empty: '', _claims: '{"admin":false,"level":3,"roles":["a"],"nested":{"a":null},"nothing":null}' },
      usageIdentifierKey: 'k',
    });
  });

  test('comes back with its types in each message', async () => {
    // GIVEN
    const claims = { name: 'Ada', admin: false, level: 3, roles: ['a'], nested: { a: null } };
    const { context } = await onAuthorize(() => allow({ user: 'ada', claims }))(authorizerEvent());
    const seen: unknown[] = [];

    // WHEN
    await onMessage(({ connection }) => { seen.push(connection.user, connection.claims); })(messageEvent({}, { authorizer: { ...context } }));

    // THEN
    expect(seen).toEqual(['ada', claims]);
  });

  test('of deny is 403', async () => {
    expect(await onAuthorize(() => deny())(authorizerEvent())).toEqual({ principalId: 'denied', policyDocument: policy('Deny') });
  });

  test('of unauthorized is 401, by the one text that API Gateway knows', async () => {
    await expect(onAuthorize(() => 'unauthorized')(authorizerEvent())).rejects.toEqual(new Error('Unauthorized'));
    expect(log.errors).toEqual([]);
  });

  test('of what is thrown is 500, and logged', async () => {
    const error = new Error('no keys');

    await expect(onAuthorize(() => { throw error; })(authorizerEvent())).rejects.toBe(error);

    expect(log.errors).toMatchObject([{ message: 'onAuthorize failed', routeKey: '$connect', error: { message: 'no keys' } }]);
  });

  test.each<[string, unknown]>([['nothing', undefined], ['true', true], ['a policy', { principalId: 'a', policyDocument: {} }]])(
    'is 500 if the function returns %s', async (_, value) => {
      await expect(onAuthorize(() => value as never)(authorizerEvent())).rejects.toMatchObject({
        code: 'CONFIGURATION', message: "the function of onAuthorize must return allow({ user }), deny() or 'unauthorized'",
      });
    },
  );

  test('is 500 for the event of a route', async () => {
    await expect(onAuthorize(() => allow({ user: 'ada' }))(connectEvent() as never)).rejects.toMatchObject({
      code: 'CONFIGURATION', message: 'onAuthorize was called as a handler of a route',
    });
  });
});

describe('allow refuses', () => {
  test.each(['principalId', 'integrationLatency', '_claims', '__proto__'])('the claim %s, which others use', (name) => {
    expect(() => allow({ user: 'ada', claims: { [name]: 'root' } })).toThrow(expect.objectContaining({
      code: 'BAD_CLAIMS', message: `allow({ claims }): the name ${name} is reserved`,
    }));
  });

  test.each<[unknown, string]>([['', '""'], [undefined, 'undefined'], [17, '17'], ['a\nb', '"a\\nb"']])('the user %p', (user, given) => {
    expect(() => allow({ user: user as string })).toThrow(expect.objectContaining({
      code: 'BAD_NAME', message: `the name of a user is 1 to 512 bytes of UTF-8 without control characters, not ${given}`,
    }));
  });

  test('what JSON cannot hold', () => {
    expect(() => allow({ user: 'ada', claims: { n: 1n } })).toThrow(expect.objectContaining({
      code: 'BAD_CLAIMS', message: 'allow({ claims }): JSON cannot hold one of the claims',
    }));
  });

  test('more than 8 KB, with the size', async () => {
    // GIVEN
    const decide = (length: number) => onAuthorize(() => allow({ user: 'ada', claims: { text: 'é'.repeat(length) } }))(authorizerEvent());
    const fixed = Buffer.byteLength(JSON.stringify(await decide(0)));
    const most = Math.floor((8192 - fixed) / 2);

    // THEN
    expect(Buffer.byteLength(JSON.stringify(await decide(most)))).toBeGreaterThan(8190);
    await expect(decide(most + 1)).rejects.toMatchObject({
      code: 'BAD_CLAIMS', message: `the authorizer returns ${fixed + 2 * (most + 1)} bytes, and API Gateway takes 8192: give fewer claims`,
    });
    expect(() => allow({ user: 'ada', claims: { text: 'x'.repeat(8192) } })).toThrow(expect.objectContaining({ code: 'BAD_CLAIMS' }));
  });
});

test.each<[string, Record<string, string>, object]>([
  ['text that is no JSON', { _claims: '{' }, {}],
  ['no object', { _claims: '"admin"' }, {}],
  ['what the context says otherwise', { admin: 'false', _claims: '{"admin":true,"principalId":"root"}' }, { admin: 'false' }],
])('_claims of another authorizer: %s', async (_, authorizer, claims) => {
  const seen: unknown[] = [];

  await onMessage(({ connection }) => { seen.push(connection.claims, connection.user); })(messageEvent({}, { authorizer }));

  expect(seen).toEqual([claims, 'ada']);
});
