import { setTimeout as after } from 'timers/promises';
import { FakeSocket } from './_helpers/fake-socket';
import { connect, SocketError } from '../../lib/client';

/** Resolves when a condition holds; the test's own limit ends it otherwise. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await after(2);
}

const open: { close(): Promise<void> }[] = [];

function client(more: object = {}) {
  const socket = connect({ url: 'ws://localhost/dev', WebSocket: FakeSocket as never, backoff: { base: 0.001, cap: 0.002 }, ...more });
  open.push(socket);
  return socket;
}

async function connected(more: object = {}) {
  const socket = client(more);
  await until(() => FakeSocket.all.length > 0);
  const server = FakeSocket.all[0];
  server.open();
  await until(() => socket.state === 'open');
  return { socket, server };
}

beforeEach(() => { FakeSocket.all = []; });
afterEach(async () => { await Promise.all(open.splice(0).map((each) => each.close())); });

describe('frames', () => {
  test('numbers, names and shapes that no server should send change nothing', async () => {
    // GIVEN
    const { socket, server } = await connected();
    const room = socket.join({ action: 'join', room: 'lobby' } as never);
    await until(() => server.sent.length > 0);
    server.receive({ id: server.sent[0].id, data: { seq: 1 } });
    await room.ready;
    const seen: unknown[] = [];
    socket.on('said' as never, ((data: unknown) => seen.push(data)) as never);

    // WHEN
    for (const seq of [2 ** 53, -1, 1.5, '2', null, {}, 1e308]) server.receive({ event: 'said', room: 'lobby', seq, data: 'odd' });
    for (const text of ['', 'null', '[]', '"x"', '{', '\u0000', '{"event":{},"room":[]}', '{"id":{},"data":1}', '{"id":"__proto__","error":null}']) {
      server.receive(text);
    }
    for (const name of ['__proto__', 'constructor', 'toString']) server.receive({ event: 'said', room: name, seq: 1, data: name });
    for (const event of ['__proto__', 'constructor', 'state', 'error', 'members', 'dropped']) server.receive({ event, room: 'lobby', data: 1 });
    server.receive({ event: 'room:joined', room: 'lobby', at: 1, data: { connectionId: '__proto__' } });
    server.receive({ event: 'said', room: 'lobby', seq: 2, data: 'good' });

    // THEN
    expect(seen.at(-1)).toBe('good');
    expect(socket.state).toBe('open');
    expect(({} as Record<string, unknown>).connectionId).toBeUndefined();
  });

  test('a reply counts once, and only that to a request', async () => {
    const { socket, server } = await connected();
    const reply = socket.request({ action: 'ask' } as never);
    await until(() => server.sent.length > 0);
    const { id } = server.sent[0];
    server.receive({ id: 99, data: 'nobody asked' });
    server.receive({ id: String(id), data: 'another type' });
    server.receive({ id, data: 'first' });
    server.receive({ id, error: { code: 'LATE', message: 'second' } });
    await expect(reply).resolves.toBe('first');
  });

  test('an error reply of any shape rejects', async () => {
    const { socket, server } = await connected();
    for (const error of ['text', 1, [], { code: {} }, { message: null }]) {
      const reply = socket.request({ action: 'ask' } as never);
      const failed = expect(reply).rejects.toBeInstanceOf(SocketError);
      server.receive({ id: server.sent.at(-1)!.id, error });
      await failed;
    }
  });
});

describe('a server that accepts and closes at once', () => {
  test('is tried again later and later', async () => {
    // GIVEN
    const waits: number[] = [];
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const socket = client({ backoff: { base: 0.001, cap: 0.02 } });
    socket.on('state', (state, detail) => { if (state === 'waiting') waits.push((detail as { retryIn: number }).retryIn); });

    // WHEN
    for (let count = 0; count < 7; count++) {
      await until(() => FakeSocket.all.length > count);
      FakeSocket.all[count].open();
      FakeSocket.all[count].end(1011);
    }
    jest.restoreAllMocks();

    // THEN
    expect(waits).toEqual([0.001, 0.002, 0.004, 0.008, 0.016, 0.02, 0.02]);
  });
});

describe('the function for the URL', () => {
  test.each([
    ['throws', () => { throw new Error('no token'); }],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('that %s is called again', async (_how, fail) => {
    const url = jest.fn(fail);
    const socket = client({ url });
    await until(() => url.mock.calls.length > 2);
    expect(['waiting', 'connecting']).toContain(socket.state);
  });

  test('that never ends does not keep the client from closing', async () => {
    const socket = client({ url: () => new Promise(() => undefined) });
    await until(() => socket.state === 'connecting');
    await socket.close();
    expect(socket.state).toBe('closed');
  });

  test('that ends after the client has closed opens nothing', async () => {
    let give: (url: string) => void = () => undefined;
    const url = jest.fn(() => new Promise<string>((resolve) => { give = resolve; }));
    const socket = client({ url });
    await until(() => url.mock.calls.length > 0);
    await socket.close();
    give('ws://localhost/dev');
    await after(10);
    expect(FakeSocket.all).toEqual([]);
  });
});

describe('close within a listener', () => {
  test('of the state that begins an attempt is the end', async () => {
    // GIVEN
    const { socket, server } = await connected();
    socket.on('state', (state) => { if (state === 'connecting') void socket.close(); });

    // WHEN
    server.end();
    await until(() => socket.state === 'closed');
    await after(20);

    // THEN
    expect([socket.state, FakeSocket.all.length]).toEqual(['closed', 1]);
  });

  test('of what was dropped is the end', async () => {
    const socket = client({ queue: { seconds: 0.001 } });
    socket.send({ action: 'old' } as never);
    await until(() => FakeSocket.all.length > 0);
    await after(20);
    socket.on('dropped', () => void socket.close());
    FakeSocket.all[0].open();
    await after(20);
    expect(socket.state).toBe('closed');
  });

  test('that asks whether to give up is the end', async () => {
    const socket = client({ giveUp: () => void socket.close() });
    await until(() => FakeSocket.all.length > 0);
    FakeSocket.all[0].end(1006);
    await after(20);
    expect([socket.state, FakeSocket.all.length]).toEqual(['closed', 1]);
  });

  test('that joins and leaves harms no other listener', async () => {
    const { socket, server } = await connected();
    const seen: string[] = [];
    jest.spyOn(console, 'error').mockReturnValue();
    socket.on('said' as never, (() => { socket.join({ action: 'join', room: 'a' } as never).leave(); throw new Error('broken'); }) as never);
    socket.on('said' as never, (() => seen.push('second')) as never);
    server.receive({ event: 'said', data: 1 });
    jest.restoreAllMocks();
    expect(seen).toEqual(['second']);
  });
});
