import type { Writable } from 'stream';
import fc from 'fast-check';
import * as ws from 'ws';
import { FRAME, frame, RawClient } from './_helpers/raw-client';
import { closeOfBrokenFrame, Connection, FrameTap, textFrame } from '../../../lib/local/wire/connection';
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

describe('a frame of the gateway', () => {
  /** What reads frames in a client; its types leave it out. */
  const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

  /** What a client makes of the bytes. */
  function received(bytes: Buffer): Promise<{ text: string; isBinary: boolean }> {
    const receiver = new Receiver({ isServer: false });
    return new Promise((resolve, reject) => {
      receiver.on('message', (data: Buffer, isBinary: boolean) => resolve({ text: data.toString(), isBinary }));
      receiver.on('error', reject);
      receiver.write(bytes);
    });
  }

  // The length is written in one, three or nine bytes.
  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 131_072])('a client reads a text of %i bytes', async (length) => {
    const text = 'x'.repeat(length);

    expect(await received(textFrame(text))).toEqual({ text, isBinary: false });
  });

  test('length is counted in bytes', async () => {
    const text = 'ü€😀'.repeat(50);

    expect(await received(textFrame(text))).toEqual({ text, isBinary: false });
  });
});

describe('frames that are too long', () => {
  const LIMIT = 300;

  function soundMessages(chunks: readonly Buffer[]): number {
    const tap = new FrameTap(LIMIT);
    chunks.forEach((chunk) => tap.see(chunk));
    return tap.soundMessages;
  }

  test('7.2.1: the first frame over the limit is noticed, and the messages before it are counted, wherever the network cuts the bytes', () => {
    const frames = fc.array(fc.record({
      length: fc.oneof(fc.nat(400), fc.nat(70_000)), masked: fc.boolean(), first: fc.constantFrom(...Object.values(FRAME)),
    }), { maxLength: 8 });
    fc.assert(fc.property(frames, fc.array(fc.nat(500), { maxLength: 40 }), (sizes, cuts) => {
      // GIVEN
      let rest = Buffer.concat(sizes.map(({ length, ...options }) => frame(Buffer.alloc(length, 0x81), options)));
      const oversize = sizes.findIndex(({ length }) => length > LIMIT);
      const ends: readonly number[] = [FRAME.text, FRAME.binary, FRAME.moreEnds, FRAME.reserved];
      const chunks: Buffer[] = [];
      for (const cut of cuts) {
        chunks.push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }

      // THEN
      expect(soundMessages([...chunks, rest]))
        .toBe(oversize < 0 ? Infinity : sizes.slice(0, oversize).filter(({ first }) => ends.includes(first)).length);
    }), { numRuns: 60 });
  });

  describe('on the wire', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start(
        app(api([route('$default', { twoWay: true })])), ({ body = '' }) => ({ statusCode: 200, body: String(Buffer.byteLength(body)) }),
      );
    });
    afterAll(() => server.stop());

    function connect(): Promise<TestClient> {
      return server.connect();
    }

    test('7.2.1: a frame of 32768 bytes passes', async () => {
      expect(await (await connect()).ask('x'.repeat(32_768))).toBe('32768');
    });

    test.each([32_769, 131_072, 131_073, 1_000_000])('7.2.1: a frame of %d bytes closes with 1009, and there is no event', async (length) => {
      // GIVEN
      const client = await connect();
      const before = server.invoker.events.length;

      // WHEN
      client.send('x'.repeat(length));

      // THEN
      expect(await client.closed).toEqual({ code: 1009, reason: '' });
      expect(server.invoker.events.length).toBe(before);
      expect(await client.silence(0)).toEqual([]);
    });

    test.each([32_769, 200_000])('7.2.1: messages that come before a frame of %d bytes are served, none behind it', async (length) => {
      // GIVEN
      const client = await RawClient.upgraded(server);
      const before = server.invoker.events.length;

      // WHEN
      client.socket.write(Buffer.concat([frame('1'), frame('', { first: FRAME.ping }), frame('2'), frame('x'.repeat(length)), frame('3')]));

      // THEN
      expect(await client.closeCode()).toBe(1009);
      expect(server.invoker.events.slice(before).map(({ body }) => body)).toEqual(['1', '2']);
    });

    test('7.2.1, 4.2.5: 131072 bytes in four frames are one message', async () => {
      // GIVEN
      const client = await connect();

      // WHEN
      for (const last of [false, false, false, true]) client.socket.send('x'.repeat(32_768), { fin: last });

      // THEN
      expect(await client.next()).toBe('131072');
    });

    test('7.2.1, 7.3: one byte more closes with 1009, and there is no event', async () => {
      // GIVEN
      const client = await RawClient.upgraded(server);
      const before = server.invoker.events.length;
      const part = Buffer.alloc(32_768, 0x20);

      // WHEN
      client.socket.write(frame(part, { first: FRAME.textBegins }));
      for (let i = 0; i < 3; i++) client.socket.write(frame(part, { first: FRAME.more }));
      client.socket.write(frame('x', { first: FRAME.moreEnds }));

      // THEN
      expect(await client.closeCode()).toBe(1009);
      expect(server.invoker.events.length).toBe(before);
      await until(() => server.requests('disconnect').length > 0);
      expect(server.requests('disconnect').map(({ status }) => status)).toContain(1009);
      expect(server.requests('disconnect').map(({ status }) => status)).not.toContain(1006);
    });
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
