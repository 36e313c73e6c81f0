import * as http from 'http';
import { AddressInfo } from 'net';
import { networkInterfaces } from 'os';
import type { Page } from 'playwright-core';
import { SIGNED } from './_helpers/backend';
import { RawClient, upgradeRequest } from './_helpers/raw-client';
import { browserTest, withPage } from '../../_helpers/browser';
import { api, app, route, stage, TestServer } from '../_helpers/local-server';

const SERVED = app(api([route('$connect'), route('$default', { twoWay: true })], {
  stages: [stage({ mappings: [{ domainName: 'ws.example.com', mappingKey: 'chat' }, { domainName: '*.tenants.example.com', mappingKey: 'all' }] })],
}));

const ALLOWED = { allowedHosts: ['my-machine.lan', '*.tunnel.example', '192.0.2.7'], allowedOrigins: ['https://app.example.org', 'null', 'capacitor://localhost'] };

let server: TestServer;
let lenient: TestServer;
beforeAll(async () => {
  const echo = ({ body }: { readonly body?: string }) => ({ statusCode: 200, body });
  server = await TestServer.start(SERVED, echo);
  lenient = await TestServer.start(SERVED, echo, ALLOWED);
});
afterAll(() => Promise.all([server.stop(), lenient.stop()]));
beforeEach(() => {
  for (const each of [server, lenient]) {
    each.observed.splice(0);
    each.invoker.events.splice(0);
  }
});

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly message?: string;
}

/** The answer to the first request of a connection. */
async function answerTo({ port }: TestServer, request: string): Promise<Answer> {
  const client = await RawClient.open(port);
  client.socket.write(request);
  await client.until('\r\n\r\n');
  const [head] = client.text.split('\r\n\r\n', 1);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  while (client.text.length < head.length + 4 + length) await new Promise((resolve) => client.socket.once('data', resolve));
  client.socket.destroy();
  const body = client.text.slice(head.length + 4);
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), head, ...body.startsWith('{') && JSON.parse(body) as object };
}

/** A handshake and a call of `@connections` with these headers in place of `Host`. */
async function statuses(of: TestServer, ...headers: string[]): Promise<number[]> {
  const handshake = upgradeRequest(of.port, '/dev').replace(/Host: .*\r\n/, headers.map((line) => `${line}\r\n`).join(''));
  const call = ['GET /dev/@connections/PJqB0fHsqRcCHlw= HTTP/1.1', ...headers, `Authorization: ${SIGNED.Authorization}`, '', ''].join('\r\n');
  const answers = await Promise.all([handshake, call].map((request) => answerTo(of, request)));
  return answers.map(({ status }) => status);
}

const SERVES = [101, 410];

describe('Host', () => {
  const local = ['localhost', 'LOCALHOST', 'localhost.', 'chat.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'];
  const own = ['aabbccddee.execute-api.eu-west-1.amazonaws.com', 'aabbccddee.execute-api.cn-north-1.amazonaws.com.cn', 'WS.example.com.', 'one.tenants.example.com'];

  test.each([...local, ...own])('%s is allowed, at whatever port', async (name) => {
    // A domain leads elsewhere, and a call of it is not signed for this stage.
    const [handshake] = await statuses(server, `Host: ${name}`);
    expect([101, 403]).toContain(handshake);
    expect(await statuses(server, `Host: ${name}:1`)).not.toContain(400);
    expect(server.observed.filter(({ type }) => type === 'notice')).toEqual([]);
  });

  test.each(['my-machine.lan', 'MY-MACHINE.LAN.:3001', 'a.tunnel.example', '192.0.2.7:80'])('%s is allowed if the developer says so, and only then', async (name) => {
    expect(await statuses(lenient, `Host: ${name}`)).toEqual(SERVES);
    expect(await statuses(server, `Host: ${name}`)).toEqual([403, 403]);
  });

  test.each([
    'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evillocalhost', '2130706433', '0x7f.1', '127.1', '0.0.0.0', '[::]', '192.0.2.8',
    '169.254.169.254', 'tunnel.example', 'a.b.tunnel.example', 'a.b.tenants.example.com', 'example.com', 'zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com',
    'aabbccddee.execute-api.eu-west-1.amazonaws.com.evil.example', 'aabbccddee.execute-api.evil.example', 'xaabbccddee.execute-api.eu-west-1.amazonaws.com',
  ])('%s is refused before anything runs', async (name) => {
    expect(await statuses(lenient, `Host: ${name}`)).toEqual([403, 403]);
    expect(lenient.invoker.events).toEqual([]);
  });

  test.each([
    ['missing', []],
    ['doubled', ['Host: localhost', 'Host: localhost']],
    ['doubled with another', ['Host: localhost', 'host: evil.example']],
    ['empty', ['Host:']],
    ['with a user name', ['Host: localhost@evil.example']],
    ['with half a port', ['Host: localhost:3001.evil.example']],
    ['with a zone', ['Host: [fe80::1%25lo]']],
    ['a list', ['Host: localhost, evil.example']],
  ])('one that is %s is 400', async (_what, headers) => {
    expect(await statuses(server, ...headers)).toEqual([400, 400]);
    expect(server.invoker.events).toEqual([]);
  });

  test('missing in HTTP/1.0 is 400 too', async () => {
    expect(await answerTo(server, 'GET /dev HTTP/1.0\r\n\r\n')).toMatchObject({ status: 400, message: 'the request has no Host header' });
  });

  test.each([
    ['http://localhost/dev', 426], ['http://evil.example/dev', 403], ['http://localhost@evil.example/dev', 400], ['ws://evil.example:3001/dev', 403],
  ])('that of the target %s counts too', async (target, status) => {
    expect(await answerTo(server, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toMatchObject({ status });
  });

  test('the address that the request arrived at is allowed, another one of this machine is not', async () => {
    // GIVEN
    const outer = Object.values(networkInterfaces()).flat().find((each) => each && !each.internal && each.family === 'IPv4')?.address;
    if (outer === undefined) return;

    // THEN
    expect(await statuses(server, `Host: ${outer}:${server.port}`)).toEqual([403, 403]);
  });

  test('paths that lead nowhere, and bodies, are of no interest', async () => {
    const answer = await answerTo(server, 'POST /nope HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n');
    expect(answer.status).toBe(403);
  });

  test('a body that is announced is not requested', async () => {
    const answer = await answerTo(server, 'POST /dev/@connections/x HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    expect(answer.status).toBe(403);
    expect(answer.head).toContain('Connection: close');
  });

  test('after a synthesis, the domains of the new app are allowed and those of the old one are not', async () => {
    // GIVEN
    const changing = await TestServer.start(SERVED, () => ({ statusCode: 200 }));
    const renamed = app(api([route('$connect')], { apiId: 'ffgghhiijj', stages: [stage({ mappings: [{ domainName: 'new.example.com', mappingKey: '' }] })] }));

    // WHEN
    await changing.update(renamed);

    // THEN
    const hosts = ['new.example.com', 'ffgghhiijj.execute-api.eu-west-1.amazonaws.com', 'ws.example.com', 'aabbccddee.execute-api.eu-west-1.amazonaws.com'];
    const answers = await Promise.all(hosts.map((host) => answerTo(changing, `GET /dev HTTP/1.1\r\nHost: ${host}\r\n\r\n`)));
    expect(answers.map(({ message }) => message?.includes('is refused') ?? false)).toEqual([false, false, true, true]);
    await changing.stop();
  });
});

describe('Origin', () => {
  const from = (of: TestServer, ...origins: string[]): Promise<number[]> => statuses(of, `Host: localhost:${of.port}`, ...origins.map((origin) => `Origin: ${origin}`));

  test.each([
    'http://localhost:5173', 'https://localhost', 'http://127.0.0.1:8080', 'http://[::1]:3000', 'http://chat.localhost:3000', 'https://ws.example.com',
    'https://aabbccddee.execute-api.eu-west-1.amazonaws.com',
  ])('%s is allowed', async (origin) => {
    expect(await from(server, origin)).toEqual(SERVES);
  });

  test('none is allowed: backends and command lines have none', async () => {
    expect(await from(server)).toEqual(SERVES);
  });

  test.each(['https://app.example.org', 'HTTPS://APP.EXAMPLE.ORG:443', 'null', 'capacitor://localhost', 'http://my-machine.lan:5173'])(
    '%s is allowed if the developer says so, and only then', async (origin) => {
      expect(await from(lenient, origin)).toEqual(SERVES);
      expect(await from(server, origin)).toEqual([403, 403]);
    });

  test.each([
    'https://evil.example', 'http://localhost.evil.example', 'http://localhost:3001.evil.example', 'http://localhost@evil.example', 'file://', 'ftp://localhost',
    'chrome-extension://abcdefghijklmnop', 'vscode-webview://localhost', 'http://app.example.org', 'https://app.example.org:8443', 'https://sub.app.example.org',
    'https://app.example.org https://evil.example', '*', '',
  ])('%j is refused before anything runs', async (origin) => {
    expect(await from(lenient, origin)).toEqual([403, 403]);
    expect(lenient.invoker.events).toEqual([]);
  });

  test('two of them are 400, also the same twice', async () => {
    expect(await from(server, 'http://localhost', 'http://localhost')).toEqual([400, 400]);
  });

  test('a page of another site that does not say which it is is refused', async () => {
    expect(await statuses(server, 'Host: localhost', 'Sec-Fetch-Site: cross-site')).toEqual([403, 403]);
    expect(await statuses(server, 'Host: localhost', 'Sec-Fetch-Site: cross-site', 'Origin: http://localhost:5173')).toEqual(SERVES);
    expect(await statuses(server, 'Host: localhost', 'Sec-Fetch-Site: none')).toEqual(SERVES);
  });

  test('the answer permits no page to read it', async () => {
    const preflight = (origin: string): string => `OPTIONS /dev/@connections/x HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n\r\n`;
    const answers = await Promise.all(['https://evil.example', 'http://localhost:5173'].map((origin) => answerTo(server, preflight(origin))));
    expect(answers.map(({ head }) => /access-control/i.test(head))).toEqual([false, false]);
  });
});

describe('the reason', () => {
  const HOST = 'the Host "evil.example" is refused: neither this machine nor the app has that name, and any web page could use one of its own to reach the '
    + 'gateway (DNS rebinding); to allow it: --allow-host evil.example (startGateway: allowedHosts)';
  const ORIGIN = 'the Origin "https://evil.example" is refused: any web page could run every route with your credentials; to allow it: '
    + '--allow-origin https://evil.example (startGateway: allowedOrigins)';

  test('the client hears in one line why, and how to allow it', async () => {
    const handshake = upgradeRequest(server.port, '/dev', ['Origin: https://evil.example']);
    const answers = await Promise.all([handshake, 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'].map((request) => answerTo(server, request)));
    expect(answers).toMatchObject([{ status: 403, message: ORIGIN }, { status: 403, message: HOST }]);
    expect(answers.map(({ head }) => /x-amzn-errortype: (\w+)/i.exec(head)?.[1])).toEqual(['ForbiddenException', 'ForbiddenException']);
  });

  test('so does the developer, once for each host and origin, and not without end', async () => {
    // GIVEN
    const fresh = await TestServer.start(SERVED, () => ({ statusCode: 200 }));
    const names = Array.from({ length: 30 }, (_, index) => `h${index}.evil.example`);

    // WHEN
    for (const name of ['evil.example', 'evil.example', ...names]) await answerTo(fresh, `GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);

    // THEN
    expect(fresh.observed).toHaveLength(21);
    expect(fresh.observed[0]).toEqual({ type: 'notice', time: expect.any(Number), code: 'host-refused', subject: 'evil.example', text: HOST });
    expect(fresh.observed[20]).toMatchObject({ text: expect.stringMatching(/allowedHosts\); further refusals are not reported$/) });
    await fresh.stop();
  });

  test('an origin that is none is quoted, and not offered as an option', async () => {
    const { message } = await answerTo(server, 'GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a;$(reboot)\r\n\r\n');
    expect(message).toBe('the Origin "https://a;$(reboot)" is refused: any web page could run every route with your credentials; it is not an origin such as '
      + 'https://app.example.com');
  });
});

describe('a page in a browser', () => {
  // Newer browsers would refuse some of it themselves, which older and other ones do not.
  const CHROMIUM = ['--host-resolver-rules=MAP *.example 127.0.0.1', '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'];

  /** Serves an empty page. */
  async function pages(): Promise<http.Server> {
    const listening = http.createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'));
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return listening;
  }

  /** What a page gets by a WebSocket, and by a request that needs no preflight and whose answer it may not read. */
  async function tries(page: Page, host: string): Promise<{ socket: string; fetched: string }> {
    return page.evaluate(`(async () => {
      const socket = await new Promise((resolve) => {
        const client = new WebSocket('ws://${host}/dev');
        client.onopen = () => client.send('hi');
        client.onmessage = ({ data }) => resolve(data);
        client.onerror = () => resolve('refused');
      });
      const fetched = await fetch('http://${host}/dev/@connections/x', { method: 'POST', mode: 'no-cors', body: 'hi' })
        .then(async (response) => response.type === 'opaque' ? 'opaque' : response.status + ' ' + response.headers.get('x-amzn-errortype'), () => 'failed');
      return { socket, fetched };
    })()`);
  }

  browserTest('of another origin reaches nothing; one of this machine does', async () => {
    const elsewhere = await pages();
    const { port } = elsewhere.address() as AddressInfo;
    await withPage(async (page) => {
      // WHEN
      await page.goto(`http://evil.example:${port}/`);
      expect(await tries(page, `localhost:${server.port}`)).toMatchObject({ socket: 'refused' });
      expect(await tries(page, `127.0.0.1:${server.port}`)).toMatchObject({ socket: 'refused' });

      // THEN
      expect(server.invoker.events).toEqual([]);
      expect(server.observed.filter(({ type }) => type !== 'notice')).toEqual([]);

      // WHEN
      await page.goto(`http://localhost:${port}/`);

      // THEN
      expect(await tries(page, `localhost:${server.port}`)).toMatchObject({ socket: 'hi' });
      expect(await tries(page, `127.0.0.1:${server.port}`)).toMatchObject({ socket: 'hi' });
    }, CHROMIUM);
    elsewhere.close();
  });

  browserTest('whose own name leads to the gateway (DNS rebinding) reaches nothing', () => withPage(async (page) => {
    // GIVEN
    const fresh = await TestServer.start(SERVED, () => ({ statusCode: 200 }));
    const own = `evil.example:${fresh.port}`;
    await page.route(`http://${own}/page`, (intercepted) => intercepted.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(`http://${own}/page`);

    // THEN
    expect(await tries(page, own)).toEqual({ socket: 'refused', fetched: '403 ForbiddenException' });
    expect(fresh.invoker.events).toEqual([]);
    expect(fresh.observed).toMatchObject([{ type: 'notice', code: 'host-refused', subject: 'evil.example' }]);
    await fresh.stop();
  }, CHROMIUM));
});
