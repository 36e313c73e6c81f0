import type { Writable } from 'stream';
import fc from 'fast-check';
import * as ws from 'ws';
import { FRAME, frame, RawClient } from './_helpers/raw-client';
import { FrameTap, textFrame } from '../../../lib/local/wire/text-frame';
import { api, app, route, TestClient, TestServer, until } from '../_helpers/local-server';

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
