import {
  GetConnectionCommand, GoneException, LimitExceededException, PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { GatewayFaults } from '../../../lib/local/faults/faults';
import { GatewayError } from '../../../lib/local/gateway-error';
import { Trace, TraceEntry } from '../../../lib/local/trace';
import { api, app, route, stage, testCertificate, TestClient, TestServer, until } from '../_helpers/local-server';
import { sdk } from '../wire/_helpers/backend';

const MINUTE = 60_000;
const routes = ['$connect', '$disconnect', '$default', 'echo'].map((key) => route(key, { twoWay: key === 'echo' }));

let server: TestServer;
let faults: GatewayFaults;
beforeEach(async () => {
  server = await TestServer.start(app(api(routes)), ({ body }) => ({ statusCode: 200, body }));
  ({ faults } = server.server);
});
afterEach(() => server.stop());

/** A client, and the id of its connection. */
async function opened(): Promise<[TestClient, string]> {
  const before = server.server.connections.all().map(({ id }) => id);
  const client = await server.connect();
  const { id } = server.server.connections.all().find((connection) => !before.includes(connection.id))!;
  return [client, id];
}

/** What `$disconnect` was told of each connection. */
const disconnects = (): unknown[] => server.eventsOf('$disconnect').map(({ requestContext }) => (
  [requestContext.connectionId, requestContext.disconnectStatusCode, requestContext.disconnectReason]));

const post = (ConnectionId: string, Data = 'posted') => sdk(server).send(new PostToConnectionCommand({ ConnectionId, Data }));
const statusOf = (id: string): Promise<number> => post(id).then(() => 200, ({ $metadata }: GoneException) => $metadata.httpStatusCode!);

describe('end', () => {
  test.each([
    ['7.2.2: idle', 'idle', 1001, 'Going away'],
    ['7.2.3: duration', 'duration', 1001, 'Going away'],
    ['4.2.3: deployment', 'deployment', 1001, 'Going away'],
    ['6.14: delete', 'delete', 1000, 'Connection Closed Normally'],
  ] as const)('%s closes one connection with its code and reason, at both ends', async (_, how, code, reason) => {
    // GIVEN
    const [client, connection] = await opened();
    const [other, otherId] = await opened();

    // WHEN
    await faults.end({ how, connection });

    // THEN
    expect(await client.closed).toEqual({ code, reason });
    await until(() => disconnects().length > 0, '$disconnect');
    expect(disconnects()).toEqual([[connection, code, reason]]);
    expect([await statusOf(connection), await statusOf(otherId)]).toEqual([410, 200]);
    expect(await other.next()).toBe('posted');
  });

  test('7.3: cut resets without a close frame: 1006 at both ends', async () => {
    // GIVEN
    const [client, connection] = await opened();

    // WHEN
    await faults.end({ how: 'cut', connection });

    // THEN
    expect(await client.closed).toEqual({ code: 1006, reason: '' });
    await until(() => disconnects().length > 0, '$disconnect');
    expect(disconnects()).toEqual([[connection, 1006, '']]);
  });

  test('7.3: so does a cut behind TLS', async () => {
    // GIVEN
    const client = await TestClient.open(server.url('/dev', 'wss'), { ca: (await testCertificate()).cert });

    // WHEN
    await faults.end({ how: 'cut' });

    // THEN
    expect(await client.closed).toEqual({ code: 1006, reason: '' });
    await until(() => disconnects().length > 0, '$disconnect');
  });

  test('without an id, all connections end, and one that comes later stays', async () => {
    // GIVEN
    const clients = [await server.connect(), await server.connect()];

    // WHEN
    await faults.end({ how: 'idle' });

    // THEN
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([{ code: 1001, reason: 'Going away' }, { code: 1001, reason: 'Going away' }]);
    expect(await (await server.connect()).ask({ action: 'echo' })).toBe('{"action":"echo"}');
  });

  test('6.13: a half-open connection takes posts until it is idle for too long, and nothing passes it', async () => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.end({ how: 'half-open', connection });
    client.send({ action: 'echo' });

    // THEN
    expect([await statusOf(connection), await client.silence()]).toEqual([200, []]);
    expect([server.eventsOf('echo'), disconnects(), faults.list()]).toMatchObject([[], [], [{ fault: 'end', how: 'half-open', connection }]]);

    // WHEN
    await faults.advance(10 * MINUTE);

    // THEN
    await until(() => disconnects().length > 0, '$disconnect');
    expect(disconnects()).toEqual([[connection, 1001, 'Going away']]);
    expect([await statusOf(connection), await client.closed]).toEqual([410, { code: 1006, reason: '' }]);
  });

  test('6.9: the buffer of a half-open connection is full one day', async () => {
    // GIVEN
    const [, connection] = await opened();
    await faults.end({ how: 'half-open', connection });

    // WHEN
    let status = 200;
    for (let posts = 0; status === 200 && posts < 100; posts++) {
      status = await post(connection, 'x'.repeat(131_072)).then(() => 200, ({ $metadata }: GoneException) => $metadata.httpStatusCode!);
    }

    // THEN
    expect(status).toBe(429);
  });

  test('6.13: a stalled connection goes on in order, and has lost nothing', async () => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.end({ how: 'stall', connection, seconds: 3_600 });
    for (const text of ['a', 'b']) client.send({ action: 'echo', text });
    for (const text of ['c', 'd']) await post(connection, text);
    expect([await client.silence(), server.eventsOf('echo'), faults.list()]).toMatchObject([[], [], [{ fault: 'end', how: 'stall', connection }]]);

    // WHEN
    await faults.advance(9 * MINUTE);
    expect(await client.silence()).toEqual([]);
    await post(connection, 'e');
    await faults.advance(9 * MINUTE);
    await post(connection, 'f');
    await faults.clear();

    // THEN
    expect([await client.next(), await client.next(), await client.next(), await client.next()]).toEqual(['c', 'd', 'e', 'f']);
    expect([await client.next(), await client.next()].map((text) => JSON.parse(text).text)).toEqual(['a', 'b']);
    expect([disconnects(), faults.list()]).toEqual([[], []]);
  });

  test('6.13: a stall of some seconds ends by itself', async () => {
    // GIVEN
    const [client, connection] = await opened();

    // WHEN
    await faults.end({ how: 'stall', connection, seconds: 0.05 });
    client.send({ action: 'echo' });

    // THEN
    expect(await client.next()).toBe('{"action":"echo"}');
  });

  test('a connection that is closed in a stall gets what was kept, and then the close', async () => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.end({ how: 'stall', connection });
    await post(connection);

    // WHEN
    await faults.end({ how: 'delete', connection });

    // THEN
    expect([await client.next(), (await client.closed).code]).toEqual(['posted', 1000]);
  });

  test('clear cuts half-open connections: what they lost is lost', async () => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.end({ how: 'half-open', connection });

    // WHEN
    await faults.clear();

    // THEN
    expect(await client.closed).toEqual({ code: 1006, reason: '' });
    await until(() => disconnects().length > 0, '$disconnect');
    expect(disconnects()).toEqual([[connection, 1006, '']]);
  });
});

describe('refuse', () => {
  test.each([
    ['3.6: 403', 403, 'AccessDeniedException'],
    ['4.4.7: 429', 429, 'TooManyRequestsException'],
    ['2.5: 500', 500, 'InternalServerErrorException'],
    ['7.4: 503', 503, 'ServiceUnavailableException'],
  ] as const)('%s, so many times, before $connect runs', async (_, status, errorType) => {
    // WHEN
    await faults.refuse({ status, times: 2 });
    const refused = [await TestClient.refusal(server.url()), await TestClient.refusal(server.url())];

    // THEN
    expect(refused.map((answer) => [answer.status, answer.headers['x-amzn-errortype']])).toEqual([[status, errorType], [status, errorType]]);
    expect(server.eventsOf('$connect')).toEqual([]);
    expect([(await server.connect()).socket.readyState, faults.list()]).toEqual([1, []]);
  });

  test('without times, until it is cleared; the listing counts what is left', async () => {
    await faults.refuse({ status: 503 });
    for (let attempts = 0; attempts < 3; attempts++) expect((await TestClient.refusal(server.url())).status).toBe(503);
    expect(faults.list()).toEqual([{
      fault: 'refuse', status: 503, rule: '7.4', text: 'refuses handshakes with 503, as if the service were down (not verified against AWS)',
    }]);

    await faults.refuse({ status: 429, times: 2 });
    await TestClient.refusal(server.url());
    expect(faults.list()).toMatchObject([{ fault: 'refuse', status: 429, times: 1 }]);

    await faults.clear();
    expect((await server.connect()).socket.readyState).toBe(1);
  });
});

describe('posts', () => {
  test('6.6: 410 is a GoneException, for one connection that is open all the same', async () => {
    // GIVEN
    const [client, connection] = await opened();
    const [, other] = await opened();

    // WHEN
    await faults.posts({ status: 410, connection });

    // THEN
    await expect(post(connection)).rejects.toBeInstanceOf(GoneException);
    expect(await statusOf(other)).toBe(200);
    expect((await sdk(server).send(new GetConnectionCommand({ ConnectionId: connection }))).Identity?.SourceIp).toBe('127.0.0.1');
    expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
  });

  test('6.9: 429 is a LimitExceededException, and nothing is sent', async () => {
    const [client, connection] = await opened();
    await faults.posts({ status: 429, times: 1 });
    await expect(post(connection)).rejects.toBeInstanceOf(LimitExceededException);
    expect(await client.silence()).toEqual([]);
    expect(await statusOf(connection)).toBe(200);
  });

  test.each([['6.9: 429', 429], ['6.9: 500', 500], ['6.9: 504', 504]] as const)('%s is tried again by the SDK, which succeeds', async (_, status) => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.posts({ status, times: 2 });
    const patient = sdk(server, '/dev', 'http', undefined, 3);

    // WHEN
    const { $metadata } = await patient.send(new PostToConnectionCommand({ ConnectionId: connection, Data: 'at last' }));

    // THEN
    expect([await client.next(), $metadata.attempts]).toEqual(['at last', 3]);
  });

  test('a share of the posts, the same ones each time', async () => {
    // GIVEN
    const [, connection] = await opened();
    const statuses = async (): Promise<number[]> => {
      await faults.posts({ status: 500, share: 0.3 });
      const all: number[] = [];
      for (let posts = 0; posts < 40; posts++) all.push(await statusOf(connection));
      return all;
    };

    // WHEN
    const first = await statuses();

    // THEN
    expect(await statuses()).toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect([failed > 3, failed < 25]).toEqual([true, true]);
  });
});

describe('disconnect', () => {
  test('1.5.2: a lost $disconnect never runs', async () => {
    // GIVEN
    const [client, lost] = await opened();
    await faults.disconnect({ lose: true });
    await client.close();
    await until(() => server.requests('disconnect').length === 1);

    // WHEN
    await faults.clear();
    const [second, told] = await opened();
    await second.close();
    await until(() => server.requests('disconnect').length === 2);

    // THEN
    expect([lost === told, disconnects()]).toEqual([false, [[told, 1005, 'Client-side close frame status not set']]]);
    expect(server.requests('disconnect')[0].reason).toBe('a fault loses $disconnect (docs/faults.md)');
  });

  test.each(['advance', 'clear'] as const)('1.5.2: a late $disconnect runs when its time has come: %s', async (how) => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.disconnect({ delay: 5 * MINUTE });
    await client.close();
    await until(() => server.server.connections.size === 0);
    expect(disconnects()).toEqual([]);

    // WHEN
    await (how === 'advance' ? faults.advance(5 * MINUTE) : faults.clear());

    // THEN
    await until(() => disconnects().length > 0, '$disconnect');
    expect(disconnects()).toEqual([[connection, 1005, 'Client-side close frame status not set']]);
  });
});

describe('throttle', () => {
  const asked = async (client: TestClient): Promise<string> => {
    const { message = 'answered' } = JSON.parse(await client.ask({ action: 'echo' })) as { message?: string };
    return message;
  };

  test('8.1: a route takes so many messages a second, also after a synthesis; the clock fills the bucket', async () => {
    // GIVEN
    const [client] = await opened();
    await faults.throttle({ perSecond: 0.01 });

    // THEN
    expect([await asked(client), await asked(client)]).toEqual(['answered', 'Too Many Requests']);
    await server.update(app(api(routes)));
    expect(await asked(client)).toBe('Too Many Requests');
    await faults.advance(100_000);
    expect([await asked(client), await asked(client)]).toEqual(['answered', 'Too Many Requests']);
    await faults.clear();
    expect([await asked(client), await asked(client)]).toEqual(['answered', 'answered']);
  });

  test('4.4.7: so are handshakes', async () => {
    await faults.throttle({ perSecond: 0 });
    expect((await TestClient.refusal(server.url())).status).toBe(429);
  });
});

describe('advance', () => {
  test('7.2.2, 7.2.4: ten minutes pass at once, counted from the last message', async () => {
    // GIVEN
    const [client, connection] = await opened();
    await faults.advance(9 * MINUTE);
    expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
    await faults.advance(9 * MINUTE);
    expect(await statusOf(connection)).toBe(200);

    // WHEN
    await faults.advance(10 * MINUTE);

    // THEN
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('7.2.3: two hours pass, whatever is said', async () => {
    // GIVEN
    const [client] = await opened();
    for (let minutes = 8; minutes < 120; minutes += 8) {
      await faults.advance(8 * MINUTE);
      expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
    }

    // WHEN
    await faults.advance(8 * MINUTE);

    // THEN
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('times in events and of GET stay true', async () => {
    // GIVEN
    const before = Date.now();
    await faults.advance(9 * MINUTE);
    const [client, connection] = await opened();
    await faults.advance(9 * MINUTE);

    // WHEN
    await client.ask({ action: 'echo' });
    const { ConnectedAt, LastActiveAt } = await sdk(server).send(new GetConnectionCommand({ ConnectionId: connection }));
    const { requestContext } = server.eventsOf('echo')[0];

    // THEN
    const times = [ConnectedAt, LastActiveAt, requestContext.connectedAt, requestContext.requestTimeEpoch].map((time) => Number(time));
    expect(times.map((time) => time >= before && time <= Date.now())).toEqual([true, true, true, true]);
  });

  test('a connection that was opened after a move has its full time', async () => {
    await faults.advance(300 * MINUTE);
    const [client] = await opened();
    await faults.advance(9 * MINUTE);
    expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
  });
});

describe('random', () => {
  /** Which of some handshakes, posts and messages went wrong, and how. */
  async function story(seed: number): Promise<unknown[]> {
    const run = await TestServer.start(app(api(routes)), ({ body }) => ({ statusCode: 200, body }));
    try {
      await run.server.faults.random({ seed });
      const events: unknown[] = [];
      for (let clients = 0; clients < 25; clients++) {
        const client = await run.connect().catch(({ status }: { status: number }) => status);
        events.push(typeof client === 'number' ? client : 101);
        if (typeof client === 'number') continue;
        const { id } = run.server.connections.all().at(-1)!;
        for (let messages = 0; messages < 8; messages++) {
          client.send({ action: 'echo' });
          events.push(await Promise.race([client.next().then(() => 'answered'), client.closed.then(({ code }) => code)]));
          if (events.at(-1) !== 'answered') break;
          events.push(await sdk(run).send(new PostToConnectionCommand({ ConnectionId: id, Data: 'p' })).then(
            () => client.next().then(() => 200), ({ $metadata }: GoneException) => $metadata.httpStatusCode));
          if (events.at(-1) === 410) break;
        }
        client.socket.terminate();
        await until(() => run.server.connections.size === 0);
      }
      return events;
    } finally {
      await run.stop();
    }
  }

  test('the same seed gives the same faults, another seed others, and both are harsh', async () => {
    // WHEN
    const [first, again, other] = await Promise.all([story(1), story(1), story(2)]);

    // THEN
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const kinds = new Set([...first, ...other]);
    expect([101, 'answered', 200, 429, 500, 410, 1001, 1006].filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});

describe('a fault that cannot be', () => {
  const gone = 'PJqB0fHsqRcCHlw=';
  const ends = '"idle", "duration", "deployment", "delete", "cut", "half-open", "stall"';

  test.each<[string, unknown, string]>([
    ['ned', {}, 'there is no fault "ned"; did you mean `end`?'],
    ['explode', {}, 'there is no fault "explode"; there are end, refuse, posts, handler, disconnect, coldStart, throttle, random, advance, clear'],
    [undefined as never, {}, 'there is no fault nothing; there are end, refuse, posts, handler, disconnect, coldStart, throttle, random, advance, clear'],
    ['end', undefined, `end needs \`how\` (one of ${ends})`],
    ['end', 'idle', 'end takes an object, got "idle"'],
    ['end', { how: 'idel' }, `end: \`how\` must be one of ${ends}, got "idel"; did you mean "idle"?`],
    ['end', { how: 'cut', conection: gone }, 'end takes no `conection`; did you mean `connection`?'],
    ['end', { how: 'cut', connection: gone }, `end: the connection "${gone}" is not open (any more); none is open`],
    ['end', { how: 'cut', seconds: 3 }, 'end: `seconds` belongs to a stall, but `how` is "cut"'],
    ['refuse', { status: 401 }, 'refuse: `status` must be one of 403, 429, 500, 503, got 401'],
    ['refuse', { status: 403, times: 0 }, 'refuse: `times` must be an integer from 1 to 1000000, got 0'],
    ['posts', { status: '410' }, 'posts: `status` must be one of 410, 429, 500, 504, got "410"'],
    ['posts', { status: 410, share: 1.5 }, 'posts: `share` must be a number from 0.000001 to 1, got 1.5'],
    ['posts', { status: 410, connection: gone }, `posts: the connection "${gone}" is not open (any more); none is open`],
    ['handler', { route: 'ehco', delay: 1 }, 'handler: no function is the target of a route "ehco"; did you mean `echo`?'],
    ['handler', { route: 'echo' }, 'handler needs either `delay` (an integer from 1 to 86400000) or `kill` (true)'],
    ['handler', { route: 'echo', delay: 1, kill: true }, 'handler needs either `delay` (an integer from 1 to 86400000) or `kill` (true)'],
    ['disconnect', { lose: false }, 'disconnect: `lose` must be true, got false'],
    ['coldStart', { milliseconds: -1 }, 'coldStart: `milliseconds` must be an integer from 1 to 86400000, got -1'],
    ['throttle', { perSecond: NaN }, 'throttle: `perSecond` must be a number from 0 to 100000, got null'],
    ['random', { seed: 0.5 }, 'random: `seed` must be an integer from 0 to 9007199254740991, got 0.5'],
    ['advance', { milliseconds: Infinity }, 'advance: `milliseconds` must be an integer from 1 to 86400000, got null'],
    ['clear', { all: true }, 'clear takes no `all`; it takes nothing'],
  ])('%s(%j)', async (name, given, message) => {
    const error = await faults.call(name, given).catch((thrown: unknown) => thrown) as GatewayError;
    expect([error instanceof GatewayError, error.code, error.message]).toEqual([true, 'INVALID_FAULT', `faults: ${message}`]);
  });

  test('a connection that has gone is named, with those that are open', async () => {
    const ids: string[] = [];
    for (let clients = 0; clients < 4; clients++) ids.push((await opened())[1]);
    await expect(faults.end({ how: 'cut', connection: gone })).rejects.toThrow(
      `faults: end: the connection "${gone}" is not open (any more); open ones: ${ids.slice(0, 3).join(', ')}, ...`);
  });

  test('a gateway that is closing takes none, and waits for none', async () => {
    // GIVEN
    const [client, connection] = await opened();
    const [left] = await opened();
    await faults.disconnect({ delay: 60 * MINUTE });
    await left.close();
    await faults.end({ how: 'stall', connection });

    // WHEN
    await server.server.closeConnections(2_000);

    // THEN
    expect([(await client.closed).code, disconnects().length]).toEqual([1001, 2]);
    await expect(faults.refuse({ status: 403 })).rejects.toThrow('faults: refuse: the gateway is closed, or is closing');
  });
});

test('faults that are set and that act are noted in the trace', async () => {
  // GIVEN
  const trace = new Trace();
  const entries: TraceEntry[] = [];
  trace.listen((entry) => entries.push(entry));
  const traced = new GatewayFaults({ clock: server.server.clock, connections: server.server.connections, routes: () => [], trace });

  // WHEN
  await traced.refuse({ status: 503, times: 1 });
  traced.active.refuse();
  await traced.clear();

  // THEN
  expect(entries).toEqual(['fault: refuse({"status":503,"times":1})', 'fault: a handshake was refused with 503', 'fault: clear()'].map((text) => (
    { type: 'note', kind: 'fault', time: expect.any(Number), text })));
});

test('8.1: throttling of a stage with settings of its own comes back with clear', async () => {
  // GIVEN
  const settings = { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 };
  await server.update(app(api(routes, { stages: [stage({ routeSettings: { echo: settings } })] })));
  const [client] = await opened();
  await faults.throttle({ perSecond: 1_000 });
  for (let messages = 0; messages < 3; messages++) expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');

  // WHEN
  await faults.clear();
  await client.ask({ action: 'echo' });

  // THEN
  expect(JSON.parse(await client.ask({ action: 'echo' }))).toMatchObject({ message: 'Too Many Requests' });
});
