import { EventReader } from './_helpers/event-reader';
import { InspectedServer } from './_helpers/inspected-server';
import type { Authorization } from '../../../lib/local/assembly/local-app';
import { api, proxy, route, TestServer, app, until } from '../_helpers/local-server';

function authorizedBy(...identitySource: string[]): { readonly authorization: Authorization } {
  const authorizer = { logicalId: 'Auth', name: 'Auth', authorizerId: 'abc123', identitySource, target: proxy('authorizer').target! };
  return { authorization: { type: 'CUSTOM', authorizer } };
}

let inspected: InspectedServer | undefined;
afterEach(async () => {
  await inspected?.stop();
  inspected = undefined;
});

async function start(...identitySource: string[]): Promise<InspectedServer> {
  const connect = identitySource.length > 0 ? authorizedBy(...identitySource) : {};
  inspected = await InspectedServer.start(api([route('$connect', connect), route('$disconnect'), route('say', { twoWay: true })]), {
    authorizer: () => ({ principalId: 'ann', policyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }),
    handler: ({ requestContext: { routeKey }, headers, body }) => {
      const { 'X-Refuse': refused, 'Sec-WebSocket-Protocol': offered } = headers as Record<string, string> ?? {};
      if (routeKey === '$connect' && refused) return { statusCode: 418 };
      const chosen = offered && { 'Sec-WebSocket-Protocol': offered.split(',')[0] };
      return { statusCode: 200, headers: { ...chosen || {} }, body: routeKey === 'say' ? `echo ${String(body)}` : undefined };
    },
  });
  return inspected;
}

/** The event of `$connect`. */
function connectEvent({ server }: InspectedServer) {
  return server.eventsOf('$connect').at(-1) as unknown as { headers: Record<string, string>; queryStringParameters?: Record<string, string> };
}

test('connects with query, headers and subprotocols, sends and closes', async () => {
  // GIVEN
  const { server } = await start();
  const call: InspectedServer['call'] = (...args) => inspected!.call(...args);
  const reader = await EventReader.open(server.port);

  // WHEN
  const { status, json } = await call('POST', '/clients', {
    path: '/dev?a=1', query: { b: '2 3' }, headers: { 'X-Name': 'ann' }, subprotocols: ['chat', 'v2'], name: 'first',
  });
  expect(await call('POST', '/clients/1/send', { text: '{"action":"say"}' })).toEqual({ status: 204, json: undefined });
  const frame = await reader.untilEntry(({ type, direction }) => type === 'frame' && direction === 'out');
  expect(await call('POST', '/clients/1/close', { code: 4001, reason: 'enough' })).toEqual({ status: 204, json: undefined });

  // THEN
  const { connectionId } = frame as unknown as { connectionId: string };
  expect({ status, json }).toEqual({ status: 200, json: { client: '1', connectionId } });
  expect(frame).toMatchObject({ text: 'echo {"action":"say"}' });
  expect(await reader.untilEntry(({ type }) => type === 'disconnected')).toMatchObject({ code: 4001, reason: 'enough', by: 'client' });
  expect(connectEvent(inspected!)).toMatchObject({
    headers: { 'X-Name': 'ann', 'Sec-WebSocket-Protocol': 'chat,v2' }, queryStringParameters: { a: '1', b: '2 3' },
  });
  await until(() => reader.last<Array<{ state: string }>>('clients')?.[0]?.state === 'closed');
  expect(reader.last('clients')).toEqual([
    { client: '1', connectionId, url: `ws://localhost:${server.port}/dev?a=1&b=2+3`, name: 'first', state: 'closed', code: 4001, reason: 'enough' },
  ]);
  expect(await call('DELETE', '/clients/1')).toEqual({ status: 204, json: undefined });
  expect(await call('GET', '/clients')).toEqual({ status: 200, json: [] });
  reader.close();
});

test('shows how a handshake was refused', async () => {
  const { port } = await start();
  expect(await inspected!.call('POST', '/clients', { path: '/dev', headers: { 'X-Refuse': 'yes' } })).toEqual({
    status: 200, json: { client: '1', refused: { status: 418, body: '', headers: expect.objectContaining({ 'x-amzn-requestid': expect.any(String) as string }) as object } },
  });
  expect(await inspected!.call('GET', '/clients')).toEqual({
    status: 200, json: [{ client: '1', url: `ws://localhost:${port}/dev`, state: 'closed', refused: { status: 418, body: '' } }],
  });
});

test.each([
  ['the header Authorization', 'route.request.header.Authorization', { headers: { Authorization: 'Bearer t.o.k' } }],
  ['another header', 'route.request.header.X-Token', { headers: { 'X-Token': 't.o.k' } }],
  ['the query string', 'route.request.querystring.token', { queryStringParameters: { token: 't.o.k' } }],
  ['a subprotocol', 'route.request.header.Sec-WebSocket-Protocol', { headers: { 'Sec-WebSocket-Protocol': 't.o.k' } }],
])('a token goes where the authorizer looks: %s', async (_where, source, expected) => {
  await start(source);
  await inspected!.call('POST', '/clients', { path: '/dev', token: 't.o.k' });
  expect(connectEvent(inspected!)).toMatchObject(expected);
});

describe('a client connects to the gateway only', () => {
  test('whatever host the URL names', async () => {
    // GIVEN
    const { port } = await start();

    // WHEN
    const answer = await inspected!.call('POST', '/clients', { url: `ws://evil.example:${port}/dev` });

    // THEN
    expect(answer).toMatchObject({ status: 200, json: { client: '1', connectionId: expect.any(String) as string } });
  });

  test('not to another port, even one of this machine', async () => {
    // GIVEN
    await start();
    const other = await TestServer.start(app(api([])), () => ({ statusCode: 200 }));

    // WHEN
    const answer = await inspected!.call('POST', '/clients', { url: other.url() });
    await other.stop();

    // THEN
    expect(answer).toEqual({ status: 400, json: { message: `the playground connects to the gateway only, and port ${other.port} is not one of its own` } });
    expect(other.requests('connect')).toEqual([]);
  });
});

test.each([
  [{ url: 'http://localhost/dev' }, 'a client connects to ws://, not to http:'],
  [{ url: 'ws://[' }, '"ws://[" is neither a URL nor a path'],
  [{ path: 3 }, '`path` must be a string'],
  [{ headers: { a: 1 } }, '`headers` must be an object of strings'],
  [{ headers: { 'Sec-WebSocket-Key': 'x' } }, 'the header Sec-WebSocket-Key is the client\'s own; `subprotocols` sets those'],
  [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'Invalid character in header content ["X-A"]'],
  [{ subprotocols: ['a b'] }, 'An invalid or duplicated subprotocol was specified'],
  [{ query: [['a']] }, '`query` must be an object of strings'],
  [[], 'the body must be a JSON object'],
])('%j is refused', async (body, message) => {
  await start();
  expect(await inspected!.call('POST', '/clients', body)).toEqual({ status: 400, json: { message } });
});

test('a client that is not open sends nothing, and codes are those that a client may send', async () => {
  await start();
  await inspected!.call('POST', '/clients', { path: '/dev' });
  expect(await inspected!.call('POST', '/clients/1/send', { text: 1 })).toEqual({ status: 400, json: { message: '`text` must be a string' } });
  expect(await inspected!.call('POST', '/clients/1/close', { code: 1006 })).toEqual({
    status: 400, json: { message: 'First argument must be a valid error code number' },
  });
  expect(await inspected!.call('POST', '/clients/1/close', {})).toMatchObject({ status: 204 });
  await until(async () => ((await inspected!.call('GET', '/clients')).json as Array<{ state: string }>)[0].state === 'closed');
  expect(await inspected!.call('POST', '/clients/1/send', { text: 'x' })).toEqual({ status: 400, json: { message: 'the client is closed' } });
  expect(await inspected!.call('POST', '/clients/2/send', { text: 'x' })).toEqual({ status: 404, json: { message: 'there is no client "2"' } });
});

test('at most 50 are open, and closed ones make room', async () => {
  await start();
  for (let count = 0; count < 50; count++) await inspected!.call('POST', '/clients', { path: '/dev' });
  expect(await inspected!.call('POST', '/clients', { path: '/dev' })).toEqual({
    status: 400, json: { message: 'at most 50 clients are open at a time: close one' },
  });
  await inspected!.call('POST', '/clients/7/close', {});
  await until(async () => (await inspected!.call('POST', '/clients', { path: '/dev' })).status === 200);
  expect(((await inspected!.call('GET', '/clients')).json as unknown[]).length).toBe(50);
});
