import { request } from 'http';
import { RawClient, upgradeRequest } from './_helpers/raw-client';
import { Api, Integration, Route } from '../../../lib/local/assembly/local-app';
import {
  api, app, Handler, proxy, route, stage, TestClient, TestServer,
} from '../_helpers/local-server';

const ID = expect.stringMatching(/^[\w-]{15}=$/);

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** A server for one API that accepts by default. */
async function serve(served: Api, handlers: Handler | Record<string, Handler> = () => ({ statusCode: 200 })): Promise<TestServer> {
  const server = await TestServer.start(app(served), handlers);
  servers.push(server);
  return server;
}

/** The status of a handshake whose `$connect` function returns this. */
async function statusOf(result: unknown): Promise<number> {
  const server = await serve(api([route('$connect')]), () => result);
  return server.connect().then((client) => client.close().then(() => 101), ({ status }: { status: number }) => status);
}

describe('where a client may go', () => {
  let server: TestServer;
  beforeEach(async () => server = await serve(api([route('$connect')])));

  test.each(['/dev', '/dev/', '/dev?room=1', '/dev/?room=1'])('1.1.1, 1.1.2: %s is let in', async (path) => {
    const client = await server.connect(path);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test.each([
    '/dev/x', '/dev//', '/', '', '/prod', '/dev/@connections/PJqB0fHsqRcCHlw=',
  ])('1.1.2, 1.1.3: %j is Forbidden, and nothing runs', async (path) => {
    expect(await TestClient.refusal(server.url(path))).toEqual({
      status: 403,
      headers: {
        'connection': 'close',
        'content-length': '23',
        'content-type': 'application/json',
        'date': expect.any(String),
        'x-amzn-errortype': 'ForbiddenException',
        'x-amzn-requestid': ID,
      },
      body: '{"message":"Forbidden"}',
    });
    expect(server.invoker.events).toEqual([]);
  });

  test('1.1.8: a URL of 4096 characters passes, one more does not', async () => {
    // GIVEN
    const url = (length: number): string => `/dev?x=${'y'.repeat(length - '/dev?x='.length)}`;

    // THEN
    expect((await server.connect(url(4096))).socket.readyState).toBe(1);
    expect(await TestClient.refusal(server.url(url(4097)))).toMatchObject({ status: 414, body: '{"message":"Request-URI Too Long"}' });
    expect(await TestClient.refusal(server.url(url(60_000)))).toMatchObject({ status: 414 });
    expect(server.requests('connect').map(({ reason }) => reason)).toEqual([
      undefined,
      'the URL has 4097 characters; at most 4096 are allowed (1.1.8)',
      'the URL has 60000 characters; at most 4096 are allowed (1.1.8)',
    ]);
  });

  test('1.1.3: a mistyped URL is reported, with the id that the client got', async () => {
    // WHEN
    const { headers } = await TestClient.refusal(server.url('/prod'));

    // THEN
    expect(server.observed).toEqual([{
      type: 'connect',
      time: expect.any(Number),
      requestId: headers['x-amzn-requestid'],
      status: 403,
      duration: expect.any(Number),
      bytesIn: 0,
      bytesOut: 0,
      reason: 'no stage is served at /prod; there is /dev',
    }]);
  });
});

describe('custom domains', () => {
  let server: TestServer;
  beforeEach(async () => {
    const mappings = [{ domainName: 'api.example.com', mappingKey: 'chat' }, { domainName: 'api.example.com', mappingKey: 'chat/v2' }];
    server = await serve(api([route('$connect')], { stages: [stage({ mappings })] }));
  });

  test('1.1.5, 1.3.9: the mapping key leads to the stage, and the domain is in the event', async () => {
    // WHEN
    await server.connect('/chat', { headers: { Host: 'api.example.com' } });

    // THEN
    expect(server.invoker.events).toMatchObject([
      { headers: { Host: 'api.example.com' }, requestContext: { domainName: 'api.example.com', apiId: 'aabbccddee', stage: 'dev' } },
    ]);
  });

  test('1.1.5: the stage is not in the path of a domain', async () => {
    expect(await TestClient.refusal(server.url('/dev'), { headers: { Host: 'api.example.com' } })).toMatchObject({ status: 403 });
  });

  test('1.1.6: through a mapping key of several levels all header names are in lower case', async () => {
    // WHEN
    await server.connect('/chat/v2', { headers: { 'Host': 'api.example.com', 'X-Room': '1' } });

    // THEN
    const { headers, multiValueHeaders } = server.invoker.events[0] as unknown as Record<string, Record<string, unknown>>;
    expect(Object.keys(headers).sort()).toEqual([
      'host', 'sec-websocket-key', 'sec-websocket-version',
      'x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto', 'x-room',
    ]);
    expect(Object.keys(multiValueHeaders)).toEqual(Object.keys(headers));
  });

  test('1.3.9: a host that leads nowhere is localhost in the event, and unchanged in the headers', async () => {
    // WHEN
    await server.connect('/dev', { headers: { Host: 'aabbccddee.execute-api.eu-west-1.amazonaws.com' } });

    // THEN
    expect(server.invoker.events).toMatchObject([{
      headers: { Host: 'aabbccddee.execute-api.eu-west-1.amazonaws.com' }, requestContext: { domainName: `localhost:${server.port}` },
    }]);
  });
});

test('1.1.7: a stage whose default endpoint is switched off is Forbidden, also for @connections', async () => {
  // GIVEN
  const mapped = stage({ mappings: [{ domainName: 'api.example.com', mappingKey: 'chat' }] });
  const server = await serve(api([route('$connect')], { disableExecuteApiEndpoint: true, stages: [mapped] }));

  // THEN
  expect(await TestClient.refusal(server.url())).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  const response = await fetch(server.url('/dev/@connections/PJqB0fHsqRcCHlw=', 'http'), { method: 'POST', body: 'hi' });
  expect([response.status, await response.text()]).toEqual([403, '{"message":"Forbidden"}']);
});

describe('$connect without a function', () => {
  test('1.2.3: an API without $connect lets everybody in', async () => {
    // GIVEN
    const server = await serve(api([route('$default')]));

    // WHEN
    const client = await server.connect();

    // THEN
    expect(client.socket.readyState).toBe(1);
    expect(server.requests('connect')).toMatchObject([{ status: 101, routeKey: undefined }]);
  });

  test('1.2.3: so does a $connect without a target', async () => {
    const server = await serve(api([route('$connect', { integration: undefined })]));
    expect((await server.connect()).socket.readyState).toBe(1);
  });
});

test('1.2.4: the route selection expression is not applied to $connect', async () => {
  // GIVEN
  const server = await serve(api([route('$connect'), route('always')], { routeSelectionExpression: 'always' }));

  // WHEN
  await server.connect();

  // THEN
  expect(server.invoker.events.map(({ requestContext }) => requestContext.routeKey)).toEqual(['$connect']);
});

describe('the order of the checks', () => {
  test('1.2.1: path, throttling, authorization, API key, function', async () => {
    // GIVEN
    const closed = {
      authorization: { type: 'AWS_IAM' }, apiKeyRequired: true,
    } as const;
    const throttled = await serve(api([route('$connect', closed)], {
      stages: [stage({ routeSettings: { $connect: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } } })],
    }), () => ({ statusCode: 418 }));
    const unsigned = await serve(api([route('$connect', closed)]));
    const keyless = await serve(api([route('$connect', { apiKeyRequired: true })]), () => ({ statusCode: 418 }));
    const refused = await serve(api([route('$connect')]), () => ({ statusCode: 418 }));

    // WHEN
    const statuses = [
      await TestClient.refusal(throttled.url('/nope')), await TestClient.refusal(throttled.url()), await TestClient.refusal(unsigned.url()),
      await TestClient.refusal(keyless.url()), await TestClient.refusal(refused.url()),
    ].map(({ status }) => status);

    // THEN
    expect(statuses).toEqual([403, 429, 403, 403, 418]);
    expect([throttled, unsigned, keyless].map(({ invoker }) => invoker.events)).toEqual([[], [], []]);
    expect([throttled, unsigned, keyless].flatMap((server) => server.requests('connect').map(({ reason }) => reason))).toEqual([
      'no stage is served at /nope; there is /dev',
      'the throttling settings let no more connections in',
      'the request is not signed: it has neither an Authorization header nor X-Amz-Algorithm in its query string',
      'the route requires an API key, but the header x-api-key has none',
    ]);
  });

  test('4.4.7, 8.1, 8.2: with a burst of 1 and hardly any rate the second handshake is 429', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')], {
      stages: [stage({ routeSettings: { $connect: { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 } } })],
    }));

    // WHEN
    await server.connect();

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({
      status: 429, body: '{"message":"Too Many Requests"}', headers: { 'x-amzn-errortype': 'TooManyRequestsException' },
    });
  });
});

describe('the $connect event', () => {
  test('1.3, 1.3.1 to 1.3.9: exactly what AWS sends', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')]));
    const before = Date.now();

    // WHEN
    await server.connect('/dev?path=one&path=two&path=three&empty=', {
      headers: { 'User-Agent': 'Mozilla/5.0', 'HeaderAuth1': 'yes', 'X-Forwarded-For': '10.0.0.1' }, origin: 'https://app.localhost',
    });

    // THEN
    const [event] = server.invoker.events;
    const headers = {
      'Host': `localhost:${server.port}`,
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': expect.stringMatching(/^[\w+/]{22}==$/),
      'User-Agent': 'Mozilla/5.0',
      'HeaderAuth1': 'yes',
      'Origin': 'https://app.localhost',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': String(server.port),
      'X-Forwarded-Proto': 'http',
    };
    expect(event).toStrictEqual({
      headers: expect.objectContaining(headers),
      multiValueHeaders: expect.objectContaining(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))),
      queryStringParameters: { path: 'three', empty: '' },
      multiValueQueryStringParameters: { path: ['one', 'two', 'three'], empty: [''] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: event.requestContext.requestId,
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        messageDirection: 'IN',
        stage: 'dev',
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        identity: { sourceIp: '127.0.0.1', userAgent: 'Mozilla/5.0' },
        requestId: ID,
        domainName: `localhost:${server.port}`,
        connectionId: ID,
        apiId: 'aabbccddee',
      },
      isBase64Encoded: false,
    });
    expect(Object.keys(event.headers as object).sort()).toEqual(Object.keys(headers).sort());
    const { connectedAt, requestTimeEpoch } = event.requestContext as unknown as Record<string, number>;
    expect(connectedAt).toBeGreaterThanOrEqual(before);
    expect(requestTimeEpoch).toBeGreaterThanOrEqual(connectedAt);
  });

  test('1.3.1, 1.3.4, 1.3.5: no query string, no user agent: neither is named; the client spells the headers', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')]));
    const client = await RawClient.open(server.port);

    // WHEN
    client.socket.write(upgradeRequest(server.port, '/dev', ['x-lower: a', 'X-UPPER: b', 'X-Twice: 1', 'X-Twice: 2', 'Content-Length: 0']));
    await client.until('\r\n\r\n');

    // THEN
    const [{ headers, multiValueHeaders, ...event }] = server.invoker.events;
    const names = [
      'Host', 'Sec-WebSocket-Version', 'Sec-WebSocket-Key', 'x-lower', 'X-UPPER', 'X-Twice',
      'X-Amzn-Trace-Id', 'X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto',
    ];
    expect(Object.keys(headers as object)).toEqual(names);
    expect(Object.keys(multiValueHeaders as object)).toEqual(names);
    expect(headers).toMatchObject({ 'X-Twice': '2' });
    expect(multiValueHeaders).toMatchObject({ 'X-Twice': ['1', '2'] });
    expect(Object.keys(event)).toEqual(['requestContext', 'isBase64Encoded']);
    expect(event.requestContext.identity).toEqual({ sourceIp: '127.0.0.1' });
    client.socket.destroy();
  });

  test('1.3.10: the event has stage variables, if there are any', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')], { stages: [stage({ variables: { table: 'rooms' } })] }));

    // WHEN
    await server.connect();

    // THEN
    expect(server.invoker.events).toMatchObject([{ stageVariables: { table: 'rooms' } }]);
  });
});

describe('the response of $connect', () => {
  test.each([200, 201, 204, 299])('2.1: %d opens', async (statusCode) => {
    expect(await statusOf({ statusCode })).toBe(101);
  });

  test.each([300, 301, 400, 401, 403, 404, 429, 500, 501, 503, 599])('2.2: %d is the status of the handshake', async (statusCode) => {
    expect(await statusOf({ statusCode })).toBe(statusCode);
  });

  test('2.3: a function that throws is 502, and the error is reported', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')]), () => { throw new TypeError('foo'); });

    // WHEN
    const refused = await TestClient.refusal(server.url());

    // THEN
    expect(refused).toMatchObject({ status: 502, body: '{"message":"Internal server error"}' });
    expect(server.requests('connect')).toMatchObject([{
      status: 502, reason: 'TypeError: foo', error: { type: 'TypeError', message: 'foo', stackTrace: [] }, invocationId: 'invocation-1',
    }]);
  });

  const failing = (more: Partial<Integration>): Partial<Route> => ({ integration: proxy('handler', { target: undefined, ...more }) });
  const http = { type: 'HTTP', method: 'POST', uri: 'http://127.0.0.1:1/' } as const;
  const ofMock = { type: 'MOCK', requestTemplates: { $default: '{"statusCode":200}' } } as const;
  const serverError = [500, '{"message":"Internal server error"}'] as const;
  const badGateway = [502, '{"message":"Internal server error"}'] as const;
  const timedOut = [504, '{"message":"Endpoint request timed out"}'] as const;
  const crash = (): never => { throw new Error('no'); };

  test.each<[string, readonly [number, string], Partial<Route>, Handler]>([
    ['2.3: a function that throws', badGateway, {}, crash],
    ['2.4: a malformed response', badGateway, {}, () => 'ok'],
    ['2.5: no permission', serverError, failing({ target: { type: 'none', reason: 'no permission' } }), crash],
    ['2.5: a template that renders no JSON', serverError, failing({ ...ofMock, requestTemplates: { $default: 'x' } }), crash],
    ['2.6: a timeout', timedOut, { integration: proxy('handler', { timeout: 1 }) }, () => new Promise(() => undefined)],
    ['2.11: a backend that cannot be reached', timedOut, failing({ ...http, requestTemplates: { $default: '{}' } }), crash],
    ['5.3.2: no template', serverError, failing({ ...http, passthroughBehavior: 'NEVER' }), crash],
    ['5.3.5: no integration response', serverError, failing(ofMock), crash],
  ])('%s is answered with status, body and error type', async (_rule, [status, body], connect, handler) => {
    // GIVEN
    const server = await serve(api([route('$connect', connect)]), handler);

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({
      status, body, headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
    });
  });

  test.each([
    null, 'ok', undefined, {}, { statusCode: 'abc' }, { statusCode: NaN },
    { statusCode: 200, body: { a: 1 } }, { statusCode: 200, message: 'x' },
  ])('2.4: %j is 502', async (result) => {
    expect(await statusOf(result)).toBe(502);
  });

  test('2.5: a function that cannot be invoked is 500, and the reason is reported', async () => {
    // GIVEN
    const target = { type: 'none', reason: 'API Gateway has no permission' } as const;
    const server = await serve(api([route('$connect', { integration: proxy('handler', { target }) })]));

    // WHEN
    const refused = await TestClient.refusal(server.url());

    // THEN
    expect(refused).toMatchObject({ status: 500, body: '{"message":"Internal server error"}' });
    expect(server.requests('connect')).toMatchObject([{ status: 500, reason: 'API Gateway has no permission' }]);
  });

  test('2.6: a function that takes longer than its integration may is 504', async () => {
    // GIVEN
    const slow = route('$connect', { integration: proxy('handler', { timeout: 50 }) });
    const server = await serve(api([slow]), () => new Promise(() => undefined));

    // THEN
    expect(await TestClient.refusal(server.url())).toMatchObject({ status: 504, body: '{"message":"Endpoint request timed out"}' });
  });

  test('2.7: neither its body nor its headers reach the client', async () => {
    // GIVEN
    const server = await serve(api([route('$connect')]), ({ queryStringParameters }) => ({
      statusCode: Number((queryStringParameters as Record<string, string>).status),
      headers: { 'X-Mine': '1', 'Content-Type': 'text/html' },
      body: 'mine',
    }));

    // WHEN
    const accepted = await new Promise<string[]>((resolve) => {
      const { port } = server;
      const headers = {
        'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      request({ port, path: '/dev?status=200', headers }).on('upgrade', ({ rawHeaders }, socket) => {
        socket.destroy();
        resolve(rawHeaders);
      }).end();
    });
    const refused = await TestClient.refusal(server.url('/dev?status=401'));

    // THEN
    expect(accepted.filter((_text, i) => i % 2 === 0)).toEqual(['Upgrade', 'Connection', 'Sec-WebSocket-Accept']);
    expect(Object.keys(refused.headers)).toEqual(['date', 'content-length', 'x-amzn-requestid', 'connection']);
    expect(refused).toMatchObject({ status: 401, body: '' });
  });

  test('2.10: the body of a two-way $connect is not sent as a message', async () => {
    // GIVEN
    const server = await serve(api([route('$connect', { twoWay: true })]), () => ({ statusCode: 200, body: 'welcome' }));

    // THEN
    expect(await (await server.connect()).silence()).toEqual([]);
  });

  test.each([[200, 101], [403, 403]])('2.12: a mock that gives %d is %d', async (statusCode, status) => {
    // GIVEN
    const mock = {
      ...proxy('handler'),
      type: 'MOCK',
      target: undefined,
      requestTemplates: { $default: `{"statusCode":${statusCode}}` },
      responses: [{ key: '$default', responseTemplates: {} }],
    } as const;
    const server = await serve(api([route('$connect', { integration: mock })]));

    // THEN
    expect(await server.connect().then(() => 101, (error: { status: number }) => error.status)).toBe(status);
    expect(server.requests('connect')).toMatchObject([{ status, target: 'MOCK' }]);
  });
});

describe('AWS_IAM', () => {
  const signature = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20231129/eu-west-1/execute-api/aws4_request',
    'X-Amz-Date': '20231129T080401Z',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0'.repeat(64),
  };

  test('3.12: an unsigned handshake is refused with 403; a signed query string is accepted, and the identity names the access key', async () => {
    // GIVEN
    const server = await serve(api([route('$connect', { authorization: { type: 'AWS_IAM' } })]));

    // WHEN
    const refused = await TestClient.refusal(server.url());
    await server.connect(`/dev?${new URLSearchParams(signature).toString()}`);

    // THEN
    expect(refused).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(server.invoker.events).toMatchObject([{ requestContext: { identity: { sourceIp: '127.0.0.1', accessKey: 'AKIDEXAMPLE' } } }]);
    expect(server.invoker.events[0].requestContext).not.toHaveProperty('authorizer');
  });

  test('3.12: so does a signed Authorization header', async () => {
    // GIVEN
    const server = await serve(api([route('$connect', { authorization: { type: 'AWS_IAM' } })]));
    const Authorization = `AWS4-HMAC-SHA256 Credential=${signature['X-Amz-Credential']}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

    // THEN
    expect((await server.connect('/dev', { headers: { Authorization } })).socket.readyState).toBe(1);
    expect(await TestClient.refusal(server.url(), { headers: { Authorization: 'Bearer x' } })).toMatchObject({ status: 403 });
  });
});

test('3.13: an API key of a usage plan of the stage opens; none, another or another stage\'s does not', async () => {
  // GIVEN
  const apiKeys = [{ id: 'a', value: 'open-sesame', stages: ['dev'] }, { id: 'b', value: 'elsewhere', stages: ['prod'] }];
  const server = await serve(api([route('$connect', { apiKeyRequired: true })], { apiKeys }));

  // THEN
  for (const key of ['', 'nope', 'elsewhere']) {
    expect(await TestClient.refusal(server.url(), { headers: { 'x-api-key': key } })).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  }
  expect(await TestClient.refusal(server.url())).toMatchObject({ status: 403 });
  expect((await server.connect('/dev', { headers: { 'X-API-Key': 'open-sesame' } })).socket.readyState).toBe(1);
});

test('5.4.2: a handshake without a parameter that $connect requires is refused, and $connect is not invoked', async () => {
  // GIVEN
  const requiredParameters = ['route.request.querystring.token', 'route.request.header.X-Client'];
  const server = await serve(api([route('$connect', { requiredParameters })]));

  // THEN
  expect(await TestClient.refusal(server.url('/dev?token='))).toMatchObject({
    status: 400,
    headers: { 'x-amzn-errortype': 'BadRequestException' },
    body: '{"message":"Missing required request parameters: [token, X-Client]"}',
  });
  expect(await TestClient.refusal(server.url('/dev?token=abc'))).toMatchObject({
    status: 400, body: '{"message":"Missing required request parameters: [X-Client]"}',
  });
  expect(server.invoker.events).toEqual([]);
  expect(server.requests('connect').map(({ reason }) => reason)).toEqual([
    '$connect requires route.request.querystring.token, route.request.header.X-Client, which the handshake lacks or leaves empty (5.4.2)',
    '$connect requires route.request.header.X-Client, which the handshake lacks or leaves empty (5.4.2)',
  ]);
  expect((await server.connect('/dev?token=abc', { headers: { 'x-client': 'web' } })).socket.readyState).toBe(1);
});
