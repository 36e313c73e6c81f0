import { captureLog } from './_helpers/captured-log';
import { connectEvent, disconnectEvent, lambdaContext, messageEvent } from './_helpers/events';
import { accept, onConnect, onDisconnect, reject } from '../../lib/runtime';
import type { Connecting } from '../../lib/runtime';

const log = captureLog();

test('the function sees the handshake', async () => {
  // GIVEN
  const seen: unknown[] = [];
  const event = connectEvent({
    authorizer: { tenant: 'acme' }, query: { room: 'lobby' }, headers: { 'Sec-WebSocket-Protocol': 'chat.v2, chat.v1,', 'X-Own': 'Yes' },
  });
  const lambda = lambdaContext();

  // WHEN
  await onConnect((connecting) => { seen.push(connecting); })(event, lambda);

  // THEN
  expect(seen).toEqual([{
    connection: {
      id: 'PJqB0fHsqRcCHlw=',
      user: 'ada',
      claims: { tenant: 'acme' },
      stage: 'prod',
      connectedAt: new Date(1_701_245_041_796),
      sourceIp: '203.0.113.7',
    },
    event,
    lambda,
    query: { room: 'lobby' },
    headers: {
      'host': 'aabbccdd.execute-api.eu-west-1.amazonaws.com', 'sec-websocket-version': '13', 'sec-websocket-protocol': 'chat.v2, chat.v1,', 'x-own': 'Yes',
    },
    protocols: ['chat.v2', 'chat.v1'],
  }]);
});

test('without an authorizer, a query and subprotocols there are none', async () => {
  const seen: Connecting[] = [];

  await onConnect((connecting) => { seen.push(connecting); })(connectEvent());

  expect(seen).toMatchObject([{ query: {}, protocols: [], connection: { claims: {} } }]);
  expect(seen[0].connection).not.toHaveProperty('user');
});

describe('the answer', () => {
  test.each<[string, Parameters<typeof onConnect>[0], object]>([
    ['nothing', () => undefined, { statusCode: 200 }],
    ['accept', () => accept(), { statusCode: 200 }],
    ['a subprotocol', async ({ protocols }) => accept({ protocol: protocols[0] }), { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a' } }],
    ['a refusal', () => reject(401), { statusCode: 401 }],
    ['a refusal with text', () => reject(403, 'no'), { statusCode: 403, body: 'no' }],
    ['a refusal with JSON', () => reject(599, { why: 'no' }), { statusCode: 599, body: '{"why":"no"}' }],
  ])('%s', async (_, fn, answer) => {
    expect(await onConnect(fn)(connectEvent({ headers: { 'Sec-WebSocket-Protocol': 'a' } }))).toEqual(answer);
    expect(log.errors).toEqual([]);
  });

  test.each<[string, unknown]>([['false', false], ['null', null], ['text', 'no'], ['an object without a status', { allow: false }]])(
    'is 500 if the function returns %s, which might be meant as a refusal', async (_, value) => {
      expect(await onConnect(() => value as never)(connectEvent())).toEqual({ statusCode: 500 });
      expect(log.errors).toMatchObject([{
        error: { code: 'CONFIGURATION', message: 'the function of onConnect must return accept(), reject(status) or nothing' },
      }]);
    },
  );

  test('is 500 if the function throws: without its text, which is logged, and counted', async () => {
    expect(await onConnect(() => { throw new Error('secret'); })(connectEvent())).toEqual({ statusCode: 500 });
    expect(log).toMatchObject({
      errors: [{ message: 'onConnect failed', routeKey: '$connect', connectionId: 'PJqB0fHsqRcCHlw=', error: { message: 'secret' } }],
      metrics: [{ HandlerErrors: 1 }],
    });
  });

  test('is 500 for the event of another route', async () => {
    expect(await onConnect(() => accept())(messageEvent({}) as never)).toEqual({ statusCode: 500 });
    expect(log.errors).toMatchObject([{ error: { message: 'onConnect was called for the route say: use onMessage there' } }]);
  });
});

test.each([200, 399, 600, 400.5, NaN, '403'])('reject(%p) is refused', (status) => {
  expect(() => reject(status as number)).toThrow(expect.objectContaining({
    code: 'CONFIGURATION', message: `reject(${status}): the status of a refusal is an integer from 400 to 599`,
  }));
});

describe('onDisconnect', () => {
  test('says why', async () => {
    const seen: unknown[] = [];

    expect(await onDisconnect(({ code, reason, connection }) => { seen.push(code, reason, connection.id); })(
      disconnectEvent({ code: 1001, reason: 'Going away' }),
    )).toEqual({ statusCode: 200 });

    expect(seen).toEqual([1001, 'Going away', 'PJqB0fHsqRcCHlw=']);
  });

  test('throws on what the function throws, and logs it', async () => {
    const error = new Error('no');

    await expect(onDisconnect(async () => { throw error; })(disconnectEvent())).rejects.toBe(error);

    expect(log.errors).toMatchObject([{ message: 'onDisconnect failed', routeKey: '$disconnect', error: { message: 'no' } }]);
    expect(log.metrics).toEqual([]);
  });

  test('is no handler of messages', async () => {
    await expect(onDisconnect(() => undefined)(messageEvent({}) as never)).rejects.toThrow(
      'onDisconnect was called for the route say: use onMessage there',
    );
  });
});
