import { execFile, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as https from 'https';
import * as path from 'path';
import { promisify } from 'util';
import { SIGNED } from './_helpers/backend';
import { RawClient, upgradeRequest } from './_helpers/raw-client';
import { isWebSocketUpgrade } from '../../../lib/local/wire/listener';
import { api, app, route, temporaryFolder, testCertificate, TestClient, TestServer } from '../_helpers/local-server';

let server: TestServer;
let client: TestClient;
let call: string;
beforeAll(async () => {
  server = await TestServer.start(app(api([route('$connect'), route('$default')])), () => ({ statusCode: 200 }));
});
beforeEach(async () => {
  client = await server.connect();
  call = `/dev/@connections/${server.eventsOf('$connect').at(-1)!.requestContext.connectionId}`;
});
afterEach(() => client.close());
afterAll(() => server.stop());

/** What Java's HttpClient and `curl --http2` send. */
const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'];

function request(method: string, target: string, more: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${target} HTTP/1.1`, `Host: localhost:${server.port}`, `Authorization: ${SIGNED.Authorization}`, ...more, ...length, '', body].join('\r\n');
}

async function statusesOf(raw: RawClient, count: number): Promise<string[]> {
  const statuses = (): string[] => [...raw.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  while (statuses().length < count) await new Promise((resolve) => raw.socket.once('data', resolve));
  return statuses();
}

test.each([
  ['websocket', true], ['WebSocket', true], ['h2c, websocket', true], [' websocket ,h2c', true], ['h2c', false], ['websocket2', false], ['websocket/13', false], ['', false],
  [',', false], [undefined, false],
])('Upgrade: %s is one to WebSocket: %s', (upgrade, is) => {
  expect(isWebSocketUpgrade({ headers: { upgrade } })).toBe(is);
});

test.each(['h2c', 'h2', 'TLS/1.2', 'foo, bar', ',', ''])('a call that offers %j is served, and the connection is kept', async (protocol) => {
  // GIVEN
  const raw = await RawClient.open(server.port);
  const offer = ['Connection: Upgrade', `Upgrade: ${protocol}`];

  // WHEN
  raw.socket.write(request('POST', call, offer, 'one'));
  expect(await client.next()).toBe('one');
  raw.socket.write(request('POST', call, [], 'two'));
  expect(await client.next()).toBe('two');
  raw.socket.write(request('GET', '/dev', offer));

  // THEN
  expect(await statusesOf(raw, 3)).toEqual(['200', '200', '426']);
  raw.socket.destroy();
});

test('a body that comes later, and is longer than a packet, is read whole', async () => {
  // GIVEN
  const raw = await RawClient.open(server.port);
  const body = 'x'.repeat(100_000);
  const text = request('POST', call, H2C, body);

  // WHEN
  for (let at = 0; at < text.length; at += 30_000) {
    raw.socket.write(text.slice(at, at + 30_000));
    await new Promise((resolve) => setImmediate(resolve));
  }

  // THEN
  expect(await client.next()).toBe(body);
  raw.socket.destroy();
});

test('a chunked body is read whole', async () => {
  const raw = await RawClient.open(server.port);
  raw.socket.write(`${request('POST', call, [...H2C, 'Transfer-Encoding: chunked'])}3\r\none\r\n4\r\n two\r\n0\r\n\r\n`);
  expect(await client.next()).toBe('one two');
  raw.socket.destroy();
});

test('requests that follow each other without waiting are answered in order, whichever offer something', async () => {
  const raw = await RawClient.open(server.port);
  raw.socket.write([
    request('GET', '/dev'), request('GET', '/nope', H2C), request('POST', call, H2C, 'one'), request('GET', '/dev', H2C), request('DELETE', '/dev/@connections/x', H2C),
    upgradeRequest(server.port, '/dev'),
  ].join(''));
  expect(await statusesOf(raw, 6)).toEqual(['426', '403', '200', '426', '400', '101']);
  expect(await client.next()).toBe('one');
  raw.socket.destroy();
});

test('a request whose client goes away does no harm', async () => {
  const raw = await RawClient.open(server.port);
  raw.socket.write(request('POST', call, [...H2C, 'Content-Length: 10']));
  raw.socket.resetAndDestroy();
  await raw.ended;
  expect(server.server.connections.size).toBe(1);
});

test('a refused host stays refused with an offer of another protocol', async () => {
  const raw = await RawClient.open(server.port);
  raw.socket.write(request('POST', call, [...H2C, 'Origin: https://evil.example'], 'one'));
  expect(await statusesOf(raw, 1)).toEqual(['403']);
  raw.socket.destroy();
});

test('by https too', async () => {
  const { cert } = await testCertificate();
  const agent = new https.Agent({ ca: cert, keepAlive: true, maxSockets: 1 });
  const post = (body: string): Promise<number | undefined> => new Promise((resolve, reject) => {
    const headers = { ...SIGNED, Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c' };
    https.request(server.url(call, 'https'), { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    }).once('error', reject).end(body);
  });
  expect([await post('one'), await client.next(), await post('two'), await client.next()]).toEqual([200, 'one', 200, 'two']);
  agent.destroy();
});

const hasCurl = spawnSync('curl', ['--version']).stdout?.includes('HTTP2') ?? false;
(hasCurl ? test : test.skip)('curl --http2 posts', async () => {
  const args = ['--silent', '--http2', '--max-time', '10', '-w', '%{http_code}', '-H', `Authorization: ${SIGNED.Authorization}`, '-d', 'one', server.url(call, 'http')];
  expect((await promisify(execFile)('curl', args)).stdout).toBe('200');
  expect(await client.next()).toBe('one');
});

const POST_TWICE = `
import java.net.URI;
import java.net.http.*;
public class Post {
  public static void main(String[] args) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (String body : new String[] { "one", "two" }) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).header("Authorization", args[1])
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
      System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }
}`;

const hasJava = spawnSync('java', ['-version']).status === 0;
(hasJava ? test : test.skip)('HttpClient of Java posts with its defaults', async () => {
  // GIVEN
  const folder = temporaryFolder();
  const file = path.join(folder, 'Post.java');
  fs.writeFileSync(file, POST_TWICE);

  // WHEN
  const { stdout } = await promisify(execFile)('java', [file, server.url(call, 'http'), SIGNED.Authorization]);

  // THEN
  expect(stdout).toBe('200\n200\n');
  expect([await client.next(), await client.next()]).toEqual(['one', 'two']);
  fs.rmSync(folder, { recursive: true });
});
