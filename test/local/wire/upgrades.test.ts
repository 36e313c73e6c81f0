import { frame, RawClient, upgradeRequest } from './_helpers/raw-client';
import { api, app, GatewayProxyEvent, Handler, route, TestServer, until } from '../_helpers/local-server';

let server: TestServer;
/** What `$connect` does in the test at hand. */
let onConnect: Handler;

beforeEach(async () => {
  onConnect = () => ({ statusCode: 200 });
  const routes = [route('$connect'), route('$disconnect'), route('$default', { twoWay: true })];
  server = await TestServer.start(app(api(routes)), (event) => {
    return event.requestContext.routeKey === '$connect' ? onConnect(event) : { statusCode: 200, body: event.body };
  });
});
afterEach(() => server.stop());

/** `$connect` waits until it is let go. */
function heldConnect(): { letGo: () => void } {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => letGo = resolve);
  onConnect = () => held.then(() => ({ statusCode: 200 }));
  return { letGo: () => letGo() };
}

describe('opening', () => {
  test('1.2.1, 1.2.2: the client hears nothing before $connect has returned', async () => {
    // GIVEN
    const { letGo } = heldConnect();
    const client = await RawClient.open(server.port);

    // WHEN
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await until(() => server.invoker.events.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));

    // THEN
    expect(client.text).toBe('');
    letGo();
    await client.until('\r\n\r\n');
    expect(client.text).toBe([
      'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', '', '',
    ].join('\r\n'));
    client.socket.destroy();
  });

  test('1.2.5, 1.4: the connection id of the $connect event is that of all later events', async () => {
    // GIVEN
    const client = await server.connect();

    // WHEN
    await client.ask('hi');
    await client.close();
    await until(() => server.invoker.events.length === 3);

    // THEN
    const ids = server.invoker.events.map(({ requestContext }) => requestContext.connectionId);
    expect(ids).toEqual([ids[0], ids[0], ids[0]]);
    expect(ids[0]).toMatch(/^[\w-]{15}=$/);
  });

  test('1.2.2: messages that a client sends before it has been let in are served afterwards', async () => {
    // GIVEN
    const { letGo } = heldConnect();
    const client = await RawClient.open(server.port);
    client.socket.write(Buffer.concat([Buffer.from(upgradeRequest(server.port, '/dev')), frame('hi')]));
    await until(() => server.invoker.events.length === 1);

    // WHEN
    letGo();
    await client.until('hi');

    // THEN
    expect(server.eventsOf('$default')).toMatchObject([{ body: 'hi' }]);
    client.socket.destroy();
  });

  test('7.2.6: no compression is agreed on; the offer is in the event', async () => {
    // WHEN
    const client = await server.connect('/dev', { perMessageDeflate: true });

    // THEN
    expect(client.socket.extensions).toBe('');
    expect(server.eventsOf('$connect')).toMatchObject([
      { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' } },
    ]);
  });

  test('200 clients at once', async () => {
    // WHEN
    const clients = await Promise.all(Array.from({ length: 200 }, () => server.connect()));

    // THEN
    expect(await Promise.all(clients.map((client, i) => client.ask(`message ${i}`)))).toEqual(clients.map((_client, i) => `message ${i}`));
    expect(new Set(server.eventsOf('$connect').map(({ requestContext }) => requestContext.connectionId)).size).toBe(200);
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('subprotocols', () => {
  test('2.8: $connect names one and the client gets it, however the header is spelled', async () => {
    // GIVEN
    onConnect = () => ({ statusCode: 200, headers: { 'sec-WebSocket-PROTOCOL': 'chat.v2' } });

    // WHEN
    const client = await server.connect('/dev', {}, ['chat.v1', 'chat.v2']);

    // THEN
    expect(client.socket.protocol).toBe('chat.v2');
    expect(server.eventsOf('$connect')).toMatchObject([{ headers: { 'Sec-WebSocket-Protocol': 'chat.v1,chat.v2' } }]);
  });

  test('2.8: none is chosen without $connect: the client gives up by itself', async () => {
    await expect(server.connect('/dev', {}, ['chat.v1'])).rejects.toThrow('Server sent no subprotocol');
  });

  test('2.9: the value is copied as it is, offered or not', async () => {
    // GIVEN
    onConnect = () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'other' } });
    const client = await RawClient.open(server.port);

    // WHEN
    client.socket.write(upgradeRequest(server.port, '/dev', ['Sec-WebSocket-Protocol: chat,,chat']));
    await client.until('\r\n\r\n');

    // THEN
    expect(client.text.split('\r\n')).toContain('Sec-WebSocket-Protocol: other');
    client.socket.destroy();
  });

  test('2.9: a value with a line break ends no header', async () => {
    // GIVEN
    onConnect = () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'chat\r\nX-Evil: 1' } });
    const client = await RawClient.open(server.port);

    // WHEN
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await client.until('\r\n\r\n');

    // THEN
    expect(client.text).not.toContain('Evil');
    client.socket.destroy();
  });
});

describe('requests that are not handshakes', () => {
  test.each([
    ['no key', (text: string) => text.replace(/Sec-WebSocket-Key: .*\r\n/, '')],
    ['a key that is none', (text: string) => text.replace('dGhlIHNhbXBsZSBub25jZQ==', 'short')],
    ['no version', (text: string) => text.replace(/Sec-WebSocket-Version: .*\r\n/, '')],
    ['version 8, of a draft', (text: string) => text.replace('Version: 13', 'Version: 8')],
    ['another method', (text: string) => text.replace('GET', 'POST')],
  ])('%s is refused before $connect runs', async (_what, change) => {
    // WHEN
    const answer = await RawClient.ask(server.port, change(upgradeRequest(server.port, '/dev')));

    // THEN
    expect(answer).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    expect(server.invoker.events).toEqual([]);
  });

  test.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket,h2c'])('Upgrade: %s is one', async (protocols) => {
    // GIVEN
    const client = await RawClient.open(server.port);

    // WHEN
    client.socket.write(upgradeRequest(server.port, '/dev').replace('Upgrade: websocket', `Upgrade: ${protocols}`));
    await client.until('\r\n\r\n');

    // THEN
    expect(client.text).toMatch(/^HTTP\/1.1 101 /);
    client.socket.destroy();
  });
});

describe('a client that goes away while $connect runs', () => {
  test.each([
    ['closes', (client: RawClient) => client.socket.end()],
    ['resets', (client: RawClient) => client.socket.resetAndDestroy()],
  ])('1.5, 7.3: it %s: $connect has noted it down, so $disconnect runs with 1006', async (_how, leave) => {
    // GIVEN
    const { letGo } = heldConnect();
    const client = await RawClient.open(server.port);
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await until(() => server.invoker.events.length === 1);

    // WHEN
    leave(client);
    await client.ended;
    await new Promise((resolve) => setTimeout(resolve, 20));
    letGo();
    await until(() => server.invoker.events.length === 2);

    // THEN
    const [connect, disconnect] = server.invoker.events;
    expect(disconnect.requestContext).toMatchObject({
      routeKey: '$disconnect', connectionId: connect.requestContext.connectionId, disconnectStatusCode: 1006, disconnectReason: '',
    });
    expect(server.server.connections.size).toBe(0);
  });

  test('1.5.5: a handshake that $connect refuses has no $disconnect', async () => {
    // GIVEN
    let refuse = (): void => undefined;
    onConnect = () => new Promise<object>((resolve) => refuse = () => resolve({ statusCode: 401 }));
    const client = await RawClient.open(server.port);
    client.socket.write(upgradeRequest(server.port, '/dev'));
    await until(() => server.invoker.events.length === 1);
    const reported = server.requests('connect').length;

    // WHEN
    client.socket.destroy();
    await client.ended;
    refuse();
    await until(() => server.requests('connect').length > reported);

    // THEN
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.invoker.events.map(({ requestContext }: GatewayProxyEvent) => requestContext.routeKey)).toEqual(['$connect']);
  });
});

test('a handshake is reported with its route, function and invocation', async () => {
  // WHEN
  const client = await server.connect();

  // THEN
  expect(server.observed).toEqual([{
    type: 'connect',
    time: expect.any(Number),
    connectionId: server.invoker.events[0].requestContext.connectionId,
    requestId: server.invoker.events[0].requestContext.requestId,
    api: 'Api',
    stage: 'dev',
    routeKey: '$connect',
    target: 'Test/handler',
    status: 101,
    duration: expect.any(Number),
    bytesIn: 0,
    bytesOut: 0,
    invocationId: 'invocation-1',
  }]);
  await client.close();
});
