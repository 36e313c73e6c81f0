import * as fs from 'fs';
import * as path from 'path';
import { Api, Integration, Route } from '../../../lib/local/assembly/local-app';
import { CLOSES } from '../../../lib/local/protocol/frames';
import { UNVERIFIED } from '../../../lib/local/protocol/unverified';
import { api, app, Handler, proxy, route, stage, TestClient, TestServer, until } from '../_helpers/local-server';
import { SIGNED } from '../wire/_helpers/backend';
import { FRAME, frame, RawClient, upgradeRequest } from '../wire/_helpers/raw-client';

/** Every entry has values of its own here, which nothing but the entry could send. */
jest.mock('../../../lib/local/protocol/unverified', () => {
  const { UNVERIFIED: actual } = jest.requireActual<{ UNVERIFIED: Record<string, unknown> }>('../../../lib/local/protocol/unverified');
  const changed = Object.entries(actual).map(([name, entry], i): [string, unknown] => {
    if (name.endsWith('Frame') || name === 'oversizedResponse') return [name, name];
    if (typeof entry !== 'object' || entry === null) return [name, entry];
    if ('code' in entry) return [name, { code: 4000 + i, reason: name }];
    if (!('status' in entry)) return [name, entry];
    const texts = { ...'body' in entry && { body: `{"message":"${name}"}` }, ...'message' in entry && { message: `${name}: ` } };
    return [name, { status: 440 + i, errorType: name, ...texts }];
  });
  return { UNVERIFIED: Object.fromEntries(changed) };
});

type Table = typeof UNVERIFIED;
type NameOf<Entry> = { [Name in keyof Table]: Table[Name] extends Entry ? Name : never }[keyof Table];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(served: Api, handlers: Record<string, Handler> = {}, options: Parameters<typeof TestServer.start>[2] = {}): Promise<TestServer> {
  const server = await TestServer.start(app(served), { handler: () => ({ statusCode: 200 }), ...handlers }, options);
  servers.push(server);
  return server;
}

/** The answer to a handshake whose `$connect` is this. */
async function handshake(more: Partial<Route>, handlers?: Record<string, Handler>, apiMore?: Partial<Api>): Promise<Answer> {
  const server = await serve(api([route('$connect', more)], apiMore), handlers);
  return TestClient.refusal(server.url());
}

const integration = (more: Partial<Integration>): Partial<Route> => ({ integration: proxy('handler', { target: undefined, ...more }) });

/** The answer to a handshake whose authorizer returns this. */
function authorized(result: () => unknown, identitySource: string[] = []): Promise<Answer> {
  const authorizer = {
    logicalId: 'Authorizer', name: 'Auth', authorizerId: 'abc123', identitySource, target: { type: 'function', functionId: 'authorizer' },
  } as const;
  return handshake({ authorization: { type: 'CUSTOM', authorizer } }, { authorizer: result });
}

const policy = (...Statement: object[]): object => ({ principalId: 'me', policyDocument: { Statement } });

async function call(served: Api, pathOf: string, headers: Record<string, string> = {}): Promise<Answer> {
  const server = await serve(served);
  const lines = Object.entries({ Host: `localhost:${server.port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const text = await RawClient.ask(server.port, [`GET ${pathOf} HTTP/1.1`, 'Connection: close', ...lines, '', ''].join('\r\n'));
  const [head, body] = text.split('\r\n\r\n');
  const [status, ...fields] = head.split('\r\n');
  return {
    status: Number(status.split(' ')[1]), body, headers: Object.fromEntries(fields.map((field) => field.split(': ')).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

const ID = 'PJqB0fHsqRcCHlw=';

/** A post while a fault answers posts. */
async function post(status: 429 | 500 | 504): Promise<Answer> {
  const server = await serve(api([]));
  await server.server.faults.posts({ status });
  const answer = await fetch(server.url(`/dev/@connections/${ID}`, 'http'), { method: 'POST', headers: SIGNED });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

const mapped = stage({ mappings: [{ domainName: 'api.example.com', mappingKey: 'chat' }] });

const refusals: Record<NameOf<{ status: number }>, () => Promise<Answer>> = {
  unknownPath: async () => TestClient.refusal((await serve(api([]))).url('/nope')),
  plainGet: () => call(api([]), '/dev'),
  urlTooLong: async () => TestClient.refusal((await serve(api([]))).url(`/dev?${'x'.repeat(5_000)}`)),
  failedConnect: () => handshake({}, { handler: () => { throw new Error('no'); } }),
  malformedConnectResponse: () => handshake({}, { handler: () => 'ok' }),
  connectNotInvocable: () => handshake(integration({ target: { type: 'none', reason: 'no permission' } })),
  connectMisconfigured: () => handshake(integration({ type: 'MOCK', requestTemplates: { $default: 'no JSON' } })),
  connectTimeout: () => handshake({ integration: proxy('handler', { timeout: 1 }) }, { handler: () => new Promise(() => undefined) }),
  backendUnreachable: () => handshake(integration({ type: 'HTTP_PROXY', method: 'POST', uri: 'http://127.0.0.1:1/' })),
  missingIdentitySource: () => authorized(() => policy(), ['route.request.header.Auth']),
  unauthorized: () => authorized(() => { throw new Error('Unauthorized'); }),
  explicitDeny: () => authorized(() => policy({ Effect: 'Deny', Action: '*', Resource: '*' })),
  implicitDeny: () => authorized(() => policy()),
  authorizerFailure: () => authorized(() => 'ok'),
  unsigned: () => handshake({ authorization: { type: 'AWS_IAM' } }),
  apiKeyRefused: () => handshake({ apiKeyRequired: true }),
  throttledConnect: () => handshake({}, {}, { stages: [stage({ defaultRouteSettings: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } })] }),
  throttledPost: () => post(429),
  failedPost: () => post(500),
  lostPost: () => post(504),
  serviceUnavailable: async () => {
    const server = await serve(api([]));
    await server.server.faults.refuse({ status: 503 });
    return TestClient.refusal(server.url());
  },
  noTemplate: () => handshake(integration({ type: 'HTTP', method: 'POST', uri: 'http://127.0.0.1:1/', passthroughBehavior: 'NEVER' })),
  noIntegrationResponse: () => handshake(integration({ type: 'MOCK', requestTemplates: { $default: '{"statusCode": 200}' } })),
  missingParameter: () => handshake({ requiredParameters: ['route.request.header.X-Room'] }),
  callbackForbidden: () => call(api([]), `/nope/@connections/${ID}`),
  stageOnDomain: () => call(api([], { stages: [mapped] }), `/chat/dev/@connections/${ID}`, { Host: 'api.example.com' }),
};

describe('a refusal', () => {
  test.each(Object.entries(refusals))('%s is sent: status, error type and body', async (name, answerOf) => {
    // GIVEN
    const entry: { status: number; errorType: string; body?: string; message?: string } = UNVERIFIED[name as keyof typeof refusals];

    // WHEN
    const { status, headers, body } = await answerOf();

    // THEN
    expect({ status, errorType: headers['x-amzn-errortype'] }).toEqual({ status: entry.status, errorType: entry.errorType });
    if (entry.body !== undefined) expect(body).toBe(entry.body);
    if (entry.message !== undefined) expect(JSON.parse(body)).toEqual({ message: `${entry.message}[X-Room]` });
  });

  test('every entry with a status has a case', () => {
    const names = Object.entries(UNVERIFIED).filter(([, entry]) => typeof entry === 'object' && 'status' in entry).map(([name]) => name);

    expect(Object.keys(refusals).sort()).toEqual(names.sort());
  });
});

test('callbackForbidden: a call of a stage that is not signed is answered as one of no stage', async () => {
  const { status, errorType, body } = UNVERIFIED.callbackForbidden;

  expect(await call(api([]), `/dev/@connections/${ID}`)).toMatchObject({ status, body, headers: { 'x-amzn-errortype': errorType } });
});

const closes: Record<Exclude<NameOf<{ code: number }>, 'lostClose' | 'durationClose' | 'deploymentClose' | 'deletedClose' | 'shutdownClose'>, Buffer> = {
  binaryClose: frame('x', { first: FRAME.binary }),
  tooBigClose: frame('x'.repeat(32_769)),
  brokenFrameClose: frame('x', { first: FRAME.reserved }),
  brokenTextClose: frame(Buffer.from([0xff])),
  tooManyFragmentsClose: Buffer.concat([
    frame('', { first: FRAME.textBegins }), ...Array<Buffer>(UNVERIFIED.mostFragments + 1).fill(frame('', { first: FRAME.more })),
  ]),
};

describe('a close', () => {
  test.each(Object.entries(closes))('%s is what $disconnect gets', async (name, bytes) => {
    // GIVEN
    const { code, reason } = UNVERIFIED[name as keyof typeof closes];
    const server = await serve(api([route('$disconnect')]));
    const client = await RawClient.upgraded(server);

    // WHEN
    client.socket.end(bytes);
    await until(() => server.eventsOf('$disconnect').length > 0, '$disconnect');

    // THEN
    expect(server.eventsOf('$disconnect')).toMatchObject([{ requestContext: { disconnectStatusCode: code, disconnectReason: reason } }]);
    client.socket.destroy();
  });

  test('lostClose is what $disconnect gets for a connection without a close frame', async () => {
    // GIVEN
    const { code, reason } = UNVERIFIED.lostClose;
    const server = await serve(api([route('$disconnect')]));
    const client = await RawClient.open(server.port);
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await client.until('\r\n\r\n');

    // WHEN
    client.socket.destroy();
    await until(() => server.eventsOf('$disconnect').length > 0, '$disconnect');

    // THEN
    expect(server.eventsOf('$disconnect')).toMatchObject([{ requestContext: { disconnectStatusCode: code, disconnectReason: reason } }]);
  });

  test('the gateway\'s own closes are the entries', () => {
    const { durationClose, deploymentClose, deletedClose, shutdownClose } = UNVERIFIED;

    expect(CLOSES).toMatchObject({ duration: durationClose, deployed: deploymentClose, deleted: deletedClose, shutdown: shutdownClose });
  });
});

test('throttledFrame and oversizedResponse are the texts of error frames', async () => {
  // GIVEN
  const routes = [route('$default', { twoWay: true }), route('throttled', { twoWay: true })];
  const stages = [stage({ routeSettings: { throttled: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } } })];
  const server = await serve(api(routes, { stages }), { handler: () => ({ statusCode: 200, body: 'x'.repeat(131_073) }) });
  const client = await server.connect();

  // THEN
  expect(JSON.parse(await client.ask({ action: 'throttled' }))).toMatchObject({ message: UNVERIFIED.throttledFrame });
  expect(JSON.parse(await client.ask({ action: 'any' }))).toMatchObject({ message: UNVERIFIED.oversizedResponse });
});

test('bodies of refusals are JSON', () => {
  const { UNVERIFIED: actual } = jest.requireActual<{ UNVERIFIED: Table }>('../../../lib/local/protocol/unverified');
  const bodies = Object.values(actual).flatMap((entry) => (typeof entry === 'object' && 'body' in entry ? entry.body : []));

  expect(bodies.map((body) => typeof JSON.parse(body))).toEqual(bodies.map(() => 'object'));
});

test('the gateway reads every entry', () => {
  // GIVEN
  const folder = path.join(__dirname, '../../../lib/local');
  const sources = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
  const read = new Set(sources.flatMap((text) => [...text.matchAll(/\bUNVERIFIED\.(\w+)/g)].map(([, name]) => name)));

  // THEN
  expect(Object.keys(UNVERIFIED).filter((name) => !read.has(name))).toEqual([]);
});
