import * as http from 'http';
import { AddressInfo } from 'net';
import { parseClaims, requestToken } from '../../../lib/local/command/token-command';
import { GatewayError } from '../../../lib/local/gateway-error';
import { freePorts } from '../../_helpers/free-ports';

describe('claims', () => {
  test.each<[string[], unknown]>([
    [['group=x'], { group: 'x' }],
    [['roles=["a","b"]', 'admin=true', 'level=5', 'nothing=null', 'of={"a":1}'], { roles: ['a', 'b'], admin: true, level: 5, nothing: null, of: { a: 1 } }],
    [['id="5"', 'zip=01234', 'account=123456789012345678901', 'rate=1e3', 'size=0x10'], {
      id: '5', zip: '01234', account: '123456789012345678901', rate: '1e3', size: '0x10',
    }],
    [['empty=', 'sum=a=b', 'scope=read write', 'broken=["a"', 'https://example.com/role=x'], {
      'empty': '', 'sum': 'a=b', 'scope': 'read write', 'broken': '["a"', 'https://example.com/role': 'x',
    }],
    [['line=a\nb', '\u001b=\u0007'], { 'line': 'a\nb', '\u001b': '\u0007' }],
    [['__proto__={"admin":true}'], JSON.parse('{"__proto__":{"admin":true}}')],
    [['formula=process.exit(1)'], { formula: 'process.exit(1)' }],
  ])('%j', (texts, claims) => {
    const parsed = parseClaims(texts);

    expect(parsed).toEqual(claims);
    expect(Object.keys(parsed!)).toEqual(Object.keys(claims as object));
  });

  test('none are none', () => {
    expect([parseClaims(), parseClaims([])]).toEqual([undefined, undefined]);
  });

  test.each([
    [['group'], '--claim must be name=value, got "group"; see cdk-websocket-service --help'],
    [['=x'], '--claim must be name=value, got "=x"; see cdk-websocket-service --help'],
    [['\u001b[2J'], '--claim must be name=value, got "\\u001b[2J"; see cdk-websocket-service --help'],
    [['a=1', 'a=2'], '--claim a is given twice; a list is given as JSON: --claim \'a=["a","b"]\'; see cdk-websocket-service --help'],
  ])('%j is an error', (texts, message) => {
    expect(() => parseClaims(texts)).toThrow(new GatewayError('INVALID_OPTION', message));
  });
});

describe('a token', () => {
  let server: http.Server;
  let port: number;
  let answer: { readonly status: number; readonly body: string; readonly headers?: http.OutgoingHttpHeaders };
  let asked: unknown;
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        asked = { method, url, type: headers['content-type'], body: Buffer.concat(chunks).toString() };
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));

  const ask = (): Promise<string> => requestToken({ host: '127.0.0.1', port, request: { sub: 'ann', claims: { group: 'x' } } });

  test('comes from the gateway', async () => {
    answer = { status: 200, body: '{"token":"aaa.bbb.c-_","expiresAt":1}' };

    expect(await ask()).toBe('aaa.bbb.c-_');
    expect(asked).toEqual({ method: 'POST', url: '/_ws/token', type: 'application/json', body: '{"sub":"ann","claims":{"group":"x"}}' });
  });

  test('is refused in the words of the gateway', async () => {
    answer = { status: 400, body: '{"message":"this gateway makes no tokens"}' };

    await expect(ask()).rejects.toThrow(new GatewayError('NO_TOKEN', 'this gateway makes no tokens'));
  });

  test.each([
    [{ status: 200, body: '<html>' }, 200], [{ status: 200, body: 'null' }, 200], [{ status: 404, body: '' }, 404],
    [{ status: 200, body: '{"token":"\\u001b[2J"}' }, 200], [{ status: 200, body: '{"token":"a.b.c; rm -rf"}' }, 200],
  ])('is none of what another server answers: %j', async (given, status) => {
    answer = given;

    await expect(ask()).rejects.toThrow(new GatewayError('NO_TOKEN', `http://127.0.0.1:${port}/_ws/token was answered by another program (status ${status})`));
  });

  test('is not looked for elsewhere', async () => {
    answer = { status: 307, body: '', headers: { location: 'http://127.0.0.2:1/_ws/token' } };

    await expect(ask()).rejects.toThrow(`no gateway answers at http://127.0.0.1:${port}/_ws/token`);
  });

  test.each([['127.0.0.1', '127.0.0.1'], ['::1', '[::1]']])('needs a gateway at %s', async (host, shown) => {
    const free = await freePorts(1);

    await expect(requestToken({ host, port: free, request: {} })).rejects.toThrow(new RegExp(
      `^no gateway answers at http://${shown.replace(/[[\]]/g, '\\$&')}:${free}/_ws/token \\(E\\w+\\); start one with `
      + 'cdk-websocket-service local --local-issuer, or give the --port of the one that runs$'));
  });
});
