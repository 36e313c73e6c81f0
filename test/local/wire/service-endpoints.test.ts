import * as http from 'http';
import { networkInterfaces } from 'os';
import { api, app, route, TestServer } from '../_helpers/local-server';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(app(api([route('$connect')])), () => ({ statusCode: 200 }), {
    allowedOrigins: ['https://app.example.org'], allowedHosts: ['chat.tunnel.example'],
  });
  server.server.services.register('sample', (request, response, rest) => {
    request.resume();
    response.end(`${request.method} ${rest}`);
  });
});
afterAll(() => server.stop());

/** The header of a call that has the form of a signature. */
function signed(service = 'sample'): { Authorization: string } {
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231129/eu-west-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, `
      + `Signature=${'0'.repeat(64)}`,
  };
}

interface Answer {
  readonly status?: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` sets neither `Host` nor the address that it calls from. */
async function call(path: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: server.port, path, method: 'POST', agent: false, headers: signed(), ...options });
    request.on('error', reject).on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => body += chunk);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    }).end(options.method === 'OPTIONS' ? undefined : '{}');
  });
}

test.each([
  ['/.aws/sample', '/'],
  ['/.aws/sample/', '/'],
  ['/.aws/sample/2015-03-31/functions/a%3Ab/invocations?Qualifier=live', '/2015-03-31/functions/a%3Ab/invocations?Qualifier=live'],
  ['/.aws/sample?x=1', '/?x=1'],
])('%s reaches the service, with %s', async (path, rest) => {
  expect(await call(path)).toMatchObject({ status: 200, body: `POST ${rest}` });
});

test('a request target may be absolute', async () => {
  expect(await call(`http://localhost:${server.port}/.aws/sample/x`)).toMatchObject({ status: 200, body: 'POST /x' });
});

test('an unknown service is a clear 404', async () => {
  // WHEN
  const { status, headers, body } = await call('/.aws/sqs/', { headers: signed('sqs') });

  // THEN
  expect(status).toBe(404);
  expect(headers).toMatchObject({ 'x-amzn-errortype': 'UnknownOperationException', 'content-type': 'application/json' });
  expect(JSON.parse(body)).toEqual({
    __type: 'UnknownOperationException', message: 'there is no stand-in for the AWS service "sqs" here; there is /.aws/lambda, /.aws/sample',
  });
});

test.each(['/.aws', '/.awsome/sample', '/dev/.aws/sample', '/.AWS/sample'])('%s is not a service', async (path) => {
  expect(await call(path)).toMatchObject({ body: expect.not.stringMatching(/stand-in|POST/) });
});

describe('signatures', () => {
  test.each([
    ['none', {}, 'the request is not signed: it has no Authorization header'],
    ['another scheme', { Authorization: 'Bearer abc' }, 'the Authorization header does not start with AWS4-HMAC-SHA256'],
    ['another service', signed('execute-api'), 'the signature is for the service execute-api, not for sample'],
    ['no scope', { Authorization: signed().Authorization.replace('/sample/aws4_request', '') },
      'the credential of the signature is not <access key>/<date>/<region>/sample/aws4_request'],
    ['no digits', { Authorization: signed().Authorization.replace(/0+$/, 'x') }, 'the signature is not 64 hexadecimal digits'],
  ])('%s is refused', async (_, headers, reason) => {
    const answer = await call('/.aws/sample/', { headers });
    expect(answer).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'IncompleteSignatureException' } });
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'IncompleteSignatureException',
      message: `${reason}; the gateway checks the form of a signature only, so that any access key is as good as another`,
    });
  });

  test('a signature in the query string, which any web page could send, is refused', async () => {
    const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20231129%2Feu-west-1%2Fsample%2Faws4_request'
      + `&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`;
    expect(await call(`/.aws/sample/?${query}`, { headers: {} })).toMatchObject({ status: 403 });
  });
});

describe('visitors', () => {
  test('of a web page are refused', async () => {
    const { status, body } = await call('/.aws/sample/', { headers: { ...signed(), Origin: 'https://evil.example' } });
    expect(status).toBe(403);
    expect(body).toContain('the Origin \\"https://evil.example\\" is refused');
  });

  test('of a page that rebinds its own name are refused', async () => {
    const { status, body } = await call('/.aws/sample/', { headers: { ...signed(), Host: `evil.example:${server.port}` } });
    expect(status).toBe(403);
    expect(body).toContain('the Host \\"evil.example\\" is refused');
  });

  test.each(['https://app.example.org', 'http://localhost:5173'])('of an allowed page, %s, get no CORS header, so that its browser sends nothing signed', async (Origin) => {
    // WHEN
    const preflight = await call('/.aws/sample/', {
      method: 'OPTIONS', headers: { Origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    });
    const answer = await call('/.aws/sample/', { headers: { ...signed(), Origin } });

    // THEN
    expect(preflight.status).toBe(403);
    for (const { headers } of [preflight, answer]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test.each([
    ['a public name that clients may ask for', { Host: 'chat.tunnel.example' }],
    ['X-Forwarded-For', { 'X-Forwarded-For': '203.0.113.7' }],
    ['X-Forwarded-Host', { 'X-Forwarded-Host': 'chat.tunnel.example' }],
    ['Forwarded', { Forwarded: 'for=203.0.113.7' }],
    ['X-Real-IP', { 'X-Real-IP': '203.0.113.7' }],
  ])('through a tunnel or a proxy on this machine are refused: %s', async (_, headers) => {
    expect(await call('/.aws/sample/', { headers: { ...signed(), ...headers } })).toMatchObject({
      status: 403, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'the stand-ins for AWS services are for programs on the machine of the gateway' }),
    });
  });

  test('ask for the name at which the gateway was told to listen, too', async () => {
    server.server.machine.host = 'chat.tunnel.example';
    expect(await call('/.aws/sample/', { headers: { ...signed(), Host: `chat.tunnel.example:${server.port}` } })).toMatchObject({ status: 200 });
    server.server.machine.host = '127.0.0.1';
  });

  test('of another machine are refused', async () => {
    // GIVEN: a peer with another address than this one's loopback
    const outer = Object.values(networkInterfaces()).flat().find((each) => each && !each.internal && each.family === 'IPv4')?.address;
    if (outer === undefined) return;

    // THEN
    expect(await call('/.aws/sample/', { localAddress: outer })).toMatchObject({
      status: 403, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'the stand-ins for AWS services are for programs on the machine of the gateway' }),
    });
  });
});
