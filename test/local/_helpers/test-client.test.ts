import { api, app, route, TestServer } from './local-server';
import { TestClient } from './test-client';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(app(api([route('$default', { twoWay: true })])), ({ body }) => ({ statusCode: 200, body }));
});
afterAll(() => server.stop());

test('messages that no test has read are kept', async () => {
  // GIVEN
  const client = await TestClient.open(server.url());

  // WHEN
  client.send({ n: 1 });
  client.send('two');

  // THEN
  expect([await client.next(), await client.ask('three'), await client.silence()]).toEqual(['{"n":1}', 'two', ['three']]);
  expect(await client.close(4001, 'bye')).toEqual({ code: 4001, reason: 'bye' });
});

test('a refused handshake is given with its status and body', async () => {
  expect(await TestClient.refusal(server.url('/nope'))).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
});

test('a handshake that should be refused and is not fails', async () => {
  await expect(TestClient.refusal(server.url())).rejects.toThrow('the handshake was not refused');
});
