import { FakeSocket } from './_helpers/fake-socket';
import { connect, Options, Room, Socket } from '../../lib/client';

let socket: Socket;

beforeEach(() => {
  jest.useFakeTimers();
  FakeSocket.all = [];
});

afterEach(async () => {
  const closed = socket.close();
  await jest.advanceTimersByTimeAsync(4_000);
  await closed;
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const wait = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

const JOIN = { action: 'join', room: 'lobby' };
const joined = (more: object = {}) => ({ members: [], more: false, seq: 100, missed: false, void: [], ...more });
const member = (connectionId: string, at: number) => ({ connectionId, user: connectionId, joinedAt: new Date(at).toISOString() });

/** What the client has asked last, answered. */
async function answer(more: object): Promise<void> {
  const wire = FakeSocket.all.at(-1)!;
  wire.receive({ id: wire.sent.at(-1)!.id, ...more });
  await wait(0);
}

/** A room, and what its listeners were called with. */
async function lobby(options: Partial<Options> = {}): Promise<{ room: Room; calls: unknown[][] }> {
  socket = connect({ url: 'ws://there', WebSocket: FakeSocket, backoff: { base: 0.001, cap: 0.001 }, ...options } as Options);
  const room = socket.join(JOIN, { leave: { action: 'leave', room: 'lobby' } });
  const calls: unknown[][] = [];
  for (const event of ['said', 'missed', 'error', 'members']) {
    room.on(event as 'members', (value: unknown) => calls.push([event, value instanceof Error ? value.message : value]));
  }
  await wait(0);
  FakeSocket.all[0].open();
  await wait(0);
  return { room, calls };
}

/** The connection is lost, and the next one is open. */
async function again(): Promise<void> {
  FakeSocket.all.at(-1)!.end(1006, '');
  await wait(1);
  FakeSocket.all.at(-1)!.open();
  await wait(0);
}

test('the first reply is what `ready` resolves with, and begins the numbers', async () => {
  // GIVEN
  const { room, calls } = await lobby();
  await answer({ data: joined({ seq: 7 }) });
  expect(await room.ready).toEqual(joined({ seq: 7 }));

  // WHEN
  await again();

  // THEN
  expect(FakeSocket.all[1].sent).toEqual([{ ...JOIN, since: 7, id: 2 }]);
  expect(calls).toEqual([['members', []]]);
});

test('a reply moves the numbers only if it says that something was missed', async () => {
  // GIVEN
  const { calls } = await lobby();
  await answer({ data: joined({ seq: 7 }) });
  await again();
  await answer({ data: joined({ seq: 20 }) });
  await again();
  expect(FakeSocket.all[2].sent.at(-1)).toMatchObject({ since: 7 });

  // WHEN
  await answer({ data: joined({ seq: 30, missed: true }) });
  await again();

  // THEN
  expect(FakeSocket.all[3].sent.at(-1)).toMatchObject({ since: 30 });
  expect(calls.filter(([event]) => event === 'missed')).toEqual([['missed', { since: 7, seq: 30 }]]);
});

test('a first join that is refused rejects, and is forgotten', async () => {
  const { room } = await lobby();
  const refused = expect(room.ready).rejects.toMatchObject({ code: 'FULL', message: 'no place left' });
  await answer({ error: { code: 'FULL', message: 'no place left' } });
  await refused;

  const second = socket.join(JOIN);
  expect(second).not.toBe(room);
  await answer({ data: joined() });
  expect(await second.ready).toEqual(joined());
});

test('a join that is refused later is told, and tried again on the next connection', async () => {
  // GIVEN
  const { calls } = await lobby();
  await answer({ data: joined() });
  await again();

  // WHEN
  await answer({ error: { code: 'FULL', message: 'no place left' } });

  // THEN
  expect(calls.at(-1)).toEqual(['error', 'no place left']);
  await again();
  expect(FakeSocket.all[2].sent).toEqual([{ ...JOIN, since: 100, id: 3 }]);
});

test('a room without a history is warned of once, and hears what comes', async () => {
  // GIVEN
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { calls } = await lobby();
  await answer({ data: joined({ seq: undefined }) });
  await again();
  await answer({ data: joined({ seq: undefined }) });

  // WHEN
  FakeSocket.all[1].receive({ event: 'said', data: 'hi', room: 'lobby' });

  // THEN
  expect(warn.mock.calls).toEqual([['lobby: no seq in the reply to join, no recovery']]);
  expect(calls.at(-1)).toEqual(['said', 'hi']);
  expect(FakeSocket.all[1].sent).toEqual([{ ...JOIN, id: 2 }]);
});

test('members come and go by the time of their announcements, in whichever order these arrive', async () => {
  // GIVEN
  const { room } = await lobby();
  await answer({ data: joined({ members: [member('ann', 1_000)] }) });
  const wire = FakeSocket.all[0];
  const announce = (event: string, at: number, id: string): void => {
    wire.receive({ event: `room:${event}`, room: 'lobby', at, data: member(id, at) });
  };
  const ids = (): string[] => room.members.map(({ connectionId }) => connectionId);

  // WHEN
  announce('joined', 2_000, 'bob');
  expect(ids()).toEqual(['ann', 'bob']);
  announce('left', 5_000, 'cy');
  announce('joined', 4_000, 'cy');

  // THEN
  expect(ids()).toEqual(['ann', 'bob']);
  announce('left', 500, 'ann');
  expect(ids()).toEqual(['ann', 'bob']);
  announce('left', 3_000, 'bob');
  expect(ids()).toEqual(['ann']);
});

test('who leaves and joins again is let in after the server knows that he has left', async () => {
  // GIVEN
  const { room } = await lobby();
  await answer({ data: joined() });
  const wire = FakeSocket.all[0];

  // WHEN
  room.leave();
  const second = socket.join(JOIN);
  await wait(0);
  expect(wire.sent.map(({ action }) => action)).toEqual(['join', 'leave']);
  await answer({ data: true });

  // THEN
  expect(wire.sent.map(({ action }) => action)).toEqual(['join', 'leave', 'join']);
  await answer({ data: joined({ seq: 5 }) });
  expect(await second.ready).toEqual(joined({ seq: 5 }));
});

test('the same message is the same room, and another one for the room an error', async () => {
  const { room } = await lobby();

  expect(socket.join({ ...JOIN })).toBe(room);
  expect(() => socket.join({ ...JOIN, meta: 1 } as never)).toThrow(expect.objectContaining({ code: 'JOINED', message: 'lobby is joined with another message' }));
});
