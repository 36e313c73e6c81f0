import { ApiGatewayManagementApiClient, DeleteConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { sdk } from './_helpers/backend';
import { Lifetimes } from '../../../lib/local/wire/connections';
import { api, app, GatewayProxyEvent, route, TestClient, TestServer, until } from '../_helpers/local-server';

const ID = expect.stringMatching(/^[\w-]{15}=$/);

let server: TestServer;
let backend: ApiGatewayManagementApiClient;
/** Milliseconds without a message: short for the one test that waits for the end of them. */
const IDLE = { idle: 600_000, duration: 7_200_000 };

/** Set by tests whose `$disconnect` function fails. */
let failure: Error | undefined;

beforeEach(() => {
  failure = undefined;
  return serve(IDLE);
});
afterEach(() => server.stop());

async function serve(lifetimes: Lifetimes): Promise<void> {
  server = await TestServer.start(app(api([route('$connect'), route('$disconnect'), route('$default')])), ({ requestContext }) => {
    if (failure && requestContext.routeKey === '$disconnect') throw failure;
    return requestContext.routeKey === '$disconnect' ? null : { statusCode: 200 };
  }, { lifetimes });
  backend = sdk(server);
}

async function disconnectEvent(): Promise<GatewayProxyEvent> {
  await until(() => server.eventsOf('$disconnect').length > 0, '$disconnect');
  return server.eventsOf('$disconnect')[0];
}

test('1.5, 1.5.1: exactly what AWS sends', async () => {
  // GIVEN
  const client = await server.connect('/dev?room=1', { headers: { 'User-Agent': 'Mozilla/5.0', 'x-api-key': 'secret' } });

  // WHEN
  await client.close();

  // THEN
  const event = await disconnectEvent();
  const host = `localhost:${server.port}`;
  const { requestContext: { connectionId, connectedAt } } = server.eventsOf('$connect')[0];
  expect(event).toStrictEqual({
    headers: { 'Host': host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
    multiValueHeaders: { 'Host': [host], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
    requestContext: {
      routeKey: '$disconnect',
      disconnectStatusCode: 1005,
      eventType: 'DISCONNECT',
      extendedRequestId: event.requestContext.requestId,
      requestTime: expect.any(String),
      messageDirection: 'IN',
      disconnectReason: 'Client-side close frame status not set',
      stage: 'dev',
      connectedAt,
      requestTimeEpoch: expect.any(Number),
      identity: { sourceIp: '127.0.0.1', userAgent: 'Mozilla/5.0' },
      requestId: ID,
      domainName: host,
      connectionId,
      apiId: 'aabbccddee',
    },
    isBase64Encoded: false,
  });
});

describe('code and reason', () => {
  test.each<[string, (client: TestClient, id: string) => unknown, number, string]>([
    ['the client closes', (client) => client.close(), 1005, 'Client-side close frame status not set'],
    ['the client closes with a code and reason', (client) => client.close(4001, 'x'), 4001, 'x'],
    ['the browser leaves the page', (client) => client.close(1001), 1001, ''],
    ['the client vanishes', (client) => client.socket.terminate(), 1006, ''],
    ['DELETE @connections', (_client, ConnectionId) => backend.send(new DeleteConnectionCommand({ ConnectionId })),
      1000, 'Connection Closed Normally'],
    ['binary', (client) => client.send(Buffer.from('x')), 1003, ''],
    ['too big', (client) => client.send('x'.repeat(32_769)), 1009, ''],
    ['the gateway ends', () => server.server.closeConnections(500), 1001, 'Shutdown'],
  ])('7.3: %s', async (_why, end, code, reason) => {
    // GIVEN
    const client = await server.connect();

    // WHEN
    await end(client, server.eventsOf('$connect')[0].requestContext.connectionId);

    // THEN
    expect((await disconnectEvent()).requestContext).toMatchObject({ disconnectStatusCode: code, disconnectReason: reason });
    await until(() => server.requests('disconnect').length === 1);
    expect(server.requests('disconnect')).toMatchObject([{ status: code, routeKey: '$disconnect', target: 'Test/handler' }]);
    expect(server.eventsOf('$default')).toEqual([]);
  });
});

test('7.3: nothing was said for too long', async () => {
  // GIVEN
  await server.stop();
  await serve({ ...IDLE, idle: 50 });

  // WHEN
  await (await server.connect()).closed;

  // THEN
  expect((await disconnectEvent()).requestContext).toMatchObject({ disconnectStatusCode: 1001, disconnectReason: 'Going away' });
});

test('1.5.2: $disconnect runs after the connection is over', async () => {
  // GIVEN
  const client = await server.connect();

  // WHEN
  await client.close();
  await disconnectEvent();

  // THEN
  expect(server.server.connections.size).toBe(0);
});

test('1.5.3: a null response is ignored, and reported as malformed', async () => {
  const client = await server.connect();
  await client.close();
  await until(() => server.requests('disconnect').length === 1);
  const [{ reason }] = server.requests('disconnect');
  expect(reason).toBe('Malformed Lambda proxy response: the function returned null, not an object with a statusCode');
});

test('1.5.3: an error of the function is reported', async () => {
  // GIVEN
  failure = new TypeError('no');
  const client = await server.connect();

  // WHEN
  await client.close();
  await until(() => server.requests('disconnect').length === 1);

  // THEN
  expect(server.requests('disconnect')).toMatchObject([
    { status: 1005, error: { type: 'TypeError', message: 'no' }, invocationId: 'invocation-2' },
  ]);
});

test('1.5: without $disconnect nothing runs, and the end is reported', async () => {
  // GIVEN
  await server.update(app(api([route('$default')])));
  const client = await server.connect();

  // WHEN
  await client.close(4000);
  await until(() => server.requests('disconnect').length === 1);

  // THEN
  expect(server.invoker.events).toEqual([]);
  expect(server.requests('disconnect')).toMatchObject([{ status: 4000, routeKey: undefined, target: undefined }]);
});
