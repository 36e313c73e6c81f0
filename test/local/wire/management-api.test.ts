import {
  ApiGatewayManagementApiClient, DeleteConnectionCommand, ForbiddenException, GetConnectionCommand, GoneException, LimitExceededException,
  PayloadTooLargeException, PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { call, sdk, secureSdk, SIGNED } from './_helpers/backend';
import { RawClient } from './_helpers/raw-client';
import { managementPath } from '../../../lib/local/wire/management-api';
import { api, app, Handler, route, stage, TestClient, TestServer, until } from '../_helpers/local-server';

const UNKNOWN = 'PJqB0fHsqRcCHlw=';

let server: TestServer;
let client: TestClient;
let id: string;
let backend: ApiGatewayManagementApiClient;
/** What `$connect` does in the test at hand. */
let onConnect: Handler;

beforeEach(async () => {
  onConnect = () => ({ statusCode: 200 });
  const stages = [stage(), stage({ name: 'prod', mappings: [{ domainName: 'api.example.com', mappingKey: 'chat' }] })];
  server = await TestServer.start(app(api([route('$connect'), route('$default', { twoWay: true })], { stages })), (event) => {
    return event.requestContext.routeKey === '$connect' ? onConnect(event) : { statusCode: 200, body: event.body };
  });
  client = await server.connect('/dev', { headers: { 'User-Agent': 'Mozilla/5.0' } });
  id = server.invoker.events[0].requestContext.connectionId;
  backend = sdk(server);
});
afterEach(() => server.stop());

function post(Data: string | Uint8Array, ConnectionId = id): Promise<unknown> {
  return backend.send(new PostToConnectionCommand({ ConnectionId, Data }));
}

/** What a call fails with. */
function failure(sent: Promise<unknown>): Promise<Error> {
  return sent.then(() => { throw new Error('it did not fail'); }, (error: Error) => error);
}

describe('POST', () => {
  test('6.1, 6.2, 6.3: the SDK posts; the client gets a message, and the answer is an empty 200', async () => {
    // WHEN
    const reply = await post('hello ✓');

    // THEN
    expect(reply).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    expect(await client.next()).toBe('hello ✓');
    expect(server.requests('post')).toEqual([{
      type: 'post',
      time: expect.any(Number),
      connectionId: id,
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
      api: 'Api',
      stage: 'dev',
      status: 200,
      duration: expect.any(Number),
      bytesIn: 9,
      bytesOut: 0,
    }]);
  });

  test('6.1: by https too', async () => {
    await (await secureSdk(server)).send(new PostToConnectionCommand({ ConnectionId: id, Data: 'secure' }));
    expect(await client.next()).toBe('secure');
  });

  test('6.12: bytes and the empty body are text frames', async () => {
    const kinds: boolean[] = [];
    client.socket.on('message', (_data, isBinary) => kinds.push(isBinary));
    await post(new Uint8Array([0x7b, 0x7d]));
    await post('');
    expect([await client.next(), await client.next(), kinds]).toEqual(['{}', '', [false, false]]);
  });

  test('6.13: the posts of one caller arrive in their order', async () => {
    const texts = Array.from({ length: 50 }, (_none, i) => String(i));
    for (const text of texts) await post(text);
    const received: string[] = [];
    while (received.length < texts.length) received.push(await client.next());
    expect(received).toEqual(texts);
  });

  test('6.11: 131072 bytes are one message, one more is PayloadTooLargeException', async () => {
    // WHEN
    await post('x'.repeat(131_072));
    const error = await failure(post('x'.repeat(131_073)));

    // THEN
    expect((await client.next()).length).toBe(131_072);
    expect(error).toBeInstanceOf(PayloadTooLargeException);
    expect(error).toMatchObject({ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } });
    expect(await client.silence(10)).toEqual([]);
  });

  test('6.11: a body of megabytes is read to the end, so that the caller hears the answer', async () => {
    expect(await failure(post(new Uint8Array(8 * 1024 * 1024)))).toBeInstanceOf(PayloadTooLargeException);
  });

  test('6.9: posts to a client that reads nothing end in a LimitExceededException', async () => {
    // GIVEN
    client.socket.pause();

    // WHEN
    let error: unknown;
    for (let i = 0; i < 200 && error === undefined; i++) {
      error = await post('x'.repeat(131_072)).then(() => undefined, (thrown: unknown) => thrown);
    }

    // THEN
    expect(error).toBeInstanceOf(LimitExceededException);
    client.socket.terminate();
  });

  test('6.3: a caller that goes away in the middle has posted nothing', async () => {
    // GIVEN
    const caller = await RawClient.open(server.port);
    const head = [
      `POST /dev/@connections/${id} HTTP/1.1`, 'Host: localhost', `Authorization: ${SIGNED.Authorization}`, 'Content-Length: 100', '', '',
    ];

    // WHEN
    caller.socket.write(`${head.join('\r\n')}half of it`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    caller.socket.destroy();

    // THEN
    expect(await client.silence()).toEqual([]);
    expect(server.requests('post')).toEqual([]);
  });
});

describe('GET', () => {
  test('6.3, 6.4: the answer says when the client connected, from where, and when it was last active', async () => {
    // WHEN
    const before = await backend.send(new GetConnectionCommand({ ConnectionId: id }));
    server.server.connections.get(id)!.lastActiveAt = 0;
    await client.ask('hi');
    const after = await backend.send(new GetConnectionCommand({ ConnectionId: id }));

    // THEN
    const ConnectedAt = new Date(server.invoker.events[0].requestContext.connectedAt as number);
    const Identity = { SourceIp: '127.0.0.1', UserAgent: 'Mozilla/5.0' };
    expect(before).toMatchObject({ ConnectedAt, LastActiveAt: ConnectedAt, Identity });
    expect(after.LastActiveAt!.getTime()).toBeGreaterThanOrEqual(ConnectedAt.getTime());
  });

  test('6.4: names in camel case, dates as ISO 8601, no user agent if there was none', async () => {
    // GIVEN
    await server.connect();
    const { requestContext: { connectionId } } = server.eventsOf('$connect')[1];

    // WHEN
    const { status, headers, body } = await call(server, 'GET', `/dev/@connections/${connectionId}`);

    // THEN
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([status, headers['content-type'], JSON.parse(body)]).toEqual([
      200, 'application/json', { connectedAt: date, identity: { sourceIp: '127.0.0.1' }, lastActiveAt: date },
    ]);
  });
});

test('6.3, 6.14: DELETE is 204, the client is closed with 1000, and the id is gone at once', async () => {
  // WHEN
  const reply = await backend.send(new DeleteConnectionCommand({ ConnectionId: id }));

  // THEN
  expect(reply).toMatchObject({ $metadata: { httpStatusCode: 204 } });
  expect(await failure(post('x'))).toBeInstanceOf(GoneException);
  expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
});

describe('a connection that is not there', () => {
  test('2.13, 6.5: during $connect the id is gone for POST, and a moment later it is not', async () => {
    // GIVEN
    let during: unknown;
    onConnect = async ({ requestContext: { connectionId } }) => {
      during = await failure(post('too early', connectionId));
      return { statusCode: 200 };
    };

    // WHEN
    const second = await server.connect();
    await post('in time', server.eventsOf('$connect')[1].requestContext.connectionId);

    // THEN
    expect(during).toBeInstanceOf(GoneException);
    expect(await second.next()).toBe('in time');
  });

  test.each([
    ['POST', (ConnectionId: string) => new PostToConnectionCommand({ ConnectionId, Data: 'x' })],
    ['GET', (ConnectionId: string) => new GetConnectionCommand({ ConnectionId })],
    ['DELETE', (ConnectionId: string) => new DeleteConnectionCommand({ ConnectionId })],
  ])('6.6, 6.8: %s of an id that is closed or never was is GoneException', async (_method, command) => {
    // GIVEN
    await client.close();
    await until(() => server.requests('disconnect').length === 1);

    // THEN
    for (const gone of [id, UNKNOWN]) {
      const error = await failure(backend.send(command(gone) as PostToConnectionCommand));
      expect(error).toBeInstanceOf(GoneException);
      expect(error).toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
    }
  });

  test('6.6: so is a connection of another stage', async () => {
    const lost = sdk(server, '/prod').send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' }));
    expect(await failure(lost)).toBeInstanceOf(GoneException);
    expect(server.requests('post').map(({ stage: name, status, reason }) => [name, status, reason])).toEqual([
      ['prod', 410, `this connection belongs to stage dev; its callback URL is https://localhost:${server.port}/dev`],
    ]);
  });

  test('6.6: so is one that is being closed', async () => {
    client.socket.pause();
    client.send(Buffer.from('binary'));
    await until(() => !server.server.connections.get(id)?.isOpen);
    expect(await failure(post('x'))).toBeInstanceOf(GoneException);
    client.socket.terminate();
  });

  test('6.8: 410 has no body, and the header names the error', async () => {
    const { status, headers, body } = await call(server, 'POST', `/dev/@connections/${UNKNOWN}`);
    expect([status, body]).toEqual([410, '']);
    expect(headers).toMatchObject({ 'x-amzn-errortype': 'GoneException', 'content-length': '0' });
    expect(headers).not.toHaveProperty('content-type');
  });

  test.each(['abc', 'PJqB0fHsqRcCHlw', 'PJqB0fHsqRcCHlw%3D%3D', '%zz', '[object%20Object]'])('6.7: %s is not an id', async (malformed) => {
    const { status, headers, body } = await call(server, 'POST', `/dev/@connections/${malformed}`);
    const shown = malformed === '%zz' ? malformed : decodeURIComponent(malformed);
    expect([status, headers['x-amzn-errortype']]).toEqual([400, 'BadRequestException']);
    expect(JSON.parse(body)).toEqual({ message: `Invalid connectionId: ${shown}` });
  });
});

describe('paths', () => {
  test('6.2: @ and =, as they are or percent-encoded', async () => {
    for (const path of ['@connections', '%40connections']) {
      for (const form of [id, encodeURIComponent(id)]) {
        expect(await call(server, 'POST', `/dev/${path}/${form}`, { headers: SIGNED, body: path })).toMatchObject({ status: 200, body: '' });
        expect(await client.next()).toBe(path);
      }
    }
  });

  test('6.15: by a custom domain, with the mapping key and without the stage', async () => {
    // GIVEN
    const host = { Host: 'api.example.com' };
    const mapped = await server.connect('/chat', { headers: host });
    const { requestContext: { connectionId } } = server.eventsOf('$connect')[1];
    const ask = async (path: string): Promise<string> => {
      const head = [
        `POST ${path} HTTP/1.1`, 'Host: api.example.com', `Authorization: ${SIGNED.Authorization}`, 'Content-Length: 2', 'Connection: close',
      ];
      return RawClient.ask(server.port, `${head.join('\r\n')}\r\n\r\nhi`);
    };

    // THEN
    expect(await ask(`/chat/@connections/${connectionId}`)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(await mapped.next()).toBe('hi');
    // 6.10
    const wrong = await ask(`/chat/prod/@connections/${connectionId}`);
    expect(wrong).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
    const message = `No method found matching route chat/prod/@connections/${connectionId} for http method POST.`;
    expect(wrong.split('\r\n\r\n')[1]).toBe(JSON.stringify({ message }));
  });

  test.each([
    ['no stage', '/@connections/ID'], ['an unknown stage', '/nope/@connections/ID'], ['something before it', '/dev/more/@connections/ID'],
    ['something behind it', '/dev/@connections/ID/more'], ['no id', '/dev/@connections/'], ['nothing behind it', '/dev/@connections'],
  ])('6.10: %s is Forbidden', async (_what, path) => {
    const { status, headers, body } = await call(server, 'POST', path.replace('ID', id));
    expect([status, headers['x-amzn-errortype'], body]).toEqual([403, 'ForbiddenException', '{"message":"Forbidden"}']);
    expect(await client.silence(5)).toEqual([]);
  });

  test.each(['PUT', 'PATCH', 'OPTIONS'])('6.1, 9.2: %s is Forbidden: only POST, GET and DELETE are calls', async (method) => {
    expect(await call(server, method, `/dev/@connections/${id}`)).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  });

  test('6.10: to the SDK a wrong stage is ForbiddenException, and the right endpoint is reported', async () => {
    // WHEN
    const error = await failure(sdk(server, '/nope').send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' })));

    // THEN
    const origin = `https://localhost:${server.port}`;
    expect(error).toBeInstanceOf(ForbiddenException);
    expect(server.requests('post')).toEqual([{
      type: 'post',
      time: expect.any(Number),
      connectionId: id,
      requestId: (error as ForbiddenException).$metadata.requestId,
      status: 403,
      duration: expect.any(Number),
      bytesIn: 0,
      bytesOut: 0,
      reason: `no stage is served at /nope: the endpoints of @connections are ${origin}/dev, ${origin}/prod, ${origin}/chat`,
    }]);
  });

  test('6.10: an unsigned call is Forbidden, and the reason is reported', async () => {
    // WHEN
    const reply = await call(server, 'POST', `/dev/@connections/${id}`, { body: 'x' });

    // THEN
    expect(reply).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(server.requests('post')).toMatchObject([{
      status: 403, reason: 'the request is not signed: it has neither an Authorization header nor X-Amz-Algorithm in its query string',
    }]);
  });

  test('6.1: a signed query string is signed too', async () => {
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20231129/eu-west-1/execute-api/aws4_request',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': '0'.repeat(64),
    });
    expect(await call(server, 'POST', `/dev/@connections/${id}?${query.toString()}`, { body: 'x' })).toMatchObject({ status: 200 });
  });
});

test.each([
  ['/@connections/x', true], ['/%40connections/x', true], ['/@connections', true],
  ['/@Connections/x', false], ['/@connectionsx', false], ['/a/@connections/x', false], ['', false],
])('6.2: %j is a path of @connections: %j', (rest, is) => {
  const found = managementPath(rest);
  expect(found?.at === 0 && found.isLowerCase).toBe(is);
});
