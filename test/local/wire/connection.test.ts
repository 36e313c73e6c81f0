import { Connection } from '../../../lib/local/wire/connection';
import { api, app, route, TestClient, TestServer, until } from '../_helpers/local-server';

let server: TestServer;
let client: TestClient;
let connection: Connection;
beforeEach(async () => {
  server = await TestServer.start(app(api([route('$default', { twoWay: true })])), ({ body }) => ({ statusCode: 200, body }));
  client = await server.connect();
  [connection] = server.server.connections.all();
});
afterEach(() => server.stop());

test('7.2.4: what is sent counts in bytes and as activity', async () => {
  // GIVEN
  const { lastActiveAt } = connection;
  await new Promise((resolve) => setTimeout(resolve, 5));

  // WHEN
  const bytes = connection.send('hä');

  // THEN
  expect(bytes).toBe(3);
  expect(connection.lastActiveAt).toBeGreaterThan(lastActiveAt);
  expect(await client.next()).toBe('hä');
});

test('7.3: the first end counts; after it nothing is sent or heard', async () => {
  // WHEN
  connection.close({ code: 1001, reason: 'first' });
  connection.close({ code: 1000, reason: 'second' });
  connection.noteClose({ code: 1002, reason: 'third' });

  // THEN
  expect([connection.isOpen, connection.closing, connection.send('x')]).toEqual([false, { code: 1001, reason: 'first' }, 0]);
  client.send('too late');
  expect(await client.closed).toEqual({ code: 1001, reason: 'first' });
  expect(await client.silence(0)).toEqual([]);
  expect(server.invoker.events).toEqual([]);
});

test('7.3: an end that the client began stays its own', async () => {
  // WHEN
  client.socket.close(4001, 'mine');
  await until(() => !connection.isOpen);
  connection.close({ code: 1001, reason: 'ours' });

  // THEN
  await until(() => server.requests('disconnect').length === 1);
  expect(server.requests('disconnect')).toMatchObject([{ status: 4001 }]);
});

test('1.5.2: a client that does not answer the close frame is cut off', async () => {
  // GIVEN
  client.socket.pause();
  const closedAt = Date.now();

  // WHEN
  connection.close({ code: 1001, reason: '' });
  await until(() => server.requests('disconnect').length === 1);

  // THEN
  expect(Date.now() - closedAt).toBeGreaterThan(1_900);
  client.socket.terminate();
});

test('a connection with many unanswered messages is read again when they are answered, and is closed in time while it is not', async () => {
  // GIVEN
  for (let i = 0; i < 1_000; i++) connection.begin();
  client.send('waits');
  expect(await client.silence()).toEqual([]);

  // WHEN
  connection.end();

  // THEN
  expect(await client.next()).toBe('waits');
  connection.begin();
  connection.close({ code: 1001, reason: '' });
  expect(await client.closed).toEqual({ code: 1001, reason: '' });
});
