import { EventReader, ReadEntry } from './_helpers/event-reader';
import { InspectedServer } from './_helpers/inspected-server';
import { inspectorUrl } from '../../../lib/local/inspector/inspector';
import { api, route, stage, TestClient, until } from '../_helpers/local-server';
import { call, SIGNED } from '../wire/_helpers/backend';

const MARKUP = '<img src=x onerror=alert(1)>"\'</script>';

let inspected: InspectedServer;
let reader: EventReader;
const open: TestClient[] = [];
beforeEach(async () => {
  inspected = await InspectedServer.start(
    api([route('$connect'), route('$disconnect'), route('say', { twoWay: true }), route('fail')]),
    ({ requestContext: { routeKey }, body }) => {
      if (routeKey === 'fail') throw new TypeError(MARKUP);
      return { statusCode: 200, body: routeKey === 'say' ? `echo ${String(body)}` : undefined };
    },
  );
  reader = await EventReader.open(inspected.port);
});
afterEach(async () => {
  reader.close();
  for (const client of open.splice(0)) client.socket.terminate();
  await inspected.stop();
});

async function connect(pathAndQuery?: string, headers: Readonly<Record<string, string>> = {}): Promise<TestClient> {
  const client = await inspected.server.connect(pathAndQuery, { headers });
  open.push(client);
  return client;
}

/** The entries since a number. */
function since(n: number): ReadEntry[] {
  return reader.entries.filter((entry) => entry.n > n);
}

test('a reader is told what is served', async () => {
  await until(() => reader.last('hello') !== undefined && reader.last('clients') !== undefined);
  expect(reader.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  expect(reader.last('hello')).toEqual({
    version: expect.stringMatching(/^\d+\./) as string,
    run: expect.stringMatching(/^[\da-f]{12}$/) as string,
    apis: [{
      name: 'Api',
      stage: 'dev',
      url: `ws://localhost:${inspected.port}/dev`,
      path: '/dev',
      routes: [
        { routeKey: '$connect', target: 'Lambda', function: 'handler', twoWay: false },
        { routeKey: '$disconnect', target: 'Lambda', function: 'handler', twoWay: false },
        { routeKey: 'say', target: 'Lambda', function: 'handler', twoWay: true, example: '{\n  "action": "say"\n}' },
        { routeKey: 'fail', target: 'Lambda', function: 'handler', twoWay: false, example: '{\n  "action": "fail"\n}' },
      ],
    }],
    issuer: false,
    faults: [],
  });
  expect(reader.last('clients')).toEqual([]);
});

test('a message and its reply, in order', async () => {
  // GIVEN
  const client = await connect('/dev?room=1', { 'X-Name': 'ann' });
  const { connectionId } = await reader.untilEntry(({ type }) => type === 'connected') as unknown as { connectionId: string };
  const { n } = await reader.untilEntry(({ type, routeKey }) => type === 'invocation' && routeKey === '$connect');

  // WHEN
  const reply = await client.ask({ action: 'say' });

  // THEN
  await reader.untilEntry(({ type, direction }) => type === 'frame' && direction === 'out');
  const text = '{"action":"say"}';
  expect(since(n).filter(({ type }) => type !== 'connected')).toEqual([
    { n: expect.any(Number) as number, type: 'frame', time: expect.any(Number) as number, connectionId, direction: 'in', text, requestId: expect.any(String) as string, routeKey: 'say' },
    expect.objectContaining({
      type: 'invocation',
      connectionId,
      routeKey: 'say',
      role: 'route',
      target: 'Test/handler',
      isColdStart: false,
      event: expect.stringContaining('"routeKey":"say"') as string,
      answer: JSON.stringify({ statusCode: 200, body: reply }),
    }),
    expect.objectContaining({ type: 'frame', connectionId, direction: 'out', by: 'reply', text: reply }),
  ]);
  expect(reader.entries.find(({ type }) => type === 'connected')).toMatchObject({
    connectionId, url: '/dev?room=1', rawHeaders: expect.arrayContaining(['X-Name', 'ann']) as string[], sourceIp: '127.0.0.1', api: 'Api', stage: 'dev',
  });
});

test('a post, an error frame, a refused handshake and the end of a connection', async () => {
  // GIVEN
  const client = await connect();
  const { connectionId } = await reader.untilEntry(({ type }) => type === 'connected') as unknown as { connectionId: string };

  // WHEN
  await call(inspected.server, 'POST', `/dev/@connections/${encodeURIComponent(connectionId)}`, { headers: SIGNED, body: 'hi' });
  await client.next();
  await client.ask({ action: 'nothing' });
  await TestClient.refusal(inspected.server.url('/nowhere'));
  client.socket.close(4000, 'enough');

  // THEN
  await reader.untilEntry(({ type }) => type === 'disconnected');
  expect(reader.entries).toEqual(expect.arrayContaining([
    expect.objectContaining({ type: 'post', verb: 'POST', connectionId, status: 200, body: 'hi' }),
    expect.objectContaining({ type: 'frame', direction: 'out', by: 'post', text: 'hi' }),
    expect.objectContaining({ type: 'frame', direction: 'out', by: 'error', reason: expect.stringContaining('nothing') as string }),
    expect.objectContaining({ type: 'refused', status: 403, url: '/nowhere', reason: 'no stage is served at /nowhere; there is /dev' }),
    expect.objectContaining({ type: 'disconnected', connectionId, code: 4000, reason: 'enough', by: 'client' }),
  ]));
});

test('open connections are listed', async () => {
  await connect();
  await until(() => reader.last<unknown[]>('connections')?.length === 1);
  expect(reader.last('connections')).toEqual([{
    connectionId: expect.any(String) as string,
    api: 'Api',
    stage: 'dev',
    connectedAt: expect.any(Number) as number,
    lastActiveAt: expect.any(Number) as number,
    sourceIp: '127.0.0.1',
    rooms: [],
    state: 'open',
  }]);
});

test('markup passes as JSON alone', async () => {
  // GIVEN
  const client = await connect(`/dev?x=${encodeURIComponent(MARKUP)}`, { 'X-Name': MARKUP });

  // WHEN
  client.send({ action: 'fail', text: MARKUP });

  // THEN
  const failed = await reader.untilEntry(({ type, error }) => type === 'invocation' && error !== undefined);
  expect(failed).toMatchObject({ error: { type: 'TypeError', message: MARKUP } });
  expect(reader.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'x-content-type-options': 'nosniff' });
});

test('the page has an address on the first port whose paths are free', () => {
  const served = (port: number, name: string) => ({ api: api([]), port, stages: [{ stage: stage({ name }), url: '', callbackUrl: '' }] });
  expect(inspectorUrl([served(3001, 'dev')], '127.0.0.1')).toBe('http://localhost:3001/_ws');
  expect(inspectorUrl([served(3001, '_ws'), served(3002, 'dev')], '0.0.0.0')).toBe('http://localhost:3002/_ws');
  expect(inspectorUrl([served(3001, 'dev')], '192.168.1.7')).toBe('http://192.168.1.7:3001/_ws');
  expect(inspectorUrl([served(3001, '_ws')], '127.0.0.1')).toBeUndefined();
});
