import { z } from 'zod';
import { captureLog } from './_helpers/captured-log';
import { lambdaContext, messageEvent } from './_helpers/events';
import { onMessage, WebsocketError } from '../../lib/runtime';
import { runtimeError } from '../../lib/runtime/error';

const log = captureLog();
const echo = onMessage(({ body }) => body);

/** The parsed body of the result. */
async function replyTo(handler: typeof echo, body?: unknown): Promise<unknown> {
  const { statusCode, body: text } = await handler(messageEvent(body), lambdaContext());
  expect(statusCode).toBe(200);
  return text === undefined ? undefined : JSON.parse(text);
}

describe('what the function is called with', () => {
  test('the connection, the event and the context', async () => {
    // GIVEN
    const seen: unknown[] = [];
    const event = messageEvent('{}', { authorizer: { principalId: 'ada', tenant: 'acme', _claims: '{"admin":false,"level":3}' } });
    const lambda = lambdaContext();

    // WHEN
    await onMessage((message) => { seen.push(message); })(event, lambda);

    // THEN
    expect(seen).toEqual([{
      connection: {
        id: 'PJqB0fHsqRcCHlw=',
        user: 'ada',
        claims: { tenant: 'acme', admin: false, level: 3 },
        stage: 'prod',
        connectedAt: new Date(1_701_245_041_796),
        sourceIp: '203.0.113.7',
      },
      event,
      lambda,
      body: {},
      id: undefined,
      since: undefined,
    }]);
  });

  test.each<[string, string | undefined, unknown]>([
    ['JSON', '{"text":"hi"}', { text: 'hi' }],
    ['a list', '[1]', [1]],
    ['null', 'null', null],
    ['text that is no JSON', '{text:"hi"}', '{text:"hi"}'],
    ['an empty message, whose event has no body', undefined, ''],
    ['an object without id and since', '{"id":1,"since":2,"text":"hi"}', { text: 'hi' }],
    ['an own __proto__', '{"id":1,"__proto__":{"admin":true}}', JSON.parse('{"__proto__":{"admin":true}}')],
  ])('body: %s', async (_, text, body) => {
    const seen: unknown[] = [];

    await onMessage((message) => { seen.push(message.body); })(messageEvent(text));

    expect(seen).toEqual([body]);
  });

  test.each<[string, unknown, unknown]>([
    ['a string', 'a', 'a'], ['64 characters', 'x'.repeat(64), 'x'.repeat(64)], ['a safe integer', -9_007_199_254_740_991, -9_007_199_254_740_991],
    ['0', 0, 0],
    ['no empty string', '', undefined], ['no 65 characters', 'x'.repeat(65), undefined], ['no fraction', 1.5, undefined],
    ['no unsafe integer', 9_007_199_254_740_992, undefined], ['no object', {}, undefined], ['no boolean', true, undefined], ['no null', null, undefined],
  ])('id: %s', async (_, given, id) => {
    const seen: unknown[] = [];

    await onMessage((message) => { seen.push(message.id, message.body); })(messageEvent({ id: given }));

    // What is no id belongs to the body.
    expect(seen).toEqual([id, id === undefined ? { id: given } : {}]);
  });

  test.each<[unknown, number | undefined]>([[0, 0], [17, 17], [-1, undefined], [1.5, undefined], ['1', undefined], [2 ** 53, undefined]])(
    'since: %p', async (given, since) => {
      const seen: unknown[] = [];

      await onMessage((message) => { seen.push(message.since, message.body); })(messageEvent({ since: given }));

      expect(seen).toEqual([since, since === undefined ? { since: given } : {}]);
    },
  );

  test('without an envelope both names mean nothing', async () => {
    const handler = onMessage(({ id, since, body }) => ({ id, since, body }), { envelope: false });

    expect(await replyTo(handler, { id: 1, since: 2 })).toEqual({ body: { id: 1, since: 2 } });
  });
});

describe('the reply', () => {
  test.each<[string, unknown, string | undefined, string]>([
    ['an object', { a: [1] }, '{"a":[1]}', '{"id":7,"data":{"a":[1]}}'],
    ['a string', 'hi "you"', 'hi "you"', '{"id":7,"data":"hi \\"you\\""}'],
    ['nothing', undefined, undefined, '{"id":7,"data":null}'],
    ['null', null, 'null', '{"id":7,"data":null}'],
    ['what JSON leaves out', () => 1, undefined, '{"id":7,"data":null}'],
  ])('%s, without and with an id', async (_, value, without, withId) => {
    const handler = onMessage(() => value);

    expect(await handler(messageEvent({}))).toEqual({ statusCode: 200, ...without !== undefined && { body: without } });
    expect(await handler(messageEvent({ id: 7 }))).toEqual({ statusCode: 200, body: withId });
  });

  test('128 KB fit, a byte more does not', async () => {
    // GIVEN
    const frame = '{"id":7,"data":""}'.length;
    const handler = onMessage(({ body }) => 'é'.repeat((body as { n: number }).n));

    // THEN
    expect((await handler(messageEvent({ id: 7, n: (131_072 - frame) / 2 }))).body).toHaveLength(frame + (131_072 - frame) / 2);
    expect(await replyTo(handler, { id: 7, n: (131_072 - frame) / 2 + 1 })).toEqual({
      id: 7, error: { code: 'TOO_LARGE', message: 'the reply has 131074 bytes, and a message 131072 at most' },
    });
    await expect(handler(messageEvent({ n: 65_537 }))).rejects.toThrow('the reply has 131074 bytes, and a message 131072 at most');
    expect(log.metrics).toHaveLength(1);
  });
});

describe('a schema', () => {
  const Said = z.object({ text: z.string().transform((text) => text.trim()), at: z.coerce.number().default(0) });

  test('gives the body as it makes it', async () => {
    expect(await replyTo(onMessage(Said, ({ body }) => body), { text: ' hi ', at: '3' })).toEqual({ text: 'hi', at: 3 });
  });

  test('which is strict is not told of id and since', async () => {
    const handler = onMessage(z.strictObject({ text: z.string() }), ({ body, since }) => ({ body, since }));

    expect(await replyTo(handler, { text: 'hi', id: 7, since: 3 })).toEqual({ id: 7, data: { body: { text: 'hi' }, since: 3 } });
  });

  test('which has an id of its own gets it', async () => {
    const handler = onMessage(z.object({ id: z.string() }), ({ body }) => body);

    expect(await replyTo(handler, { id: 'a' })).toEqual({ id: 'a', data: { id: 'a' } });
  });

  test('sees text that is no JSON', async () => {
    expect(await replyTo(onMessage(z.string(), ({ body }) => ({ body })), 'ping')).toEqual({ body: 'ping' });
  });

  test('which is asynchronous is awaited', async () => {
    const handler = onMessage(z.string().refine(async (text) => text === 'ping'), ({ body }) => ({ body }));

    expect(await replyTo(handler, 'ping')).toEqual({ body: 'ping' });
    await expect(replyTo(handler, 'pong')).rejects.toMatchObject({ code: 'INVALID_BODY' });
  });

  const issues = [{ message: 'Invalid input: expected string, received number', path: ['text'] }];

  test('refuses, and the sender of an id is told why: no failure of the handler', async () => {
    // GIVEN
    const handler = onMessage(z.strictObject({ text: z.string() }), () => { throw new Error('is not called'); });

    // THEN
    expect(await replyTo(handler, { id: 7, text: 1 })).toEqual({ id: 7, error: { code: 'INVALID_BODY', message: 'the message is invalid', issues } });
    expect(log).toEqual({
      errors: [],
      metrics: [],
      warnings: [{
        message: 'the message is invalid', routeKey: 'say', connectionId: 'PJqB0fHsqRcCHlw=', requestId: 'PJqB0E1tKRcF-Qw=', issues,
      }],
    });
  });

  test('refuses, and without an id the function fails, so that API Gateway tells the sender', async () => {
    // GIVEN
    const handler = onMessage(z.strictObject({ text: z.string() }), () => { throw new Error('is not called'); });

    // THEN
    await expect(replyTo(handler, { text: 1 })).rejects.toMatchObject({ code: 'INVALID_BODY', message: 'the message is invalid', issues });
    expect(log).toMatchObject({ metrics: [], warnings: [], errors: [{ message: 'onMessage failed', error: { code: 'INVALID_BODY', issues } }] });
  });

  test('which has an id of its own complains of what is wrong, not of the id', async () => {
    const handler = onMessage(z.object({ id: z.string(), text: z.string() }), () => undefined);

    expect(await replyTo(handler, { id: 'a', text: 1 })).toMatchObject({ id: 'a', error: { issues } });
  });

  test('has at most 20 issues for a client, each of a length that can be read', async () => {
    // GIVEN
    const handler = onMessage(z.record(z.string(), z.string({ error: () => 'é'.repeat(9_000) })), () => undefined);
    const body = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}`.padEnd(4_000, 'x'), 1]));

    // WHEN
    const reply = await replyTo(handler, { ...body, id: 7 }) as { error: { issues: Array<{ message: string; path: string[] }> } };

    // THEN
    expect(reply.error.issues).toHaveLength(20);
    expect(reply.error.issues[0].message).toBe(`${'é'.repeat(500)}...`);
    expect(reply.error.issues[0].path[0]).toHaveLength(503);
  });
});

describe('what the function throws', () => {
  const failing = (error: unknown): typeof echo => onMessage(() => { throw error; });

  test('is thrown on without an id, and logged whole', async () => {
    // GIVEN
    const error = Object.assign(new Error('no table\n{"message":"forged"}', { cause: new TypeError('deep') }), { table: 'users', big: 1n });

    // WHEN
    await expect(failing(error)(messageEvent({}))).rejects.toBe(error);

    // THEN
    expect(log).toEqual({
      metrics: [],
      warnings: [],
      errors: [{
        message: 'onMessage failed',
        routeKey: 'say',
        connectionId: 'PJqB0fHsqRcCHlw=',
        requestId: 'PJqB0E1tKRcF-Qw=',
        error: {
          name: 'Error',
          message: error.message,
          stack: error.stack,
          table: 'users',
          big: '1',
          cause: { name: 'TypeError', message: 'deep', stack: (error.cause as Error).stack },
        },
      }],
    });
  });

  test.each<[string, unknown]>([
    ['an error', new Error('password=1234')],
    ['an error of the runtime itself', runtimeError('FORBIDDEN', 'arn:aws:dynamodb:eu-west-1:123456789012:table/Chat')],
    ['something that only looks like an error for clients', Object.assign(new Error('secret'), { name: 'WebsocketError', code: 'X' })],
    ['text', 'secret'],
    ['nothing', undefined],
  ])('is answered without its text: %s', async (_, error) => {
    expect(await replyTo(failing(error), { id: 'a' })).toEqual({ id: 'a', error: { code: 'INTERNAL', message: 'Internal server error' } });
    expect(log.errors).toMatchObject([{ message: 'onMessage failed' }]);
  });

  test('is counted by a metric of the function, since Lambda does not see it', async () => {
    // WHEN
    await failing(new Error('no'))(messageEvent({ id: 1 }));

    // THEN
    expect(log.metrics).toEqual([{
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [{
          Namespace: 'cdk-websocket-service', Dimensions: [['FunctionName']], Metrics: [{ Name: 'HandlerErrors', Unit: 'Count' }],
        }],
      },
      FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown',
      HandlerErrors: 1,
    }]);
  });

  test('is shown if the handler made it for its clients, by a class of its own too', async () => {
    // GIVEN
    class RoomClosed extends WebsocketError {
      public override readonly name = 'RoomClosed' as never;
    }

    // THEN
    expect(await replyTo(failing(new WebsocketError('ROOM_CLOSED', 'the room is closed')), { id: 1 }))
      .toEqual({ id: 1, error: { code: 'ROOM_CLOSED', message: 'the room is closed' } });
    expect(await replyTo(failing(new RoomClosed('ROOM_CLOSED', 'until Monday')), { id: 1 }))
      .toEqual({ id: 1, error: { code: 'ROOM_CLOSED', message: 'until Monday' } });
    expect(log.errors).toHaveLength(2);
  });

  test('may be anything: the log has what can be written of it', async () => {
    // GIVEN
    const circle: Record<string, unknown> = { socket: new (class Socket {})(), when: new Date(0), list: [new Error('one')] };
    circle.self = circle;
    const unreadable = Object.defineProperty({}, 'broken', { enumerable: true, get: () => { throw new Error('getter'); } });
    const error = Object.assign(new AggregateError([new Error('first')], 'all'), { circle, unreadable, bare: Object.create(null) as object });

    // WHEN
    await failing(error)(messageEvent({ id: 1 }));

    // THEN
    expect(log.errors).toMatchObject([{
      error: {
        name: 'AggregateError',
        errors: [{ message: 'first' }],
        unreadable: '[unreadable]',
        bare: {},
        circle: { socket: '[Socket]', when: '1970-01-01T00:00:00.000Z', list: [{ message: 'one' }], self: '...' },
      },
    }]);
  });

  test('a reply that JSON cannot hold is a failure too', async () => {
    expect(await replyTo(onMessage(() => ({ n: 1n })), { id: 1 })).toEqual({ id: 1, error: { code: 'INTERNAL', message: 'Internal server error' } });
    await expect(onMessage(() => 1n)(messageEvent({}))).rejects.toThrow('serialize a BigInt');
  });
});

test('is no handler of $connect', async () => {
  const event = { ...messageEvent({}), requestContext: { ...messageEvent().requestContext, eventType: 'CONNECT', routeKey: '$connect' } };

  await expect(echo(event as never)).rejects.toThrow('onMessage was called for the route $connect: use onConnect there');
  await expect(echo({} as never)).rejects.toThrow(
    'onMessage was called with no event of a WebSocket API: its route needs a Lambda proxy integration',
  );
});
