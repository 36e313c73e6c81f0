import { GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { sdk } from './_helpers/backend';
import { Connections, Lifetimes } from '../../../lib/local/wire/connections';
import { api, app, route, TestServer, until } from '../_helpers/local-server';

let server: TestServer;
afterEach(() => server.stop());

async function serve(lifetimes: Lifetimes): Promise<void> {
  server = await TestServer.start(app(api([route('$connect'), route('$default')])), () => ({ statusCode: 200 }), { lifetimes });
}

/** Does something every 70 milliseconds, twelve times, and says whether the connection outlived it. */
async function outlives(act: () => unknown): Promise<boolean> {
  for (let i = 0; i < 12; i++) {
    await act();
    await new Promise((resolve) => setTimeout(resolve, 70));
  }
  return server.server.connections.size === 1;
}

function connectionId(): string {
  return server.eventsOf('$connect')[0].requestContext.connectionId;
}

const IDLE = { idle: 500, duration: 7_200_000 };

test('7.2.2: an idle connection is closed with 1001 Going away', async () => {
  // GIVEN
  await serve({ idle: 80, duration: 7_200_000 });
  const client = await server.connect();
  const opened = Date.now();

  // THEN
  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(Date.now() - opened).toBeGreaterThanOrEqual(70);
  expect(server.server.connections.size).toBe(0);
});

test('7.2.3: after its whole time a connection is closed, whatever is said', async () => {
  // GIVEN
  await serve({ idle: 7_200_000, duration: 150 });
  const client = await server.connect();
  const chatter = setInterval(() => client.socket.readyState === 1 && client.send('hi'), 10);

  // THEN
  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  clearInterval(chatter);
});

test('7.2.4: a message of the client keeps it open', async () => {
  await serve(IDLE);
  const client = await server.connect();
  expect(await outlives(() => client.send('hi'))).toBe(true);
});

test('6.17, 7.2.4: so does one to the client', async () => {
  await serve(IDLE);
  await server.connect();
  const backend = sdk(server);
  expect(await outlives(() => backend.send(new PostToConnectionCommand({ ConnectionId: connectionId(), Data: 'hi' })))).toBe(true);
});

test('6.17, 7.2.4: GET does not', async () => {
  await serve(IDLE);
  await server.connect();
  const backend = sdk(server);
  expect(await outlives(() => backend.send(new GetConnectionCommand({ ConnectionId: connectionId() })).catch(() => undefined))).toBe(false);
});

test('7.2.4, 7.2.5: a ping is answered, runs no route and does not keep it open', async () => {
  // GIVEN
  await serve(IDLE);
  const client = await server.connect();
  let pongs = 0;
  client.socket.on('pong', (payload) => pongs += Number(payload.toString() === 'are you there'));

  // WHEN
  const open = await outlives(() => client.socket.readyState === 1 && client.socket.ping('are you there'));

  // THEN
  expect(open).toBe(false);
  expect(pongs).toBeGreaterThan(0);
  expect(server.eventsOf('$default')).toEqual([]);
});

test('7.2.5: the gateway never pings', async () => {
  await serve(IDLE);
  const client = await server.connect();
  let pings = 0;
  client.socket.on('ping', () => pings++);
  await client.closed;
  expect(pings).toBe(0);
});

test('an empty register has no timer', async () => {
  // GIVEN
  await serve(IDLE);
  const client = await server.connect();

  // WHEN
  await client.close();
  await until(() => server.server.connections.size === 0);

  // THEN
  expect(server.server.connections).toMatchObject({ sweeper: undefined });
  expect(new Connections(IDLE).get('PJqB0fHsqRcCHlw=')).toBeUndefined();
});
