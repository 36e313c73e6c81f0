import { GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { sdk } from './_helpers/backend';
import { Connection } from '../../../lib/local/wire/connection';
import { Connections, Lifetimes } from '../../../lib/local/wire/connections';
import { api, app, route, TestServer, until } from '../_helpers/local-server';

const MINUTE = 60_000;
const OF_AWS = { idle: 10 * MINUTE, duration: 120 * MINUTE };

describe('by the clock', () => {
  let connections: Connections;
  let connection: Connection;
  let closes: unknown[];
  beforeEach(() => {
    jest.useFakeTimers();
    closes = [];
    connections = new Connections(OF_AWS);
    // What it looks at; sockets have clocks of their own.
    connection = {
      id: 'PJqB0fHsqRcCHlw=', openSince: Date.now(), idleSince: Date.now(), close: (how: unknown) => closes.push(how),
    } as unknown as Connection;
    connections.add(connection);
  });
  afterEach(() => jest.useRealTimers());

  test('7.2.2: an idle connection is closed with 1001 Going away after ten minutes', () => {
    jest.advanceTimersByTime(10 * MINUTE - 1);
    expect([closes, connections.size]).toEqual([[], 1]);

    jest.advanceTimersByTime(1_000);
    expect([closes, connections.size]).toEqual([[{ code: 1001, reason: 'Going away' }], 0]);
  });

  test('7.2.3: after two hours a connection is closed, whatever is said', () => {
    for (let minute = 0; minute < 119; minute++) {
      jest.advanceTimersByTime(MINUTE);
      Object.assign(connection, { idleSince: Date.now() });
    }
    expect(closes).toEqual([]);

    jest.advanceTimersByTime(MINUTE + 1_000);
    expect(closes).toEqual([{ code: 1001, reason: 'Going away' }]);
  });

  test('an empty register has no timer', () => {
    connections.remove(connection);

    expect([jest.getTimerCount(), connections.get(connection.id)]).toEqual([0, undefined]);
  });
});

describe('on a socket', () => {
  let server: TestServer;
  const servers: TestServer[] = [];
  beforeEach(async () => {
    server = await serve(OF_AWS);
  });
  afterEach(() => Promise.all(servers.splice(0).map((one) => one.stop())));

  async function serve(lifetimes: Lifetimes): Promise<TestServer> {
    const started = await TestServer.start(app(api([route('$connect'), route('$default')])), () => ({ statusCode: 200 }), { lifetimes });
    servers.push(started);
    return started;
  }

  /** Says when the connection was last active after something was done, if that is another time than before. */
  async function activity(act: (connectionId: string) => unknown): Promise<'kept open' | 'not kept open'> {
    const [connection] = server.server.connections.all();
    connection.lastActiveAt = 0;
    await act(connection.id);
    return connection.lastActiveAt > 0 ? 'kept open' : 'not kept open';
  }

  test('7.2.2: an idle client is closed', async () => {
    // GIVEN
    const short = await serve({ ...OF_AWS, idle: 50 });

    // THEN
    expect(await (await short.connect()).closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(short.server.connections.size).toBe(0);
  });

  test('7.2.4: a message from the client keeps the connection open', async () => {
    const client = await server.connect();
    expect(await activity(async () => {
      client.send('hi');
      await until(() => server.eventsOf('$default').length === 1);
    })).toBe('kept open');
  });

  test('6.17, 7.2.4: so does a message to the client', async () => {
    await server.connect();
    expect(await activity((ConnectionId) => sdk(server).send(new PostToConnectionCommand({ ConnectionId, Data: 'hi' })))).toBe('kept open');
  });

  test('6.17, 7.2.4: GET does not keep the connection open', async () => {
    await server.connect();
    expect(await activity((ConnectionId) => sdk(server).send(new GetConnectionCommand({ ConnectionId })))).toBe('not kept open');
  });

  test('7.2.4, 7.2.5: a ping is answered, runs no route and does not keep the connection open', async () => {
    // GIVEN
    const client = await server.connect();
    const pong = new Promise((resolve) => client.socket.once('pong', (payload) => resolve(payload.toString())));

    // WHEN
    const kept = await activity(async () => {
      client.socket.ping('are you there');
      expect(await pong).toBe('are you there');
    });

    // THEN
    expect([kept, server.eventsOf('$default')]).toEqual(['not kept open', []]);
  });

  test('7.2.5: the gateway never pings', async () => {
    // GIVEN
    const short = await serve({ ...OF_AWS, idle: 200 });
    const client = await short.connect();
    let pings = 0;
    client.socket.on('ping', () => pings++);

    // WHEN
    await client.closed;

    // THEN
    expect(pings).toBe(0);
  });
});
