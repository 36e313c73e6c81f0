import { captureLog } from './_helpers/captured-log';
import { authorizerEvent, connectEvent, disconnectEvent, messageEvent } from './_helpers/events';
import { accept, allow, Connecting, deny, onAuthorize, onConnect, onMessage, reject } from '../../lib/runtime';

const log = captureLog();

describe('a handshake', () => {
  const odd = JSON.parse('{"__proto__":"x","constructor":"y","X-A":"","é":"ü","SEC-WEBSOCKET-PROTOCOL":" , a,,b ","X-Line":"a\\nb"}') as Record<string, string>;

  test('may have headers and a query of any name', async () => {
    // GIVEN
    const seen: Connecting[] = [];

    // WHEN
    await onConnect((connecting) => { seen.push(connecting); })(connectEvent({ headers: odd, query: odd }));

    // THEN
    const [{ headers, query, protocols }] = seen;
    expect(protocols).toEqual(['a', 'b']);
    expect(Object.keys(headers)).toEqual(['host', 'sec-websocket-version', '__proto__', 'constructor', 'x-a', 'é', 'sec-websocket-protocol', 'x-line']);
    expect(Object.entries(query)).toEqual(Object.entries(odd));
    expect([headers, query].map((one) => Object.getPrototypeOf(one) === Object.prototype)).toEqual([true, true]);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined], ['null', null], ['text', 'x'], ['an empty object', {}], ['another service', { Records: [] }], ['no context', { requestContext: null }],
    ['a message', messageEvent({})], ['$disconnect', disconnectEvent()], ['an authorizer', authorizerEvent()],
  ])('of another kind is refused: %s', async (_, event) => {
    expect(await onConnect(() => accept())(event as never)).toEqual({ statusCode: 500 });
  });

  test.each<[string, () => unknown, number]>([
    ['a refusal that JSON cannot hold', () => reject(403, 1n), 500], ['accept of nothing', () => accept(null as never), 500], ['a rejection', () => Promise.reject(), 500],
    ['a thenable', () => ({ then: (resolve: (value: unknown) => void) => resolve(reject(403)) }), 403], ['a list', () => [], 500], ['0', () => 0, 500],
    ['a status that is text', () => ({ statusCode: '200' }), 500], ['a status without a form', () => ({ statusCode: NaN }), NaN], ['deny of an authorizer', () => deny(), 500],
    ['a decision', () => allow({ user: 'ada' }), 500],
  ])('is not open by %s', async (_, fn, statusCode) => {
    expect(await onConnect(fn as never)(connectEvent())).toEqual({ statusCode });
  });
});

describe('an authorizer', () => {
  const decide = (fn: () => unknown) => onAuthorize(fn as never)(authorizerEvent());

  test.each<[string, unknown]>([
    ['undefined', undefined], ['null', null], ['text', 'x'], ['an empty object', {}], ['another service', { Records: [] }], ['a message', messageEvent({})],
    ['$connect', connectEvent()], ['an ARN that is none', { methodArn: 7 }],
  ])('called with another event admits nobody: %s', async (_, event) => {
    await expect(onAuthorize(() => allow({ user: 'ada' }))(event as never)).rejects.toThrow();
  });

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined], ['null', () => null], ['true', () => true], ['1', () => 1], ['Unauthorized', () => 'Unauthorized'], ['a list', () => []],
    ['accept', () => accept()], ['a policy', () => ({ principalId: 'a', policyDocument: { Statement: [] } })], ['the effect in small letters', () => ({ effect: 'allow' })],
    ['a rejection', () => Promise.reject(new Error('no'))], ['a user of nothing', () => allow({} as never)], ['an empty user', () => allow({ user: '' })],
    ['a number as the user', () => allow({ user: 7 as never })], ['a user with a line', () => allow({ user: 'a\nb' })], ['a user of half a character', () => allow({ user: '\ud800' })],
    ['a long user', () => allow({ user: 'é'.repeat(257) })], ['a claim that JSON cannot hold', () => allow({ user: 'a', claims: { n: 1n } })],
    ['claims in a circle', () => { const claims: Record<string, unknown> = {}; claims.self = claims; return allow({ user: 'a', claims }); }],
    ['a claim that throws', () => allow({ user: 'a', claims: { a: { toJSON: () => { throw new Error('no'); } } } })],
    ['9 KB', () => allow({ user: 'a', claims: { a: 'é'.repeat(4_500) } })], ['9 KB of JSON', () => allow({ user: 'a', claims: { a: Array(3_000).fill('') } })],
    ['a forged principalId', () => allow({ user: 'a', claims: { principalId: 'root' } })], ['a forged _claims', () => allow({ user: 'a', claims: { _claims: '{"admin":true}' } })],
    ['an own __proto__', () => allow({ user: 'a', claims: JSON.parse('{"__proto__":{"admin":true}}') })],
  ])('that returns %s admits nobody', async (_, fn) => {
    await expect(decide(fn)).rejects.toThrow();
    expect(log.errors).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['absent', { a: undefined }, {}], ['a function', { a: () => 1 }, {}], ['null', { a: null }, { a: null }], ['false', { a: false }, { a: false }],
    ['text of false', { a: 'false' }, { a: 'false' }], ['NaN', { a: NaN }, { a: null }], ['a date', { a: new Date(0) }, { a: '1970-01-01T00:00:00.000Z' }],
    ['a list', { a: [1, { b: [] }] }, { a: [1, { b: [] }] }], ['text of JSON', { a: '{"b":1}' }, { a: '{"b":1}' }], ['empty', { a: '' }, { a: '' }],
    ['sub', { sub: 'root' }, { sub: 'root' }], ['user', { user: 'root' }, { user: 'root' }], ['a name with a point', { 'cognito:groups': ['a'] }, { 'cognito:groups': ['a'] }],
    ['names of all objects', { constructor: 'x', toString: 1 }, { constructor: 'x', toString: 1 }], ['a line', { a: 'b\nc' }, { a: 'b\nc' }],
    ['a nested __proto__', { a: JSON.parse('{"__proto__":1}') }, { a: JSON.parse('{"__proto__":1}') }],
  ])('gives claims that come back as they were: %s', async (_, claims, seen) => {
    // GIVEN
    const { principalId, context = {} } = await decide(() => allow({ user: 'ada', claims })) as { principalId: string; context?: Record<string, string> };
    expect(Object.values(context).every((value) => typeof value === 'string')).toBe(true);
    const found: unknown[] = [];

    // WHEN
    await onMessage(({ connection }) => { found.push(connection.user, connection.claims); })(
      messageEvent({}, { authorizer: { ...context, principalId } }),
    );

    // THEN
    expect(found).toEqual(['ada', seen]);
  });
});

describe('the context of another authorizer', () => {
  test.each<[string, object, object]>([
    ['nothing', {}, { claims: {} }],
    ['a subject', { sub: 'ada' }, { user: 'ada', claims: { sub: 'ada' } }],
    ['a subject that a claim forges', { _claims: '{"sub":"root","principalId":"root"}' }, { claims: { sub: 'root' } }],
    ['a subject that is no text', { sub: { toString: 'x' } }, { claims: { sub: { toString: 'x' } } }],
    ['a number', { principalId: 17 }, { user: '17', claims: {} }],
    ['claims that are a list', { _claims: '["admin"]' }, { claims: {} }],
    ['claims that are text', { _claims: '"admin"' }, { claims: {} }],
    ['claims that are null', { _claims: 'null' }, { claims: {} }],
    ['claims that are cut', { _claims: '{"admin":tr' }, { claims: {} }],
    ['claims that are an object', { _claims: { admin: true } }, { claims: {} }],
    ['claims with __proto__', { _claims: '{"__proto__":{"admin":true}}' }, { claims: {} }],
    ['__proto__', JSON.parse('{"__proto__":{"admin":true}}'), { claims: {} }],
    ['claims in claims', { _claims: '{"_claims":"{}","integrationLatency":1}' }, { claims: {} }],
    ['what it says itself', { admin: 'false', _claims: '{"admin":true}' }, { claims: { admin: 'false' } }],
  ])('%s', async (_, authorizer, seen) => {
    const found: unknown[] = [];
    const event = messageEvent({});

    await onMessage(({ connection: { user, claims } }) => {
      found.push({ ...user !== undefined && { user }, claims }, (Object.assign({}, claims) as { admin?: unknown }).admin);
    })(
      { ...event, requestContext: { ...event.requestContext, authorizer: authorizer as never } },
    );

    expect(found).toEqual([seen, 'admin' in Object(authorizer) && Object.hasOwn(authorizer, 'admin') ? 'false' : undefined]);
  });
});
