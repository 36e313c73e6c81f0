import { FRAME, frame, RawClient, upgradeRequest } from './raw-client';
import { api, app, route, TestServer } from '../../_helpers/local-server';

test.each([
  [0, [0x81, 0x80]],
  [125, [0x81, 0xfd]],
  [126, [0x81, 0xfe, 0, 126]],
  [65_535, [0x81, 0xfe, 0xff, 0xff]],
  [65_536, [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a frame of %d bytes begins as RFC 6455 5.2 says', (length, head) => {
  const bytes = frame('x'.repeat(length));
  expect([...bytes.subarray(0, head.length)]).toEqual(head);
  expect(bytes.length).toBe(head.length + 4 + length);
});

describe('RawClient', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(app(api([route('$default', { twoWay: true })])), ({ body }) => ({ statusCode: 200, body }));
  });
  afterAll(() => server.stop());

  test('the raw client writes frames and reads the code of the last', async () => {
    // GIVEN
    const client = await RawClient.upgraded(server);

    // WHEN
    client.socket.write(frame('hello'));
    await client.until('hello');
    client.socket.write(frame(Buffer.from([0x0f, 0xa1]), { first: FRAME.close }));

    // THEN
    expect(await client.closeCode()).toBe(4001);
  });

  test('the raw client shows what came if the connection ends too early', async () => {
    const client = await RawClient.open(server.port);
    client.socket.write(upgradeRequest(server.port, '/nope'));
    await expect(client.until('never')).rejects.toThrow('the connection ended before "never" came: HTTP/1.1 403 Forbidden');
  });
});
