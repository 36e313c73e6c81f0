import { closeOfBrokenFrame } from '../../../lib/local/wire/broken-frame';
import { api, app, route, TestServer, until } from '../_helpers/local-server';
import { FRAME, frame, RawClient } from './_helpers/raw-client';

test.each([
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', { code: 1009, reason: '' }],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', { code: 1009, reason: '' }],
  ['WS_ERR_INVALID_UTF8', { code: 1007, reason: '' }],
  ['WS_ERR_EXPECTED_MASK', { code: 1002, reason: '' }],
])('7.3: %s', (code, close) => {
  expect(closeOfBrokenFrame(Object.assign(new Error('broken'), { code }))).toEqual(close);
});

describe('on the wire', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(app(api([route('$default'), route('$disconnect')])), () => ({ statusCode: 200 }));
  });
  afterAll(() => server.stop());

  test.each([
    ['a frame without mask', frame('hi', { masked: false }), 1002],
    ['a reserved bit', frame('hi', { first: FRAME.reserved }), 1002],
    ['an unknown kind of frame', frame('hi', { first: 0x83 }), 1002],
    ['a second half without a first', frame('hi', { first: FRAME.moreEnds }), 1002],
    ['a ping of 126 bytes', frame('x'.repeat(126), { first: FRAME.ping }), 1002],
    ['a close frame with half a code', frame('x', { first: FRAME.close }), 1002],
    ['text that is no UTF-8', frame(Buffer.from([0xc3, 0x28])), 1007],
  ])('7.3: %s ends the connection, and no event but that of $disconnect comes', async (_what, bytes, code) => {
    // GIVEN
    const client = await RawClient.upgraded(server);
    const before = server.invoker.events.length;

    // WHEN
    client.socket.write(bytes);

    // THEN
    expect(await client.closeCode()).toBe(code);
    await until(() => server.invoker.events.length > before, '$disconnect');
    expect(server.invoker.events.slice(before)).toMatchObject([
      { requestContext: { routeKey: '$disconnect', disconnectStatusCode: code, disconnectReason: '' } },
    ]);
  });
});
