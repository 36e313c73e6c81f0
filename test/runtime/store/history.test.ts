import type { Connection } from '../../../lib/runtime/events';
import { room } from '../../../lib/runtime/room';
import { record } from '../../../lib/runtime/store/history';
import { failure } from '../_helpers/fake-aws';
import { RealStore } from '../_helpers/real-store';

let store: RealStore;
beforeAll(async () => { store = await RealStore.start(); });
afterAll(async () => store.stop());

const HISTORY = { seconds: 3_600, maxMessages: 20 };
let [name, start] = ['', 0];
let ann: Connection;

/** A room with one member, whose mark is `start`. */
beforeEach(async () => {
  store.setHistory(HISTORY);
  name = store.unique('lobby');
  ann = await store.connect('ann');
  start = (await room(name).join(ann)).seq!;
  store.gone.clear();
});

/** An emit whose handler dies after it has its number, and perhaps its row in the log. */
async function dyingEmit({ isLogged }: { isLogged: boolean }): Promise<void> {
  const seq = await record(name, HISTORY, { event: 'said', data: '"lost"', except: new Set() });
  const Key = { pk: { S: `H#${name}` }, sk: { S: String(seq).padStart(16, '0') } };
  if (!isLogged) await store.database.call('DeleteItem', { TableName: store.database.table, Key });
}

function said(number: number, data: unknown): object {
  return { event: 'said', data, room: name, seq: start + number };
}

test('a counter begins at the clock, and keeps its number', async () => {
  expect(Math.abs(start - Date.now())).toBeLessThan(10_000);
  expect((await room(name).join(ann)).seq).toBe(start);
});

test('what came after `since` is sent again in its order, as it was sent', async () => {
  await room(name).emit('said', 1);
  await room(name).emit('said', undefined, { except: ['bob'] });
  await room(name).emit('said', { n: 3 }, { except: [ann] });
  await room(name).emit('typing', 4, { volatile: true });
  const [again, bob] = [await store.connect('ann'), await store.connect('bob')];
  store.framesOf(ann);

  const joined = await room(name).join(again, { since: start });
  await room(name).join(bob, { since: start + 1 });
  await room(name).join(ann, { since: start });

  expect(joined).toMatchObject({ seq: start + 3, missed: false, void: [] });
  expect(store.framesOf(again)).toEqual([said(1, 1), said(2, undefined), said(3, { n: 3 })]);
  expect(store.framesOf(bob)).toEqual([{ room: name, seq: start + 2 }, said(3, { n: 3 })]);
  expect(store.framesOf(ann)).toEqual([said(1, 1), said(2, undefined), { room: name, seq: start + 3 }]);
});

test('a first join has nothing sent again', async () => {
  await room(name).emit('said', 1);
  const bob = await store.connect('bob');

  expect(await room(name).join(bob)).toMatchObject({ seq: start + 1, missed: false, void: [] });

  expect(store.framesOf(bob)).toEqual([]);
});

test('a number without a row holds the mark, and is void when the row above it is older than a minute', async () => {
  await dyingEmit({ isLogged: false });
  await room(name).emit('said', 2);
  await room(name).emit('said', 3);
  const bob = await store.connect('bob');

  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start, missed: false, void: [] });
  expect(await room(name).join(bob)).toMatchObject({ seq: start, missed: false, void: [] });
  // What is above the mark is sent also to who comes new, who could not know of it.
  expect(store.framesOf(bob)).toEqual([said(2, 2), said(3, 3)]);
  store.advance(61);
  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start + 3, missed: false, void: [start + 1] });
  expect(await room(name).join(bob)).toMatchObject({ seq: start + 3, missed: false, void: [] });
});

test('of an emit that died before its posts, all are sent the row of the log', async () => {
  await dyingEmit({ isLogged: true });

  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start + 1, missed: false, void: [] });

  expect(store.framesOf(ann)).toEqual([said(1, 'lost')]);
});

test('the last number without a row is open until there is a row above it', async () => {
  await room(name).emit('said', 1);
  await dyingEmit({ isLogged: false });
  store.advance(120);

  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start + 1, missed: false, void: [] });
  expect(await room(name).join(ann)).toMatchObject({ seq: start + 1, missed: false, void: [] });
});

test('missed: more numbers than the history has messages', async () => {
  for (let i = 1; i <= 21; i++) await room(name).emit('said', i);
  store.framesOf(ann);

  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start + 21, missed: true, void: [] });
  expect(store.framesOf(ann)).toEqual([]);
  expect(await room(name).join(ann, { since: start + 1 })).toMatchObject({ seq: start + 21, missed: false, void: [] });
  expect(store.framesOf(ann)).toHaveLength(20);
});

test('missed: the rows above `since` are over, and the one at it does not help', async () => {
  await room(name).emit('said', 1);
  store.advance(1_800);
  await room(name).emit('said', 2);
  store.advance(1_860);
  await room(name).emit('said', 3);
  store.framesOf(ann);

  expect(await room(name).join(ann, { since: start })).toMatchObject({ seq: start + 3, missed: true, void: [] });
  expect(store.framesOf(ann)).toEqual([]);
  // The row of the number 1 is over; that of the number 2, the next one, is there.
  expect(await room(name).join(ann, { since: start + 1 })).toMatchObject({ seq: start + 3, missed: false, void: [] });
  expect(store.framesOf(ann)).toEqual([said(2, 2), said(3, 3)]);
});

test('nothing is missed in a room that was quiet for longer than the history', async () => {
  await room(name).emit('said', 1);
  store.advance(5_400);
  store.framesOf(ann);

  expect(await room(name).join(ann, { since: start + 1 })).toMatchObject({ seq: start + 1, missed: false, void: [] });
  await room(name).emit('said', 2);
  store.framesOf(ann);
  expect(await room(name).join(ann, { since: start + 1 })).toMatchObject({ seq: start + 2, missed: false, void: [] });
  expect(store.framesOf(ann)).toEqual([said(2, 2)]);
});

test.each([-1, 0, 0.5, NaN, 2 ** 53, Number.MAX_SAFE_INTEGER])('missed: %d, a number that the room has never given', async (since) => {
  await room(name).emit('said', 1);
  store.framesOf(ann);

  expect(await room(name).join(ann, { since })).toMatchObject({ seq: start + 1, missed: true, void: [] });
  expect(store.framesOf(ann)).toEqual([]);
});

test('a counter that is lost goes on above the old numbers', async () => {
  await room(name).emit('said', 1);
  await store.database.call('DeleteItem', { TableName: store.database.table, Key: { pk: { S: `S#${name}` }, sk: { S: 'seq' } } });
  store.advance(90_000);
  ann = await store.connect('ann');

  const { seq, missed } = await room(name).join(ann, { since: start + 1 });

  expect([seq! > start + 1, missed]).toEqual([true, true]);
});

test('a log of several pages is read whole, and sent in order', async () => {
  for (let i = 1; i <= 15; i++) await room(name).emit('said', `${i} ${'x'.repeat(100_000)}`);
  store.framesOf(ann);

  await room(name).join(ann, { since: start });

  expect((store.framesOf(ann) as { data: string }[]).map(({ data }) => parseInt(data, 10))).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
});

test('a connection that is gone during a replay is not connected, and what fails fails the join', async () => {
  await room(name).emit('said', 1);
  store.gone.add(ann.id);
  await expect(room(name).join(ann, { since: start })).rejects.toMatchObject({
    code: 'NOT_CONNECTED', message: `${ann.id} was closed while the history of ${name} was sent to it`,
  });
  expect(await room(name).members()).toEqual([]);

  const bob = await store.connect('bob');
  store.api.answer = () => failure(403, 'ForbiddenException', 'not you');
  await expect(room(name).join(bob, { since: start })).rejects.toMatchObject({ code: 'TIMEOUT' });
  store.restore();
});

test('before $connect has returned, a replay is left to the next join', async () => {
  await room(name).emit('said', 1);
  const young = { ...await store.connect('bob'), connectedAt: new Date(Date.now()) };
  store.gone.add(young.id);

  expect(await room(name).join(young, { since: start })).toMatchObject({ seq: start + 1, missed: false, void: [] });

  expect(await room(name).members()).toHaveLength(2);
});

test('an emit that stalled beyond the time after which its number is void is in the history, and is not sent', async () => {
  const sent = room(name).emit('said', 'late');
  store.advance(56);

  await expect(sent).rejects.toMatchObject({
    code: 'TIMEOUT', message: `the emit of said to ${name} was not recorded in time: it is in the history, and was not sent`,
  });
  expect(store.framesOf(ann)).toEqual([]);
  expect(await store.items(`H#${name}`)).toMatchObject([{ sk: { S: String(start + 1).padStart(16, '0') }, data: { S: '"late"' } }]);
});

test('a counter that an emit begins, in a room that nobody has joined, begins at the clock', async () => {
  const before = Date.now();
  await room(`${name} nobody`).emit('said');
  const [{ seq }] = await store.items(`S#${name} nobody`);
  expect(Number(seq.N)).toBeGreaterThan(before);
});
