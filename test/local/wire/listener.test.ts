import * as http from 'http';
import * as net from 'net';
import * as os from 'os';
import * as tls from 'tls';
import { RawClient, upgradeRequest } from './_helpers/raw-client';
import { GatewayError } from '../../../lib/local/gateway-error';
import { Listener, PortHandlers, Timeouts } from '../../../lib/local/wire/listener';
import { api, app, route, testCertificate, TestClient, TestServer, until } from '../_helpers/local-server';

const handlers = {
  request: (_request: http.IncomingMessage, response: http.ServerResponse) => response.end('here'),
  upgrade: () => undefined,
};

const opened: Array<{ close(): unknown }> = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

/** Is closed after the test, whatever comes of it. */
async function open(port: number, serves: PortHandlers = handlers, timeouts?: Timeouts): Promise<Listener> {
  const listener = await Listener.open(port, '127.0.0.1', serves, await testCertificate(), timeouts);
  opened.push(listener);
  return listener;
}

/** Another process, as it were, that has a port. */
async function occupy(host: string): Promise<net.Server> {
  const other = net.createServer().listen(0, host);
  opened.push(other);
  await new Promise((resolve, reject) => other.once('listening', resolve).once('error', reject));
  return other;
}

async function failure(port: number, host: string): Promise<GatewayError> {
  try {
    await (await Listener.open(port, host, handlers, await testCertificate())).close();
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('it listens');
}

/** Two that listen at ports which follow each other; the second may be somebody else's, so it is tried again. */
async function neighbours(): Promise<[Listener, Listener]> {
  for (;;) {
    const first = await open(0);
    try {
      return [first, await open(first.port + 1)];
    } catch {
      await first.close();
    }
  }
}

describe('one port', () => {
  let server: TestServer;
  beforeAll(async () => {
    const served = app(api([route('$connect'), route('$default', { twoWay: true })]));
    server = await TestServer.start(served, ({ body }) => ({ statusCode: 200, body }));
  });
  afterEach(async () => {
    // It still serves.
    const client = await server.connect();
    expect(await client.ask('hi')).toBe('hi');
    await client.close();
  });
  afterAll(() => server.stop());

  test('ws and wss, with the certificate as authority', async () => {
    // GIVEN
    const { cert } = await testCertificate();

    // WHEN
    const secure = await TestClient.open(server.url('/dev', 'wss'), { ca: cert });

    // THEN
    expect(await secure.ask('secret')).toBe('secret');
    expect(server.eventsOf('$connect').slice(-1)).toMatchObject([{ headers: { 'X-Forwarded-Proto': 'https' } }]);
    await expect(TestClient.open(server.url('/dev', 'wss'))).rejects.toThrow('self-signed certificate');
    await secure.close();
  });

  test('localhost is 127.0.0.1 and, where there is IPv6, ::1', async () => {
    const hasIPv6 = Object.values(os.networkInterfaces()).flat().some((one) => one?.address === '::1');
    const hosts = ['127.0.0.1', ...hasIPv6 ? ['[::1]'] : []];
    const clients = await Promise.all(hosts.map((host) => TestClient.open(`ws://${host}:${server.port}/dev`)));
    const { identity } = server.eventsOf('$connect').slice(-1)[0].requestContext;
    expect(identity).toEqual({ sourceIp: hasIPv6 ? '::1' : '127.0.0.1' });
    await Promise.all(clients.map((client) => client.close()));
  });

  test('TLS before 1.2 is refused', async () => {
    const error = await new Promise<Error>((resolve) => {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ...old }).once('error', resolve);
    });
    expect(error.message).toContain('alert protocol version');
  });

  test.each([
    ['text', 'hello there\r\n\r\n'],
    ['bytes', Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10])],
    ['a header without a name', 'GET /dev HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['two lengths', 'POST /dev HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ])('%s that is no HTTP is answered 400', async (_what, noise) => {
    expect(await RawClient.ask(server.port, noise)).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  test.each([
    ['a URL', `GET /dev?${'x'.repeat(70_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ['a header', `GET /dev HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('%s of 70 KB is answered 431', async (_what, request) => {
    expect(await RawClient.ask(server.port, request)).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
  });

  test('a connection that begins as TLS and goes on otherwise is closed', async () => {
    expect(await RawClient.ask(server.port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]))).not.toContain('HTTP');
  });

  test('CONNECT does not make the gateway a proxy', async () => {
    expect(await RawClient.ask(server.port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n')).toBe('');
  });

  test('a client that sends nothing, or leaves in the middle of a line, disturbs no other', async () => {
    const [silent, brief] = [await RawClient.open(server.port), await RawClient.open(server.port)];
    brief.socket.write('GET /de');
    silent.socket.destroy();
    brief.socket.destroy();
    expect((await Promise.all([silent.ended, brief.ended])).map(String)).toEqual(['', '']);
  });

  test('requests that follow each other without waiting are answered in order', async () => {
    // GIVEN
    const request = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;

    // WHEN
    const answers = await RawClient.ask(server.port, request('/dev') + request('/nope') + request('/dev', 'Connection: close\r\n'));

    // THEN
    expect([...answers.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['426', '403', '426']);
  });

  test('a handshake may follow a request on the same connection', async () => {
    const client = await RawClient.open(server.port);
    client.socket.write('GET /dev HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until('Upgrade Required');
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await client.until('101 Switching Protocols');
    client.socket.destroy();
  });
});

describe('opening', () => {
  test('a port that is taken is an error that names its process', async () => {
    // GIVEN
    const { port } = (await occupy('127.0.0.1')).address() as net.AddressInfo;

    // WHEN
    const error = await failure(port, '127.0.0.1');

    // THEN
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.code).toBe('PORT_IN_USE');
    expect(error.message.replace(/node \(process \d+\)/, 'node (process N)').replace(/\d+$/, 'N')).toBe(
      `port ${port} is taken by node (process N); end it, or take another port: --port N`,
    );
  });

  test('offers a port that is free', async () => {
    // GIVEN
    const [first, second] = await neighbours();

    // WHEN
    const { message } = await failure(first.port, '127.0.0.1').finally(() => Promise.all([first.close(), second.close()]));

    // THEN
    const offered = Number(/--port (\d+)$/.exec(message)?.[1]);
    expect(offered).toBeGreaterThan(second.port);
    await open(offered);
  });

  test('a port that is taken on ::1 alone is taken, since many clients mean ::1 by localhost', async () => {
    // GIVEN
    const other = await occupy('::1').catch(() => undefined);

    // WHEN (unless this machine has no IPv6)
    const error = other ? await failure((other.address() as net.AddressInfo).port, '127.0.0.1') : { code: 'PORT_IN_USE' };

    // THEN
    expect(error.code).toBe('PORT_IN_USE');
  });

  test('a port that browsers refuse is refused', async () => {
    expect(await failure(6000, '127.0.0.1')).toMatchObject({
      code: 'PORT_REFUSED', message: 'port 6000 is one that browsers refuse to connect to; take another, for example --port 3001',
    });
  });

  test('a host that is not this machine\'s is an error', async () => {
    const error = await failure(0, '203.0.113.7');
    expect(error.code).toBe('HOST_NOT_FOUND');
    expect(error.message).toMatch(/^cannot listen on host "203\.0\.113\.7" \(.*EADDRNOTAVAIL.*\); take 127\.0\.0\.1, or an address of this machine$/);
  });

  test('a listener knows its address, and close frees the port with all its sockets', async () => {
    // GIVEN
    const listener = await Listener.open(0, 'localhost', handlers, await testCertificate());
    opened.push(listener);
    const { host, port } = listener;
    const client = await RawClient.open(port);

    // WHEN
    await listener.close();

    // THEN
    expect(host).toBe('localhost');
    expect((await client.ended).length).toBe(0);
    await expect(RawClient.open(port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a client that takes too long', () => {
  const WITHOUT_END = { firstByte: 600_000, tlsHandshake: 600_000, headers: 600_000, request: 600_000, check: 10 };

  /** What the gateway says at the end, of a client that sends something and nothing more. */
  async function lastWords(timeouts: Partial<Timeouts>, sent: string | Buffer): Promise<string> {
    const { port } = await open(0, { ...handlers, request: (request: http.IncomingMessage) => request.resume() }, { ...WITHOUT_END, ...timeouts });
    return RawClient.ask(port, sent);
  }

  const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

  test('to send the first byte is cut off', async () => {
    expect(await lastWords({ firstByte: 30 }, '')).toBe('');
  });

  test('to end the head of a request gets 408', async () => {
    expect(await lastWords({ headers: 30 }, 'POST /dev HTTP/1.1\r\nHost: localhost\r\n')).toBe(TIMED_OUT);
  });

  test('to send a body gets 408', async () => {
    expect(await lastWords({ headers: 30, request: 60 }, 'POST /dev HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')).toBe(TIMED_OUT);
  });

  test.each([
    ['nothing but the first byte', Buffer.from([0x16])],
    ['half of a hello', Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0x01, 0x00])],
  ])('in the TLS handshake is cut off: %s', async (_what, sent) => {
    expect(await lastWords({ tlsHandshake: 30 }, sent)).toBe('');
  });

  test('in the TLS handshake is cut off, however many bytes it sends meanwhile', async () => {
    // GIVEN
    const listener = await open(0, handlers, { ...WITHOUT_END, tlsHandshake: 100 });
    const client = await RawClient.open(listener.port);
    client.socket.write(Buffer.from([0x16, 0x03, 0x01, 0x3f, 0xff]));

    // WHEN
    const drip = setInterval(() => client.socket.write(Buffer.alloc(1)), 10);

    // THEN
    await client.ended.finally(() => clearInterval(drip));
  });

  test('over https to end the head of a request gets 408', async () => {
    // GIVEN
    const listener = await open(0, handlers, { ...WITHOUT_END, headers: 30 });

    // WHEN
    const client = tls.connect({ port: listener.port, host: '127.0.0.1', ca: (await testCertificate()).cert });
    client.on('secureConnect', () => client.write('GET /dev HTTP/1.1\r\n'));
    const chunks: Buffer[] = [];
    for await (const chunk of client as AsyncIterable<Buffer>) chunks.push(chunk);

    // THEN
    expect(Buffer.concat(chunks).toString()).toBe(TIMED_OUT);
  });

  test('is not one that waits for a slow answer, holds a WebSocket open, or keeps a connection for its next request', async () => {
    // GIVEN
    let answer = (): void => undefined;
    const slow = {
      request: (_request: http.IncomingMessage, response: http.ServerResponse) => { answer = () => response.end('late'); },
      upgrade: (_request: http.IncomingMessage, socket: net.Socket) => { socket.on('data', () => socket.write('pong')); },
    };
    const short = { firstByte: 20, tlsHandshake: 20, headers: 20, request: 20, check: 10 };
    const listener = await open(0, slow, short);
    const [waiting, upgraded] = await Promise.all([RawClient.open(listener.port), RawClient.open(listener.port)]);
    waiting.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    upgraded.socket.write(upgradeRequest(listener.port, '/dev'));

    // WHEN a connection that came later has been cut off, and the checks have run several times
    for (let i = 0; i < 5; i++) await (await RawClient.open(listener.port)).ended;

    // THEN
    answer();
    upgraded.socket.write('ping');
    await Promise.all([waiting.until('late'), upgraded.until('pong')]);
    for (let i = 0; i < 5; i++) await (await RawClient.open(listener.port)).ended;
    waiting.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => waiting.text.includes('late'));
    expect([waiting, upgraded].map(({ socket }) => socket.destroyed)).toEqual([false, false]);
  });
});
