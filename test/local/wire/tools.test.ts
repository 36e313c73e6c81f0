import * as http from 'http';
import * as https from 'https';
import { networkInterfaces } from 'os';
import { WebSocket } from 'ws';
import { ToolCall } from '../../../lib/local/wire/tools';
import { api, app, route, stage, testCertificate, TestServer } from '../_helpers/local-server';

let server: TestServer;
/** The calls that passed. */
let calls: ToolCall[];
beforeAll(async () => {
  server = await TestServer.start(app(api([route('$connect')])), () => ({ statusCode: 200 }), {
    allowedOrigins: ['https://app.example.org'], allowedHosts: ['chat.tunnel.example'],
  });
  const { tools } = server.server;
  tools.register('', ({ rest }) => (rest === '' ? { status: 200, text: '<p>page</p>', type: 'text/html; charset=utf-8' } : { status: 404 }));
  tools.register('sample', (passed) => {
    calls.push(passed);
    const { method, rest, query, body, origin } = passed;
    return method === 'DELETE' ? { status: 204 } : { status: 200, json: { rest, query: [...query], body, origin } };
  });
  tools.register('wrong', () => { throw Object.assign(new Error('there is no fault "x"'), { status: 400 }); });
  tools.register('broken', () => Promise.reject(new Error('a defect')));
});
afterAll(() => server.stop());
beforeEach(() => { calls = []; });

interface Answer {
  readonly status?: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` sets neither `Host` nor `Origin`, nor the address that it calls from. */
async function call(path: string, { body, ...options }: https.RequestOptions & { readonly body?: string } = {}): Promise<Answer> {
  const { request } = options.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => text += chunk);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    }).on('error', reject).end(body);
  });
}

const JSON_POST = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"fault":"x"}' };

describe('what passes', () => {
  test.each([
    ['/_ws/sample', '', []],
    ['/_ws/sample/', '/', []],
    ['/_ws/sample/a%2Fb/close?x=1&y=%20', '/a%2Fb/close', [['x', '1'], ['y', ' ']]],
  ])('GET %s', async (path, rest, query) => {
    expect(JSON.parse((await call(path)).body)).toEqual({ rest, query, origin: `http://127.0.0.1:${server.port}` });
  });

  test('a POST with JSON', async () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect(JSON.parse((await call('/_ws/sample', { ...JSON_POST, headers })).body)).toMatchObject({ body: { fault: 'x' } });
  });

  test('a DELETE', async () => {
    expect(await call('/_ws/sample', { method: 'DELETE' })).toMatchObject({ status: 204, body: '' });
  });

  test.each(['/_ws', '/_ws/'])('%s is the page', async (path) => {
    expect(await call(path)).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<p>page</p>' });
  });

  test('the same over https', async () => {
    const { body } = await call('/_ws/sample', { protocol: 'https:', ca: (await testCertificate()).cert });
    expect(JSON.parse(body)).toMatchObject({ origin: `https://127.0.0.1:${server.port}` });
  });

  test.each(['same-origin', 'none'])('what the page itself and the address bar send: Sec-Fetch-Site: %s', async (site) => {
    const headers = { ...JSON_POST.headers, 'Host': `localhost:${server.port}`, 'Sec-Fetch-Site': site, 'Origin': `http://localhost:${server.port}` };
    expect(await call('/_ws/sample', { ...JSON_POST, headers })).toMatchObject({ status: 200 });
  });
});

describe('what is refused', () => {
  const notHere = '/_ws is for the machine of the gateway only: call localhost there, and not through a proxy';
  const ofPage = (page: string): string => `/_ws answers no page but its own, and this request comes from ${page}`;

  test.each([
    ['a page of an allowed origin', { Origin: 'https://app.example.org' }, ofPage('"https://app.example.org"')],
    ['a page at another port of this machine', { Origin: 'http://localhost:5173' }, ofPage('"http://localhost:5173"')],
    ['a page of the same host by https', { Origin: 'https://localhost' }, ofPage('"https://localhost"')],
    ['a cross-site request with an allowed origin', { 'Origin': 'https://app.example.org', 'Sec-Fetch-Site': 'cross-site' }, ofPage('another (Sec-Fetch-Site: cross-site)')],
    ['a same-site request', { 'Sec-Fetch-Site': 'same-site' }, ofPage('another (Sec-Fetch-Site: same-site)')],
    ['two values of Sec-Fetch-Site', { 'Sec-Fetch-Site': ['same-origin', 'cross-site'] }, ofPage('another (Sec-Fetch-Site: same-origin, cross-site)')],
    ['a name by which others reach the gateway', { Host: 'chat.tunnel.example' }, notHere],
    ['X-Forwarded-For', { 'X-Forwarded-For': '127.0.0.1' }, notHere],
    ['X-Forwarded-Host', { 'X-Forwarded-Host': 'localhost' }, notHere],
    ['Forwarded', { Forwarded: 'for=127.0.0.1' }, notHere],
    ['X-Real-IP', { 'X-Real-IP': '127.0.0.1' }, notHere],
    ['Via', { Via: '1.1 proxy' }, notHere],
  ])('%s', async (_what, headers: http.OutgoingHttpHeaders, message) => {
    for (const request of [{ headers }, { ...JSON_POST, headers: { ...JSON_POST.headers, ...headers } }]) {
      expect(await call('/_ws/sample', request)).toMatchObject({ status: 403, body: JSON.stringify({ message }) });
    }
    expect(calls).toEqual([]);
  });

  test.each([
    ['a foreign page', { Origin: 'https://evil.example' }],
    ['a page without an origin', { Origin: 'null' }],
    ['a page that does not say which it is', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a page that rebinds its own name', { Host: 'evil.example' }],
  ])('%s, as at every path', async (_what, headers: http.OutgoingHttpHeaders) => {
    expect(await call('/_ws/sample', { headers })).toMatchObject({ status: 403, body: expect.stringContaining('is refused') });
    expect(calls).toEqual([]);
  });

  test('another machine', async () => {
    // GIVEN: a peer with another address than this one's loopback
    const outer = Object.values(networkInterfaces()).flat().find((each) => each && !each.internal && each.family === 'IPv4')?.address;
    if (outer === undefined) return;

    // THEN
    expect(await call('/_ws/sample', { localAddress: outer })).toMatchObject({ status: 403, body: JSON.stringify({ message: notHere }) });
  });

  test.each([
    ['text/plain', '{"fault":"x"}'],
    ['application/x-www-form-urlencoded', 'fault=x'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['text/plain; application/json', '{}'],
    ['application/jsonp', '{}'],
    [undefined, '{}'],
  ])('a POST that browsers send to other origins without asking: %s', async (type, body) => {
    const headers = type === undefined ? {} : { 'Content-Type': type };
    expect(await call('/_ws/sample', { method: 'POST', headers, body })).toMatchObject({
      status: 415, body: JSON.stringify({ message: 'a POST has a body of the Content-Type application/json' }),
    });
    expect(calls).toEqual([]);
  });

  test.each([['', 400, 'the body is not JSON'], ['{"fault":', 400, 'the body is not JSON'], [`"${'x'.repeat(1_048_576)}"`, 413, 'the body has more than 1048576 bytes']])(
    'a body that is no JSON, or too long', async (body, status, message) => {
      expect(await call('/_ws/sample', { ...JSON_POST, body })).toMatchObject({ status, body: JSON.stringify({ message }) });
      expect(calls).toEqual([]);
    });

  test.each(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE'])('%s', async (method) => {
    const { status, headers, body } = await call('/_ws/sample', { method });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, POST, DELETE' });
    expect(body).toBe(method === 'HEAD' ? '' : JSON.stringify({ message: `${method} is not served: /_ws takes GET, POST, DELETE` }));
    expect(calls).toEqual([]);
  });

  test('a WebSocket', async () => {
    const socket = new WebSocket(server.url('/_ws/sample'));
    const status = await new Promise((resolve) => socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)));
    expect(status).toBe(403);
    expect(calls).toEqual([]);
  });
});

test('every answer is for the page alone, and lets nothing else run in it', async () => {
  const answers = [
    await call('/_ws'), await call('/_ws/nothing'), await call('/_ws/sample', JSON_POST), await call('/_ws/broken'),
    await call('/_ws/sample', { headers: { Origin: 'https://app.example.org' } }),
    await call('/_ws/sample', { method: 'OPTIONS', headers: { 'Origin': 'https://app.example.org', 'Access-Control-Request-Method': 'POST' } }),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'content-security-policy': 'default-src \'none\'; script-src \'self\'; style-src \'self\'; connect-src \'self\'; img-src \'self\' data:; '
        + 'base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

describe('a handler that fails', () => {
  test('by the fault of the caller', async () => {
    expect(await call('/_ws/wrong')).toMatchObject({ status: 400, body: JSON.stringify({ message: 'there is no fault "x"' }) });
  });

  test('by its own is a notice, and the gateway goes on', async () => {
    expect(await call('/_ws/broken')).toMatchObject({ status: 500, body: JSON.stringify({ message: 'a defect' }) });
    expect(server.observed).toContainEqual(expect.objectContaining({
      type: 'notice', code: 'tool-failed', subject: '/_ws/broken', text: expect.stringContaining('GET /_ws/broken failed: Error: a defect\n'),
    }));
  });
});

describe('paths of the user', () => {
  test.each([['/_wsx', 403], ['/dev/_ws', 426], ['/_WS', 403], ['/%5Fws/sample', 403], ['/x/_ws/sample', 403]])('%s', async (path, status) => {
    const answer = await call(path);
    expect(answer.status).toBe(status);
    expect(answer.headers).not.toHaveProperty('content-security-policy');
  });

  test.each([
    ['a stage', api([], { stages: [stage({ name: '_ws' })] })],
    ['a mapping key', api([], { stages: [stage({ mappings: [{ domainName: 'chat.example.com', mappingKey: '_ws' }] })] })],
    ['a mapping key of two levels', api([], { stages: [stage({ mappings: [{ domainName: 'chat.example.com', mappingKey: '_ws/sample' }] })] })],
  ])('%s that is called _ws, on its port', async (_what, taken) => {
    // GIVEN
    const other = await TestServer.start(app(taken), () => ({ statusCode: 200 }));
    other.server.tools.register('sample', () => ({ status: 200 }));

    // WHEN
    const answer = await call('/_ws/sample', { port: other.port });
    await other.stop();

    // THEN
    expect(answer).toMatchObject({ status: 426, body: '{"message":"Upgrade Required"}' });
  });

  test('at the default endpoint of an API', async () => {
    const headers = { Host: 'aabbccddee.execute-api.eu-west-1.amazonaws.com' };
    expect(await call('/_ws/sample', { headers })).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  });
});
