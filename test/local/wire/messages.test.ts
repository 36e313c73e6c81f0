import type { Socket } from 'net';
import type { WebSocket } from 'ws';
import { FRAME, frame, RawClient } from './_helpers/raw-client';
import { Api } from '../../../lib/local/assembly/local-app';
import { ServerOptions } from '../../../lib/local/wire/server';
import { proxy, api, app, Handler, route, stage, TestClient, TestServer, until } from '../_helpers/local-server';

const ID = expect.stringMatching(/^[\w-]{15}=$/);

let server: TestServer;
let client: TestClient;
afterEach(() => server.stop());

async function serve(served: Api, handlers: Handler | Record<string, Handler>, options: Partial<ServerOptions> = {}): Promise<void> {
  server = await TestServer.start(app(served), handlers, options);
  client = await server.connect();
}

/** The error frame for the last message, to the byte (4.4). */
function errorFrame(message: string): string {
  const [{ connectionId, requestId }] = server.requests('message').slice(-1);
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}

const echo: Handler = ({ body }) => ({ statusCode: 200, body });

describe('events', () => {
  test('1.4, 1.4.1 to 1.4.4: exactly what AWS sends; the body is byte for byte that of the client', async () => {
    // GIVEN
    await serve(api([route('$connect'), route('$default', { twoWay: true })]), echo);
    const body = ' {"action" : "nöne 🎉", "a":1e3,\t"a":1.0 }\r\n';

    // WHEN
    await client.ask(body);
    await client.ask(body);

    // THEN
    const [first, second] = server.eventsOf('$default');
    expect(first).toStrictEqual({
      requestContext: {
        routeKey: '$default',
        messageId: ID,
        eventType: 'MESSAGE',
        extendedRequestId: first.requestContext.requestId,
        requestTime: expect.any(String),
        messageDirection: 'IN',
        stage: 'dev',
        connectedAt: server.eventsOf('$connect')[0].requestContext.connectedAt,
        requestTimeEpoch: expect.any(Number),
        identity: { sourceIp: '127.0.0.1' },
        requestId: ID,
        domainName: `localhost:${server.port}`,
        connectionId: server.eventsOf('$connect')[0].requestContext.connectionId,
        apiId: 'aabbccddee',
      },
      body,
      isBase64Encoded: false,
    });
    expect(second.requestContext.messageId).not.toBe(first.requestContext.messageId);
    expect(second.requestContext.requestId).not.toBe(first.requestContext.requestId);
  });

  test('1.4.4: an empty message has no body, however it comes', async () => {
    // GIVEN
    await serve(api([route('$default', { twoWay: true })]), (event) => ({ statusCode: 200, body: JSON.stringify({ has: 'body' in event }) }));
    const raw = await RawClient.upgraded(server);

    // WHEN
    const answer = await client.ask('');
    raw.socket.write(Buffer.concat([frame('', { first: FRAME.textBegins }), frame('', { first: FRAME.moreEnds })]));
    await raw.until('}');

    // THEN
    expect(answer).toBe('{"has":false}');
    expect(raw.text).toMatch(/\{"has":false\}$/);
    raw.socket.destroy();
  });

  test('1.4.4, 4.3.1: an empty binary message is binary all the same', async () => {
    // GIVEN
    await serve(api([route('$default', { twoWay: true })]), echo);
    const raw = await RawClient.upgraded(server);

    // WHEN
    raw.socket.write(frame('', { first: FRAME.binary }));

    // THEN
    expect(await raw.closeCode()).toBe(1003);
    expect(server.invoker.events).toEqual([]);
  });

  test('1.3.10: the event has stage variables', async () => {
    await serve(api([route('$default', { twoWay: true })], { stages: [stage({ variables: { table: 'rooms' } })] }), echo);
    await client.ask('hi');
    expect(server.invoker.events).toMatchObject([{ stageVariables: { table: 'rooms' } }]);
  });
});

describe('selection', () => {
  test('1.4.2, 4.2.1, 4.2.2: the selected route is in the event: the named one, else $default', async () => {
    // GIVEN
    await serve(api([route('send', { twoWay: true }), route('$default', { twoWay: true })]), ({ requestContext }) => (
      { statusCode: 200, body: requestContext.routeKey }
    ));

    // THEN
    expect(await client.ask({ action: 'send' })).toBe('send');
    for (const message of [{ action: 'nope' }, { action: 'Send' }, { action: '$connect' }, {}, 'no JSON', '']) {
      expect(await client.ask(message)).toBe('$default');
    }
  });

  test('4.2.5: fragments are one message', async () => {
    await serve(api([route('$default', { twoWay: true })]), echo);
    client.socket.send('{"a":', { fin: false });
    client.socket.send('1}', { fin: true });
    expect(await client.next()).toBe('{"a":1}');
  });
});

describe('order', () => {
  const release = new Map<string, () => void>();
  const held: Handler = ({ body = '' }) => new Promise((resolve) => release.set(body, () => resolve({ statusCode: 200, body })));
  beforeEach(() => release.clear());

  test('4.2.4: messages of one connection run at the same time, and the answers come in the order in which they are ready', async () => {
    // GIVEN
    await serve(api([route('$default', { twoWay: true })]), held);

    // WHEN
    client.send('first');
    client.send('second');
    await until(() => release.size === 2);
    release.get('second')!();
    const answers = [await client.next()];
    release.get('first')!();
    answers.push(await client.next());

    // THEN
    expect(answers).toEqual(['second', 'first']);
  });

  test('4.2.4: served one after the other, a message waits for the one before it, but not for other connections', async () => {
    // GIVEN
    await serve(api([route('$default', { twoWay: true })]), held, { serial: true });
    const other = await server.connect();

    // WHEN
    client.send('first');
    client.send('second');
    other.send('other');
    await until(() => release.size === 2);

    // THEN
    expect([...release.keys()]).toEqual(['first', 'other']);
    release.get('first')!();
    expect(await client.next()).toBe('first');
    await until(() => release.has('second'));
    release.get('second')!();
    release.get('other')!();
    expect([await client.next(), await other.next()]).toEqual(['second', 'other']);
  });
});

test('4.3.1: a binary frame closes with 1003; there is no event and no frame', async () => {
  // GIVEN
  await serve(api([route('$default', { twoWay: true })]), echo);

  // WHEN
  client.send(Buffer.from('{"action":"x"}'));

  // THEN
  expect(await client.closed).toEqual({ code: 1003, reason: '' });
  expect(await client.silence(0)).toEqual([]);
  expect(server.invoker.events).toEqual([]);
});

test('a reply to an `id` on a one-way route reaches nobody, and the line of the message says so', async () => {
  // GIVEN
  await serve(api([route('ask'), route('$default', { twoWay: true })]), ({ requestContext: { routeKey } }) => (
    { statusCode: 200, body: routeKey === 'ask' ? '{"id":1,"data":null}' : 'heard' }
  ));

  // WHEN
  client.send({ action: 'ask', id: 1 });
  const answer = await client.ask({ action: 'other' });

  // THEN
  expect(answer).toBe('heard');
  expect(server.requests('message').map(({ routeKey, reason }) => [routeKey, reason]).sort()).toEqual([
    ['$default', undefined], ['ask', 'the reply to the id of this message reaches nobody: the route has no `returnResponse: true`'],
  ]);
});

describe('error frames', () => {
  test('4.2.2, 4.4.1, 4.4.9: no route and no $default is answered Forbidden, and the connection stays open', async () => {
    // GIVEN
    await serve(api([route('echo', { twoWay: true })]), echo);

    // WHEN
    const answer = await client.ask({ action: 'nope' });

    // THEN
    expect(answer).toBe(errorFrame('Forbidden'));
    expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
    expect(server.requests('message')[0]).toEqual({
      type: 'message',
      time: expect.any(Number),
      connectionId: ID,
      requestId: ID,
      api: 'Api',
      stage: 'dev',
      status: 403,
      duration: expect.any(Number),
      bytesIn: 17,
      bytesOut: answer.length,
      reason: 'no route "nope" and no $default',
    });
  });

  test('4.4.2, 4.4.8: a function that fails is answered Internal server error, on one-way routes too', async () => {
    await serve(api([route('$default')]), () => { throw new TypeError('no'); });
    expect(await client.ask('x')).toBe(errorFrame('Internal server error'));
    expect(server.requests('message')).toMatchObject([{
      status: 502, reason: 'TypeError: no', error: { type: 'TypeError', message: 'no' }, invocationId: 'invocation-1', target: 'Test/handler',
    }]);
  });

  test.each([
    ['null', null], ['a string', 'ok'], ['no statusCode', { body: 'x' }], ['an unknown key', { ConnectionId: 'x', statusCode: 200 }],
    ['a body that is an object', { statusCode: 200, body: {} }],
  ])('4.4.3, 5.2.4: %s is answered Internal server error, on one-way routes too', async (_what, result) => {
    await serve(api([route('$default')]), () => result);
    expect(await client.ask('x')).toBe(errorFrame('Internal server error'));
    expect(server.requests('message')[0].reason).toMatch(/^Malformed Lambda proxy response: /);
  });

  test('4.4.4: a function that may not be invoked is not', async () => {
    const target = { type: 'none', reason: 'API Gateway may not invoke it' } as const;
    await serve(api([route('$default', { integration: proxy('handler', { target }) })]), echo);
    expect(await client.ask('x')).toBe(errorFrame('Internal server error'));
    expect(server.invoker.events).toEqual([]);
    expect(server.requests('message')).toMatchObject([{ status: 500, reason: 'API Gateway may not invoke it' }]);
  });

  test('4.4.2: so is a route without a target', async () => {
    await serve(api([route('$default', { integration: undefined })]), echo);
    expect(await client.ask('x')).toBe(errorFrame('Internal server error'));
    expect(server.requests('message')[0].reason).toBe('the route has no target: give it an integration');
  });

  test('4.4.5, 4.4.9: an integration that takes too long gets a timeout frame; the function runs on, and the connection stays open', async () => {
    // GIVEN
    let finished = false;
    let finish = (): void => undefined;
    const slow = route('$default', { integration: proxy('handler', { timeout: 50 }) });
    await serve(api([slow, route('quick', { twoWay: true })]), async (event) => {
      if (event.requestContext.routeKey === 'quick') return echo(event);
      await new Promise<void>((resolve) => { finish = resolve; });
      finished = true;
      return { statusCode: 200 };
    });

    // THEN
    expect(await client.ask('slow')).toBe(errorFrame('Endpoint request timed out'));
    expect(await client.ask({ action: 'quick' })).toBe('{"action":"quick"}');
    expect(finished).toBe(false);
    finish();
    await until(() => finished);
  });

  test('4.4.6, 5.4.1: a message that its model refuses is answered Invalid request body, and the function is not invoked', async () => {
    // GIVEN
    const modelled = { modelSelectionExpression: '$default', requestModels: { $default: 'Message' }, twoWay: true };
    const models = new Map([['Message', { type: 'object', required: ['text'] }]]);
    await serve(api([route('$default', modelled)], { models }), echo);

    // THEN
    expect(await client.ask({ text: 'hi' })).toBe('{"text":"hi"}');
    expect(await client.ask({ textt: 'hi' })).toBe(errorFrame('Invalid request body'));
    expect(server.invoker.events).toHaveLength(1);
  });

  test('4.4.7, 8.1, 8.2: beyond the burst a message is answered Too Many Requests, and the function is not invoked', async () => {
    // GIVEN
    const stages = [stage({ routeSettings: { send: { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 } } })];
    await serve(api([route('send', { twoWay: true }), route('$default', { twoWay: true })], { stages }), echo);

    // THEN
    expect(await client.ask({ action: 'send' })).toBe('{"action":"send"}');
    expect(await client.ask({ action: 'send' })).toBe(errorFrame('Too Many Requests'));
    expect(await client.ask('other')).toBe('other');
    expect(server.eventsOf('send')).toHaveLength(1);
  });
});

describe('answers', () => {
  test.each([200, 201, 301, 401, 501])('4.4.10, 5.1.1, 5.1.2: a one-way route that returns %d sends nothing', async (statusCode) => {
    await serve(api([route('$default')]), () => ({ statusCode, body: 'not sent' }));
    client.send('x');
    await until(() => server.requests('message').length === 1);
    expect(await client.silence(10)).toEqual([]);
    expect(server.requests('message')).toMatchObject([{ status: statusCode, bytesOut: 0 }]);
  });

  test.each([
    ['5.2.1: the body, not the object', { statusCode: 200, body: '{"a": 1}' }, '{"a": 1}'],
    ['5.2.2: whatever the status code', { statusCode: 500, body: 'broken' }, 'broken'],
    ['5.2.3: no body is an empty frame', { statusCode: 200 }, ''],
    ['5.2.5: base64 is decoded', { statusCode: 200, body: 'aMOk', isBase64Encoded: true }, 'hä'],
    ['5.2.6: 128 KB pass', { statusCode: 200, body: 'x'.repeat(131_072) }, 'x'.repeat(131_072)],
  ])('%s', async (_rule, result, expected) => {
    await serve(api([route('$default', { twoWay: true })]), () => result);
    expect(await client.ask('x')).toBe(expected);
    await until(() => server.requests('message').length === 1);
    expect(server.requests('message')).toMatchObject([{ bytesIn: 1, bytesOut: Buffer.byteLength(expected) }]);
  });

  test('5.2.6: one byte more does not', async () => {
    await serve(api([route('$default', { twoWay: true })]), () => ({ statusCode: 200, body: 'x'.repeat(131_073) }));
    expect(await client.ask('x')).toBe(errorFrame('Internal server error'));
    expect(server.requests('message')[0].reason).toBe('the response is longer than 131072 bytes');
  });

  test('5.2.5: an answer is a text frame', async () => {
    await serve(api([route('$default', { twoWay: true })]), echo);
    const kind = new Promise((resolve) => client.socket.once('message', (_data, isBinary) => resolve(isBinary)));
    client.send('x');
    expect(await kind).toBe(false);
  });
});

describe('floods', () => {
  /** Milliseconds: a flood is much work, and other suites want the processor, too. */
  const [LONG, WHOLE_TEST] = [100_000, 240_000];

  /** The sockets of the gateway's only connection. */
  function sockets(): { socket: WebSocket; transport: Socket } {
    const [connection] = server.server.connections.all();
    return connection as unknown as ReturnType<typeof sockets>;
  }

  /** Whether the gateway has stopped reading. */
  const isPaused = (): boolean => sockets().socket.isPaused;

  test('5.4.1: a message that is a lot of work is refused, and many of them let others be served in between', async () => {
    // GIVEN
    const models = new Map<string, unknown>([['Slow', { properties: { t: { pattern: '^(a+)+$' } } }]]);
    const slow = route('slow', { modelSelectionExpression: '\\$default', requestModels: { $default: 'Slow' } });
    await serve(api([slow, route('$default', { twoWay: true })], { models }), echo);
    const other = await server.connect();
    const order: string[] = [];
    client.socket.on('message', () => order.push('refused'));

    // WHEN
    for (let i = 0; i < 6; i++) client.send({ action: 'slow', t: `${'a'.repeat(50)}!` });
    await until(() => order.length > 0, 'the first refusal', LONG);
    expect(await other.ask('hi')).toBe('hi');
    order.push('served');
    await until(() => order.length === 7, 'all refusals', LONG);

    // THEN
    expect(order.indexOf('served')).toBeLessThan(6);
    expect(server.requests('message')).toContainEqual(expect.objectContaining({
      status: 400,
      reason: 'the model Slow cannot be applied to the message: it took longer than 200 ms, the limit for work that blocks the only thread of the gateway',
    }));
  }, WHOLE_TEST);

  test('10,000 messages at once are all answered, and only so many are taken at a time', async () => {
    // GIVEN
    let running = 0;
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => { answer = resolve; });
    server = await TestServer.start(app(api([route('$default', { twoWay: true })])), async ({ body }) => {
      running++;
      await asked;
      return { statusCode: 200, body };
    }, { observe: undefined });
    client = await server.connect();

    // WHEN
    const sent = Array.from({ length: 10_000 }, (_none, i) => `message ${i}`);
    sent.forEach((message) => client.send(message));
    const answers = new Set<string>();
    client.socket.on('message', (data) => answers.add((data as Buffer).toString()));
    await until(isPaused, 'the gateway to stop reading', LONG);
    const taken = running;
    answer();
    await until(() => answers.size === sent.length, 'all answers', LONG);

    // THEN
    expect(answers).toEqual(new Set(sent));
    // One read of the network is taken as a whole: at most 64 KB, with frames of 15 bytes.
    expect(taken).toBeLessThan(6_000);
  }, WHOLE_TEST);

  test('a client that reads no answers is no longer read, and others are served', async () => {
    // GIVEN
    const body = 'x'.repeat(100_000);
    server = await TestServer.start(app(api([route('$default', { twoWay: true })])), () => ({ statusCode: 200, body }), { observe: undefined });
    const deaf = await RawClient.upgraded(server);
    deaf.socket.pause();

    // WHEN
    const message = frame('y'.repeat(10_000));
    for (let i = 0; i < 500; i++) deaf.socket.write(message);
    await until(isPaused, 'the gateway to stop reading', LONG);

    // THEN
    expect(server.invoker.events.length).toBeLessThan(400);
    expect(sockets().transport.listenerCount('drain')).toBeLessThan(3);
    client = await server.connect();
    expect(await client.ask('hi')).toBe(body);
    deaf.socket.removeAllListeners('data').resume();
    await until(() => server.invoker.events.length === 501, 'all messages to be served', LONG);
    deaf.socket.destroy();
  }, WHOLE_TEST);
});

test('with verbose, the event and the result of the function are reported', async () => {
  await serve(api([route('$default', { twoWay: true })]), echo, { verbose: true });
  await client.ask('hi');
  await until(() => server.requests('message').length === 1);
  expect(server.requests('message')).toMatchObject([{
    event: JSON.stringify(server.invoker.events[0]), result: '{"statusCode":200,"body":"hi"}', invocationId: 'invocation-1',
  }]);
});
