import { FRAME, frame, RawClient } from './_helpers/raw-client';
import { closeOfBrokenFrame, Connection } from '../../../lib/local/wire/connection';
import { api, app, route, TestClient, TestServer, until } from '../_helpers/local-server';

describe('an open WebSocket', () => {
  let server: TestServer;
  let client: TestClient;
  let connection: Connection;
  beforeEach(async () => {
    server = await TestServer.start(app(api([route('$default', { twoWay: true })])), ({ body }) => ({ statusCode: 200, body }));
    client = await server.connect();
    [connection] = server.server.connections.all();
  });
  afterEach(() => server.stop());

  test('7.2.4: a sent text counts in bytes and as activity', async () => {
    // GIVEN
    connection.lastActiveAt = 0;

    // WHEN
    const bytes = connection.send('hä');

    // THEN
    expect(bytes).toBe(3);
    expect(connection.lastActiveAt).toBeGreaterThan(0);
    expect(await client.next()).toBe('hä');
  });

  test('7.3: the first close counts; afterwards nothing is sent or received', async () => {
    // WHEN
    connection.close({ code: 1001, reason: 'first' });
    connection.close({ code: 1000, reason: 'second' });
    connection.noteError(new Error('third'));

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
    const timers = jest.spyOn(global, 'setTimeout');
    connection.close({ code: 1001, reason: '' });
    const [cutOff] = timers.mock.calls.find(([, milliseconds]) => milliseconds === 2_000) ?? [];
    timers.mockRestore();
    expect(server.requests('disconnect')).toEqual([]);

    // WHEN
    cutOff!();

    // THEN
    await until(() => server.requests('disconnect').length === 1);
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
});

describe('broken frames', () => {
  test.each([
    ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', { code: 1009, reason: '' }],
    ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', { code: 1009, reason: '' }],
    ['WS_ERR_INVALID_UTF8', { code: 1007, reason: '' }],
    ['WS_ERR_EXPECTED_MASK', { code: 1002, reason: '' }],
    ['WS_ERR_TOO_MANY_BUFFERED_PARTS', { code: 1008, reason: '' }],
  ])('7.3: %s', (code, close) => {
    expect(closeOfBrokenFrame(Object.assign(new Error('broken'), { code }))).toEqual(close);
  });

  /** A message of a character a frame. */
  function inFrames(count: number): Buffer {
    const more = Array.from({ length: count - 2 }, () => frame('x', { first: FRAME.more }));
    return Buffer.concat([frame('x', { first: FRAME.textBegins }), ...more, frame('x', { first: FRAME.moreEnds })]);
  }

  describe('on the wire', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start(app(api([route('$default'), route('$disconnect')])), () => ({ statusCode: 200 }));
    });
    afterAll(() => server.stop());

    test('7.4: a message of 16,384 frames is served', async () => {
      // GIVEN
      const client = await RawClient.upgraded(server);
      const before = server.invoker.events.length;

      // WHEN
      client.socket.write(inFrames(16_384));

      // THEN
      await until(() => server.invoker.events.length > before, 'the message');
      expect(server.invoker.events.slice(before)).toMatchObject([{ requestContext: { routeKey: '$default' }, body: 'x'.repeat(16_384) }]);
      client.socket.destroy();
    });

    test.each([
      ['a frame without mask', frame('hi', { masked: false }), 1002],
      ['a reserved bit', frame('hi', { first: FRAME.reserved }), 1002],
      ['an unknown kind of frame', frame('hi', { first: 0x83 }), 1002],
      ['a second half without a first', frame('hi', { first: FRAME.moreEnds }), 1002],
      ['a ping of 126 bytes', frame('x'.repeat(126), { first: FRAME.ping }), 1002],
      ['a close frame with half a code', frame('x', { first: FRAME.close }), 1002],
      ['text that is no UTF-8', frame(Buffer.from([0xc3, 0x28])), 1007],
      ['a message of 16,385 frames', inFrames(16_385), 1008],
      ['a message of 20,000 frames', inFrames(20_000), 1008],
    ])('7.3, 7.4: %s ends the connection, and no event but that of $disconnect comes', async (_what, bytes, code) => {
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
});
