import * as http from 'http';
import type { AddressInfo } from 'net';
import { RecordingInvoker, requestFor, runIntegration } from './_helpers/requests';

const NOBODY = new RecordingInvoker('never');
const HANDSHAKE = {
  headers: { 'Sec-WebSocket-Version': '13', 'X-Tag': 'b' },
  multiValueHeaders: { 'Host': ['localhost'], 'Sec-WebSocket-Version': ['13'], 'X-Tag': ['a', 'b'] },
  query: { room: '2' },
  multiValueQuery: { room: ['1', '2'] },
};

interface Seen {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Record<string, string[]>;
  readonly body: string;
}

let server: http.Server;
let uri: string;
let seen: Seen[];

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { method, url, headersDistinct: headers } = request;
      seen.push({ method, url, headers: headers as Seen['headers'], body: Buffer.concat(chunks).toString('latin1') });
      if (url?.startsWith('/slow')) return;
      if (url?.startsWith('/broken')) return void response.destroy();
      const status = Number(/\d{3}/.exec(url ?? '')?.[0] ?? 200);
      response.writeHead(status, { 'X-Answer': 'yes', 'Location': '/elsewhere' }).end('{"from":"backend"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  seen = [];
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('5.3.7: HTTP_PROXY sends the message unchanged and answers with the whole body', async () => {
  // WHEN
  const outcome = await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: `${uri}/messages` }, { body: '{"a": 1}' }), NOBODY);

  // THEN
  expect(seen).toMatchObject([{ method: 'POST', url: '/messages', body: '{"a": 1}' }]);
  expect(seen[0].headers).toMatchObject({ 'content-type': ['application/json'], 'user-agent': ['AmazonAPIGateway_abcdefghij'] });
  expect(outcome).toMatchObject({ ok: true, status: 200, headers: { 'x-answer': 'yes' }, body: '{"from":"backend"}' });
});

test.each(['HTTP', 'HTTP_PROXY'] as const)('5.3.7: an %s backend gets the id of the API and the address of the client, which no client can overwrite', async (type) => {
  // GIVEN
  const claimed = { 'x-amzn-apigateway-api-id': ['stolen'], 'X-Forwarded-Port': ['3001'], 'X-Real-Ip': ['10.0.0.1'] };
  const handshake = { ...HANDSHAKE, multiValueHeaders: claimed };
  const mapped = { 'integration.request.header.X-Amzn-Apigateway-Api-Id': "'mapped'", 'integration.request.header.X-Forwarded-For': "'mapped'" };

  // WHEN
  await runIntegration(requestFor({ type, uri, requestTemplates: { $default: '{}' } }), NOBODY);
  await runIntegration(requestFor({ type, uri, requestTemplates: { $default: '{}' } }, { handshake }), NOBODY);
  await runIntegration(requestFor({ type, uri, requestTemplates: { $default: '{}' }, requestParameters: mapped }), NOBODY);

  // THEN
  const observed = seen.map(({ headers }) => ['x-amzn-apigateway-api-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip']
    .map((name) => headers[name].join()));
  expect(observed).toEqual([
    ['abcdefghij', '203.0.113.7', '443', 'https', '203.0.113.7'],
    ['abcdefghij', '203.0.113.7', '3001', 'https', '203.0.113.7'],
    ['abcdefghij', 'mapped', '443', 'https', '203.0.113.7'],
  ]);
  expect(seen[0].headers['x-amzn-trace-id']).toEqual([expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)]);
});

test('5.3.3: the error of a request template that repeats too much names the template, and nothing is sent', async () => {
  const requestTemplates = { $default: "#foreach($i in $input.path('$'))$i#end" };
  const body = JSON.stringify(Array.from({ length: 1_001 }, () => 1));

  expect(await runIntegration(requestFor({ type: 'HTTP', uri, requestTemplates }, { body }), NOBODY)).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'misconfigured',
    reason: 'the request template of SendIntegration failed: a #foreach has more than 1000 iterations, the quota of API Gateway',
  });
  expect(seen).toEqual([]);
});

test('5.3.7: the connection id is passed on only if it is mapped', async () => {
  // GIVEN
  const integration = { type: 'HTTP_PROXY', uri } as const;
  const requestParameters = { 'integration.request.header.connectionId': 'context.connectionId' };

  // WHEN
  await runIntegration(requestFor(integration), NOBODY);
  await runIntegration(requestFor({ ...integration, requestParameters }), NOBODY);

  // THEN
  expect(seen.map(({ headers }) => headers.connectionid)).toEqual([undefined, ['PJqB0fHsqRcCHlw=']]);
});

test('5.3.4: parameters come from the handshake, the message, the context, the stage or the template', async () => {
  // GIVEN
  const integration = {
    type: 'HTTP',
    uri: `${uri}/{room}/{other}`,
    method: 'PUT',
    requestParameters: {
      'integration.request.path.room': 'route.request.body.room.name',
      'integration.request.querystring.q': 'route.request.querystring.room',
      'integration.request.querystring.all': 'route.request.multivaluequerystring.room',
      'integration.request.querystring.user': 'context.authorizer.principalId',
      'integration.request.querystring.missing': 'route.request.querystring.missing',
      'integration.request.header.tag': 'route.request.header.x-tag',
      'integration.request.header.tags': 'route.request.multivalueheader.x-tag',
      'integration.request.header.version': 'stageVariables.version',
      'integration.request.header.Sec-WebSocket-Version': "'0'",
    },
  } as const;

  // WHEN
  await runIntegration(requestFor(integration, {
    body: '{"room":{"name":"a/b"}}', stageVariables: { version: '7' }, handshake: HANDSHAKE,
  }), NOBODY);

  // THEN
  expect(seen).toMatchObject([{ method: 'PUT', url: '/a%2Fb/%7Bother%7D?q=2&all=1&all=2&user=user-1' }]);
  expect(seen[0].headers).toMatchObject({
    'tag': ['b'], 'tags': ['a', 'b'], 'version': ['7'], 'x-tag': ['a', 'b'], 'sec-websocket-version': ['0'],
  });
});

test('2.11: a backend of $connect gets the headers of the handshake, and decides its status', async () => {
  // WHEN
  const outcome = await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: `${uri}/403` }, { handshake: HANDSHAKE }), NOBODY);

  // THEN
  expect(seen).toMatchObject([{ url: '/403?room=1&room=2', headers: { 'sec-websocket-version': ['13'], 'host': [uri.slice(7)] } }]);
  expect(outcome).toMatchObject({ ok: true, status: 403 });
});

test('5.3.8: a stage variable in the URI is replaced', async () => {
  // GIVEN
  const integration = { type: 'HTTP_PROXY', uri: '${stageVariables.backend}/x', method: 'GET' } as const;

  // WHEN
  const outcome = await runIntegration(requestFor(integration, { stageVariables: { backend: uri } }), NOBODY);
  const without = await runIntegration(requestFor(integration), NOBODY);

  // THEN
  expect(seen).toMatchObject([{ method: 'GET', url: '/x', body: '' }]);
  expect(outcome).toMatchObject({ ok: true });
  expect(without).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'misconfigured',
    reason: 'the integration URI ${stageVariables.backend}/x needs the stage variable "backend", which the stage does not have',
  });
});

test('5.3.1, 5.3.5, 5.3.6: HTTP maps the request and, by status, the response with templates', async () => {
  // GIVEN
  const integration = {
    type: 'HTTP',
    requestTemplates: { $default: '{"said":$input.json(\'$.text\')}' },
    responses: [
      { key: '/4\\d\\d/', responseTemplates: { $default: 'refused with $context.status' } },
      {
        key: '$default',
        templateSelectionExpression: '${integration.response.header.X-Answer}',
        responseTemplates: { yes: '$input.path("$.from")' },
      },
    ],
  } as const;

  // WHEN
  const good = await runIntegration(requestFor({ ...integration, uri: `${uri}/201` }, { body: '{"text":"hi"}' }), NOBODY);
  const bad = await runIntegration(requestFor({ ...integration, uri: `${uri}/404` }, { body: '{"text":"hi"}' }), NOBODY);

  // THEN
  expect(seen.map(({ body }) => body)).toEqual(['{"said":"hi"}', '{"said":"hi"}']);
  expect(good).toMatchObject({ ok: true, status: 201, body: 'backend' });
  expect(bad).toMatchObject({ ok: true, status: 404, body: 'refused with 404' });
});

test('4.3.2: base64 reaches the backend decoded', async () => {
  await runIntegration(requestFor({ type: 'HTTP', uri, contentHandling: 'CONVERT_TO_BINARY' }, { body: '/wA=' }), NOBODY);

  expect(seen).toMatchObject([{ body: '\u00ff\u0000' }]);
});

test('a redirect is not followed', async () => {
  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: `${uri}/302` }), NOBODY)).toMatchObject({ ok: true, status: 302 });
  expect(seen).toHaveLength(1);
});

test('4.4.5: a backend that takes too long is a timeout', async () => {
  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: `${uri}/slow`, timeout: 100 }), NOBODY)).toEqual({
    ok: false,
    message: 'Endpoint request timed out',
    kind: 'timeout',
    reason: 'the integration took longer than its timeout of 100 ms; what it started keeps running',
  });
});

test('4.4.2: a backend that breaks the connection is an Internal server error', async () => {
  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: `${uri}/broken` }), NOBODY)).toEqual({
    ok: false, message: 'Internal server error', kind: 'backendUnreachable', reason: `POST ${uri}/broken had no response: socket hang up`,
  });
});

test('4.4.2: a backend that refuses the connection is an Internal server error', async () => {
  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: 'http://127.0.0.1:1/' }), NOBODY)).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'backendUnreachable',
    reason: 'POST http://127.0.0.1:1/ had no response: connect ECONNREFUSED 127.0.0.1:1',
  });
});

test.each(['', 'not a URL', 'ftp://example.com', 'file:///etc/hosts'])('the URI %p is refused with the reason', async (bad) => {
  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri: bad }), NOBODY)).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'misconfigured',
    reason: `SendIntegration has the URI ${JSON.stringify(bad)}, which is not an http or https URL`,
  });
});

test('a header that HTTP does not allow is an Internal server error', async () => {
  const requestParameters = { 'integration.request.header.x': 'route.request.body.x' };

  expect(await runIntegration(requestFor({ type: 'HTTP_PROXY', uri, requestParameters }, { body: '{"x":"a\\nb"}' }), NOBODY))
    .toMatchObject({ ok: false, kind: 'backendUnreachable', reason: `POST ${uri}/ had no response: Invalid character in header content ["x"]` });
});

test('5.3.4: a parameter without a value, or with an unknown source, is left out', async () => {
  const requestParameters = {
    'integration.request.header.path': 'route.request.body.a[?(',
    'integration.request.header.source': 'somewhere.else',
    'integration.request.header.handshake': 'route.request.header.x-tag',
    'somewhere.else': "'x'",
  };

  await runIntegration(requestFor({ type: 'HTTP_PROXY', uri, requestParameters }, { body: '{"a":[{}]}' }), NOBODY);

  expect(Object.keys(seen[0].headers).filter((name) => !name.startsWith('x-')).sort())
    .toEqual(['connection', 'content-length', 'content-type', 'host', 'user-agent']);
});
