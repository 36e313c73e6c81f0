import { FakeSocket } from './_helpers/fake-socket';
import { connect, Options, Socket } from '../../lib/client';

let socket: Socket;

beforeEach(() => {
  jest.useFakeTimers();
  FakeSocket.all = [];
});

afterEach(async () => {
  const closed = socket.close();
  await jest.advanceTimersByTimeAsync(4_000);
  await closed;
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const wait = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

async function opened(options: Partial<Options> = {}): Promise<FakeSocket> {
  socket = connect({ url: 'ws://there', WebSocket: FakeSocket, ...options } as Options);
  await wait(0);
  FakeSocket.all[0].open();
  return FakeSocket.all[0];
}

/** The join that was sent last, answered. */
function answer(wire: FakeSocket, data: unknown): void {
  wire.receive({ id: wire.sent.filter(({ action }) => action === 'join').pop()!.id, data });
}

describe('the heartbeat', () => {
  test('is sent after four minutes in which nothing was sent or heard, and needs an answer if one ever came', async () => {
    // GIVEN
    const wire = await opened();
    await wait(200);
    socket.send({ action: 'say' });
    await wait(239);
    expect(wire.sent).toEqual([{ action: 'say' }]);
    await wait(2);
    expect(wire.sent).toEqual([{ action: 'say' }, { action: 'ping' }]);
    wire.receive({ message: 'pong' });

    // WHEN
    await wait(242);
    expect(wire.sent).toHaveLength(3);
    expect(socket.state).toBe('open');
    await wait(21);

    // THEN
    expect(socket.state).not.toBe('open');
  });

  test('which was never answered ends nothing, and is warned of once', async () => {
    // GIVEN
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const wire = await opened();

    // WHEN
    await wait(1_200);

    // THEN
    expect(socket.state).toBe('open');
    expect(wire.sent.length).toBeGreaterThan(2);
    expect(warn.mock.calls).toEqual([['no answer to the heartbeat: RouteIntegration.ping() with returnResponse']]);
  });

  test('false sends none', async () => {
    const wire = await opened({ heartbeat: false });
    await wait(3_000);
    expect(wire.sent).toEqual([]);
  });

  test('after sleep, which timers do not count, it is sent at once', async () => {
    // GIVEN
    const wire = await opened();

    // WHEN
    jest.setSystemTime(Date.now() + 3_600_000);
    await wait(2);

    // THEN
    expect(wire.sent).toEqual([{ action: 'ping' }]);
  });
});

describe('the change-over', () => {
  test('after 99 to 110 minutes opens a second connection, joins there, sends there, and closes the first', async () => {
    // GIVEN
    const wire = await opened();
    const states = jest.fn();
    socket.on('state', states);
    const lobby = socket.join({ action: 'join', room: 'lobby' });
    const said: unknown[] = [];
    lobby.on('said', (data) => said.push(data));
    answer(wire, { seq: 10, missed: false, void: [], members: [] });
    const beat = async (seconds: number) => {
      for (; seconds > 0 && FakeSocket.all.length === 1; seconds -= 10) {
        await wait(10);
        wire.receive({ message: 'pong' });
      }
    };

    // WHEN
    await beat(98 * 60);
    expect(FakeSocket.all).toHaveLength(1);
    await beat(13 * 60);
    expect(FakeSocket.all).toHaveLength(2);
    const [, second] = FakeSocket.all;
    second.open();
    await wait(0);
    const reply = socket.request({ action: 'slow' });
    second.receive({ event: 'said', room: 'lobby', seq: 11, data: 'a' });
    wire.receive({ event: 'said', room: 'lobby', seq: 11, data: 'a' });
    answer(second, { seq: 11, missed: false, void: [], members: [] });
    await wait(0);
    socket.send({ action: 'say' });
    wire.receive({ id: wire.sent[wire.sent.length - 1].id, data: 'done' });

    // THEN
    expect(await reply).toBe('done');
    expect(said).toEqual(['a']);
    expect(second.sent).toEqual([{ action: 'join', room: 'lobby', id: 2, since: 10 }, { action: 'say' }]);
    expect(wire.readyState).toBe(1);
    await wait(7);
    expect(wire.readyState).toBe(3);
    expect(states).not.toHaveBeenCalled();
  });

  test('leaves the first connection open for the replies that it owes', async () => {
    // GIVEN
    const wire = await opened({ changeOver: { minutes: 1 }, heartbeat: false });
    await wait(50);
    const reply = socket.request({ action: 'slow' }, { timeout: 60 });
    for (let second = 0; second < 15 && FakeSocket.all.length === 1; second++) await wait(1);
    FakeSocket.all[1].open();
    await wait(20);
    expect(wire.readyState).toBe(1);

    // WHEN
    wire.receive({ id: 1, data: 'done' });
    await wait(3);

    // THEN
    expect(await reply).toBe('done');
    expect(wire.readyState).toBe(3);
  });

  test('that fails is tried again; the first connection stays', async () => {
    // GIVEN
    await opened({ changeOver: { minutes: 1 }, heartbeat: false });

    // WHEN
    await wait(62);
    FakeSocket.all[1].end();
    await wait(1);

    // THEN
    expect(socket.state).toBe('open');
    expect(FakeSocket.all.length).toBeGreaterThan(2);
    FakeSocket.all[2].open();
    await wait(7);
    expect(FakeSocket.all[0].readyState).toBe(3);
  });
});

describe('a hole', () => {
  test('is asked for after five seconds, and counts as void a minute later', async () => {
    // GIVEN
    const wire = await opened();
    const lobby = socket.join({ action: 'join', room: 'lobby' });
    const said: unknown[] = [];
    lobby.on('said', (data) => said.push(data));
    answer(wire, { seq: 10, missed: false, void: [], members: [] });
    await wait(0);
    for (const seq of [13, 12, 12]) wire.receive({ event: 'said', room: 'lobby', seq, data: seq });
    expect(said).toEqual([13, 12]);

    // WHEN
    await wait(4);
    expect(wire.sent).toHaveLength(1);
    await wait(3);
    expect(wire.sent[1]).toEqual({ action: 'join', room: 'lobby', id: 2, since: 10 });
    answer(wire, { seq: 10, missed: false, void: [], members: [] });
    await wait(62);

    // THEN
    wire.receive({ event: 'said', room: 'lobby', seq: 11, data: 'too late' });
    wire.end();
    await wait(1);
    FakeSocket.all[1].open();
    expect(FakeSocket.all[1].sent).toEqual([{ action: 'join', room: 'lobby', id: 3, since: 13 }]);
    expect(said).toEqual([13, 12]);
  });

  test('that the server calls void is over at once', async () => {
    // GIVEN
    const wire = await opened();
    socket.join({ action: 'join', room: 'lobby' });
    answer(wire, { seq: 10, missed: false, void: [], members: [] });
    await wait(0);
    wire.receive({ event: 'said', room: 'lobby', seq: 12, data: 12 });

    // WHEN
    await wait(7);
    answer(wire, { seq: 12, missed: false, void: [11], members: [] });
    await wait(0);

    // THEN
    wire.end();
    await wait(1);
    FakeSocket.all[1].open();
    expect(FakeSocket.all[1].sent).toEqual([{ action: 'join', room: 'lobby', id: 3, since: 12 }]);
  });
});

test('what waits too long is dropped, and told', async () => {
  // GIVEN
  const wire = await opened({ backoff: { base: 1_000, cap: 1_000 } });
  jest.spyOn(Math, 'random').mockReturnValue(0.9);
  wire.end();
  const dropped = jest.fn();
  socket.on('dropped', dropped);

  // WHEN
  socket.send({ action: 'say', n: 1 });
  const reply = expect(socket.request({ action: 'ask' }, { timeout: 100 })).rejects.toMatchObject({ code: 'CONNECTION_LOST', message: 'no reply: old' });
  await wait(62);

  // THEN
  await reply;
  expect(dropped.mock.calls).toEqual([[{ message: { action: 'say', n: 1 }, reason: 'old' }]]);
});
