import { api, app, route, TestServer } from '../_helpers/local-server';

let test1: TestServer;
afterEach(() => test1.stop());

test('4.2.2, 4.4.1: no route and no $default is answered Forbidden, and the connection stays open', async () => {
  // GIVEN
  test1 = await TestServer.start(app(api([route('echo', { twoWay: true })])), ({ body }) => ({ statusCode: 200, body }));
  const client = await test1.connect();

  // WHEN
  const frame = await client.ask({ action: 'nope' });

  // THEN
  expect(frame).toMatch(/^\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/);
  expect(await client.ask({ action: 'echo' })).toBe('{"action":"echo"}');
});
