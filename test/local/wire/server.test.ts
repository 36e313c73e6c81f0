import fc from 'fast-check';
import { call, SIGNED } from './_helpers/backend';
import { frame, RawClient, upgradeRequest } from './_helpers/raw-client';
import { api, app, Handler, route, stage, testCertificate, TestClient, TestServer, until } from '../_helpers/local-server';

const echo: Handler = ({ requestContext, body }) => ({ statusCode: 200, body: `${requestContext.routeKey}: ${body}` });
const twoWay = (routeKey: string) => route(routeKey, { twoWay: true });

let server: TestServer;
afterEach(() => server.stop());

describe('another app', () => {
  test('4.2.3: open connections meet the new routes with their next message', async () => {
    // GIVEN
    server = await TestServer.start(app(api([twoWay('$default')])), echo);
    const client = await server.connect();
    const { port } = server;

    // WHEN
    await server.update(app(api([twoWay('$default'), twoWay('send')])));

    // THEN
    expect(await client.ask({ action: 'send' })).toBe('send: {"action":"send"}');
    expect(server.port).toBe(port);
  });

  test('4.2.3, 4.4.1: a stage that is gone answers Forbidden on open connections, lets no client in, and may come back', async () => {
    // GIVEN
    const [dev, prod] = [stage(), stage({ name: 'prod' })];
    server = await TestServer.start(app(api([twoWay('$default')], { stages: [dev, prod] })), echo);
    const client = await server.connect('/prod');

    // WHEN
    await server.update(app(api([twoWay('$default')], { stages: [dev] })));

    // THEN
    expect(await client.ask('hi')).toMatch(/^\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/);
    expect(await TestClient.refusal(server.url('/prod'))).toMatchObject({ status: 403 });
    await server.update(app(api([twoWay('$default')], { stages: [dev, prod] })));
    expect(await client.ask('hi')).toBe('$default: hi');
  });

  test('an API under another name takes the place of the one before, and nothing of it is served until it is time', async () => {
    // GIVEN
    server = await TestServer.start(app(api([twoWay('$default')])), echo);
    const { port } = server;
    const renamed = app(api([twoWay('$default')], { logicalId: 'Other', stages: [stage(), stage({ name: 'prod' })] }));

    // WHEN
    await server.server.prepare(renamed, 0, '127.0.0.1', await testCertificate());

    // THEN
    expect(server.server.portOf(renamed.apis[0])).toBe(port);
    expect((await TestClient.refusal(`ws://localhost:${port}/prod`)).status).toBe(403);
    expect(await (await TestClient.open(`ws://localhost:${port}/dev`)).ask('hi')).toBe('$default: hi');
    server.server.serve(renamed);
    expect(await (await TestClient.open(`ws://localhost:${port}/prod`)).ask('hi')).toBe('$default: hi');
  });

  test('two APIs with a stage of one name have two ports, each with its own routes', async () => {
    // GIVEN
    const [chat, feed] = [api([twoWay('chat')], { logicalId: 'Chat' }), api([twoWay('feed')], { logicalId: 'Feed', apiId: 'ffgghhiijj' })];
    server = await TestServer.start(app(chat), echo);

    // WHEN
    await server.update(app(chat, feed));
    const ports = [server.server.portOf(chat), server.server.portOf(feed)];
    const [toChat, toFeed] = await Promise.all(ports.map((port) => TestClient.open(`ws://localhost:${port}/dev`)));

    // THEN
    expect(ports[0]).not.toBe(ports[1]);
    expect(await toChat.ask({ action: 'chat' })).toBe('chat: {"action":"chat"}');
    expect(await toFeed.ask({ action: 'feed' })).toBe('feed: {"action":"feed"}');
    expect(server.server.localize('wss://ffgghhiijj.execute-api.eu-west-1.amazonaws.com/dev')).toBe(`ws://localhost:${ports[1]}/dev`);
    expect(server.server.portOf(api([]))).toBe(0);
  });
});

describe('the end', () => {
  test('7.3: connections are closed, and their $disconnect runs to its end', async () => {
    // GIVEN
    let finished = 0;
    server = await TestServer.start(app(api([route('$disconnect')])), async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      finished++;
    });
    const clients = await Promise.all([server.connect(), server.connect()]);

    // WHEN
    await server.server.closeConnections(5_000);

    // THEN
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([{ code: 1001, reason: 'Shutdown' }, { code: 1001, reason: 'Shutdown' }]);
    expect(finished).toBe(2);
  });

  test('7.3: a client that reconnects is refused meanwhile, and $disconnect may call @connections', async () => {
    // GIVEN
    let finish: () => void = () => undefined;
    server = await TestServer.start(app(api([route('$connect'), route('$disconnect')])), async ({ requestContext }) => {
      if (requestContext.routeKey === '$disconnect') await new Promise<void>((resolve) => { finish = resolve; });
      return { statusCode: 200 };
    });
    const client = await server.connect();

    // WHEN
    const end = server.server.closeConnections(5_000);
    await client.closed;
    const [again, post] = [await TestClient.refusal(server.url()), await call(server, 'GET', `/dev/@connections/${encodeURIComponent('PJqB0fHsqRcCHlw=')}`)];
    await until(() => server.eventsOf('$disconnect').length > 0);
    finish();
    await end;

    // THEN
    expect([again.status, post.status]).toEqual([503, 410]);
    expect(server.eventsOf('$connect')).toHaveLength(1);
  });

  test('7.3: a client whose $connect runs meanwhile is let in and closed, and its $disconnect runs', async () => {
    // GIVEN
    let letIn: () => void = () => undefined;
    server = await TestServer.start(app(api([route('$connect'), route('$disconnect')])), async ({ requestContext }) => {
      if (requestContext.routeKey === '$connect' && server.eventsOf('$connect').length > 1) await new Promise<void>((resolve) => { letIn = resolve; });
      return { statusCode: 200 };
    });
    await server.connect();
    const late = server.connect();
    await until(() => server.eventsOf('$connect').length > 1);

    // WHEN
    server.server.connections.shutDown();
    letIn();

    // THEN
    expect(await (await late).closed).toEqual({ code: 1001, reason: 'Shutdown' });
    await until(() => server.eventsOf('$disconnect').length === 2);
  });

  test('the shutdown is bounded: neither a client nor a function can delay it', async () => {
    // GIVEN
    const finish: Array<() => void> = [];
    server = await TestServer.start(app(api([route('$disconnect')])), () => new Promise<void>((resolve) => finish.push(resolve)));
    const deaf = await server.connect();
    deaf.socket.pause();
    await server.connect();

    // WHEN
    await server.server.closeConnections(100);

    // THEN the function still runs.
    expect(server.requests('disconnect')).toEqual([]);
    deaf.socket.terminate();
    await until(() => finish.length === 2);
    finish.forEach((end) => end());
  });
});

describe('whatever comes', () => {
  beforeEach(async () => {
    server = await TestServer.start(app(api([route('$connect'), route('$disconnect'), twoWay('$default')], {
      stages: [stage({ mappings: [{ domainName: 'api.example.com', mappingKey: 'chat' }] })],
    })), echo);
  });

  async function stillServes(): Promise<void> {
    const client = await server.connect();
    expect(await client.ask('hi')).toBe('$default: hi');
    await client.close();
  }

  const line = fc.string({ unit: 'binary-ascii', maxLength: 30 });
  const path = fc.oneof(
    line,
    fc.constantFrom('/dev', '/chat', '/dev/@connections/', '/dev/%40connections/%', '/dev/@connections/PJqB0fHsqRcCHlw=', '*', 'http://x/dev', '/dev?%=&=&&a'),
  );
  const headers = fc.array(fc.oneof(
    line,
    fc.constantFrom(
      'Host: api.example.com', 'Host: [', 'Authorization: AWS4-HMAC-SHA256 =,=', `Authorization: ${SIGNED.Authorization}`,
      'Transfer-Encoding: chunked', 'Content-Length: 3', 'Content-Length: -1', 'Expect: 100-continue', 'Connection: close',
      'Sec-WebSocket-Protocol: ,', 'Sec-WebSocket-Extensions: permessage-deflate; x', '__proto__: 1',
    ),
  ), { maxLength: 5 });

  test('6.10: no request breaks the server', async () => {
    const method = fc.oneof(fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'PRI'), line);
    await fc.assert(fc.asyncProperty(method, path, headers, fc.uint8Array({ maxLength: 50 }), async (verb, target, more, body) => {
      const client = await RawClient.open(server.port);
      client.socket.write(`${verb} ${target} HTTP/1.1\r\n${['Host: localhost', ...more].join('\r\n')}\r\n\r\n`);
      client.socket.end(body);
      await client.ended;
    }), { numRuns: 150 });
    await stillServes();
  });

  test('1.1: no handshake breaks the server', async () => {
    await fc.assert(fc.asyncProperty(path, headers, async (target, more) => {
      const client = await RawClient.open(server.port);
      client.socket.end(upgradeRequest(server.port, target, more));
      await client.ended;
    }), { numRuns: 100 });
    await stillServes();
  });

  test('7.3: no frame breaks the server', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.record({ first: fc.nat(255), masked: fc.boolean(), payload: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('{"action":{}}', '[[[')) })
        .map(({ payload, ...options }) => frame(typeof payload === 'string' ? payload : Buffer.from(payload), options)),
    );
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
      const client = await RawClient.upgraded(server);
      client.socket.end(Buffer.concat(pieces.map((bytes) => Buffer.from(bytes))));
      await client.ended;
    }), { numRuns: 100 });
    await stillServes();
    await until(() => server.server.connections.size === 0, 'the end of all connections');
  });
});
