import * as http from 'http';
import * as net from 'net';
import * as os from 'os';
import * as tls from 'tls';
import { RawClient, upgradeRequest } from './_helpers/raw-client';
import { GatewayError } from '../../../lib/local/gateway-error';
import { Listener } from '../../../lib/local/wire/listener';
import { api, app, route, testCertificate, TestClient, TestServer } from '../_helpers/local-server';

const handlers = {
  request: (_request: http.IncomingMessage, response: http.ServerResponse) => response.end('here'),
  upgrade: () => undefined,
};

async function failure(port: number, host: string): Promise<GatewayError> {
  try {
    await (await Listener.open(port, host, handlers, await testCertificate())).close();
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('it listens');
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

  test('what begins as TLS and is none is closed', async () => {
    expect(await RawClient.ask(server.port, Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]))).not.toContain('HTTP');
  });

  test('CONNECT is no proxy', async () => {
    expect(await RawClient.ask(server.port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n')).toBe('');
  });

  test('who connects and says nothing, or leaves in the middle of a line, disturbs nobody', async () => {
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
  test('a port that is taken is an error that names who has it', async () => {
    // GIVEN
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;

    // WHEN
    const error = await failure(port, '127.0.0.1');

    // THEN
    other.close();
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.code).toBe('PORT_IN_USE');
    expect(error.message.replace(/node \(process \d+\)/, 'node (process N)')).toBe(
      `port ${port} is taken by node (process N); end it, or take another port: --port ${port + 1}`,
    );
  });

  test('offers a port that is free', async () => {
    // GIVEN
    const first = await Listener.open(0, '127.0.0.1', handlers, await testCertificate());
    const second = await Listener.open(first.port + 1, '127.0.0.1', handlers, await testCertificate());

    // WHEN
    const { message } = await failure(first.port, '127.0.0.1');

    // THEN
    expect(message).toMatch(new RegExp(`--port ${first.port + 2}$`));
    await Promise.all([first.close(), second.close()]);
  });

  test('who has the port of ::1 alone has what many clients call localhost', async () => {
    // GIVEN
    const other = net.createServer().listen(0, '::1');
    const listens = await new Promise((resolve) => other.once('listening', () => resolve(true)).once('error', () => resolve(false)));

    // WHEN
    const error = listens ? await failure((other.address() as net.AddressInfo).port, '127.0.0.1') : { code: 'PORT_IN_USE' };

    // THEN
    expect(error.code).toBe('PORT_IN_USE');
    other.close();
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

  test('it knows where it listens, and frees the port with all sockets on it', async () => {
    // GIVEN
    const listener = await Listener.open(0, 'localhost', handlers, await testCertificate());
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
