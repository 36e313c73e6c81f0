import { call, SIGNED } from './_helpers/backend';
import { DisconnectedEntry, InvocationEntry, Trace, TraceEntry } from '../../../lib/local/trace';
import { api, app, proxy, route, TestServer, until } from '../_helpers/local-server';

let server: TestServer;
let trace: Trace;
let entries: TraceEntry[];
let stopListening: () => void;
beforeEach(async () => {
  [trace, entries] = [new Trace(), []];
  server = await TestServer.start(app(api([route('$connect'), route('fail', { integration: proxy('failing'), twoWay: true })])), {
    handler: () => ({ statusCode: 200 }), failing: () => { throw new Error('a defect'); },
  }, { trace });
  stopListening = trace.listen((entry) => entries.push(entry));
});
afterEach(() => server.stop());

async function disconnected(): Promise<DisconnectedEntry> {
  const found = (): TraceEntry | undefined => entries.find(({ type }) => type === 'disconnected');
  await until(() => found() !== undefined);
  return found() as DisconnectedEntry & { time: number };
}

test('without a listener, nothing is made', async () => {
  // GIVEN
  stopListening();
  const add = jest.spyOn(trace, 'add');

  // WHEN
  const client = await server.connect();
  await client.ask({ action: 'fail' });
  const [{ id }] = server.server.connections.all();
  await call(server, 'POST', `/dev/@connections/${encodeURIComponent(id)}`, { headers: SIGNED, body: 'hi' });
  await client.close();
  await until(() => server.server.connections.size === 0);

  // THEN
  expect(add).not.toHaveBeenCalled();
});

test('a failed handler has its error, and the frame says why', async () => {
  const client = await server.connect();
  const text = await client.ask({ action: 'fail' });
  const failed = entries.find((entry): entry is InvocationEntry & { time: number } => entry.type === 'invocation' && entry.routeKey === 'fail');
  expect(failed).toMatchObject({ functionId: 'failing', error: { type: 'Error', message: 'a defect', stackTrace: [] } });
  expect(failed).not.toHaveProperty('answer');
  expect(entries).toContainEqual(expect.objectContaining({
    type: 'frame', direction: 'out', by: 'error', text, requestId: failed!.requestId, reason: expect.stringContaining('a defect') as string,
  }));
});

test('a post in bytes that are no text is shown as it is sent', async () => {
  const client = await server.connect();
  const [{ id }] = server.server.connections.all();
  await call(server, 'POST', `/dev/@connections/${encodeURIComponent(id)}`, { headers: SIGNED, body: Buffer.from([0x61, 0xff, 0x62]) });
  expect(entries).toContainEqual(expect.objectContaining({ type: 'frame', by: 'post', text: await client.next() }));
});

test('a refused visitor', async () => {
  await expect(server.connect('/dev', { headers: { Origin: 'https://evil.example' } })).rejects.toThrow('403');
  expect(entries).toEqual([expect.objectContaining({
    type: 'refused', status: 403, url: '/dev', rawHeaders: expect.arrayContaining(['Origin', 'https://evil.example']) as string[],
  })]);
});

describe('who ended a connection', () => {
  test('the client', async () => {
    const client = await server.connect();
    client.socket.close(1000, 'done');
    expect(await disconnected()).toMatchObject({ by: 'client', code: 1000, reason: 'done' });
  });

  test('the network', async () => {
    const client = await server.connect();
    client.socket.terminate();
    expect(await disconnected()).toMatchObject({ by: 'network', code: 1006 });
  });

  test('the gateway', async () => {
    await server.connect();
    const [{ id }] = server.server.connections.all();
    await call(server, 'DELETE', `/dev/@connections/${encodeURIComponent(id)}`, { headers: SIGNED });
    expect(await disconnected()).toMatchObject({ connectionId: id, by: 'gateway', code: 1000 });
  });

  test('a fault', async () => {
    const client = await server.connect();
    server.server.connections.all()[0].endedBy = 'fault';
    client.socket.terminate();
    expect(await disconnected()).toMatchObject({ by: 'fault' });
  });
});
