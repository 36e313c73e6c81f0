import { RealStore } from './_helpers/real-store';
import type { Connection } from '../../lib/runtime/events';
import { room } from '../../lib/runtime/room';
import { removeConnection } from '../../lib/runtime/store/connections';

let store: RealStore;
beforeAll(async () => { store = await RealStore.start(); });
afterAll(async () => store.stop());
beforeEach(() => store.setHistory({ seconds: 3_600, maxMessages: 100 }));

const ALL_DELIVERED = { gone: [], pending: [], failed: [], handedOver: 0 };

/** A room in which these users are, each with one connection. */
async function roomOf(...users: string[]): Promise<[name: string, ...members: Connection[]]> {
  const name = store.unique('lobby');
  const members: Connection[] = [];
  for (const user of users) {
    members.push(await store.connect(user));
    await room(name).join(members[members.length - 1]);
  }
  return [name, ...members];
}

describe('what is sent', () => {
  test('an emit is numbered, and who is left out receives its number alone', async () => {
    const [name, ann, bob, eve] = await roomOf('ann', 'bob', 'eve');
    const { seq } = await room(name).join(ann);

    const delivery = await room(name).emit('said', { text: 'hi' }, { except: [bob, 'eve'] });

    expect(delivery).toEqual({ ...ALL_DELIVERED, delivered: 1 });
    expect(store.framesOf(ann)).toEqual([{ event: 'said', data: { text: 'hi' }, room: name, seq: seq! + 1 }]);
    expect(store.framesOf(bob)).toEqual([{ room: name, seq: seq! + 1 }]);
    expect(store.framesOf(eve)).toEqual([{ room: name, seq: seq! + 1 }]);
  });

  test('what is volatile, or sent as it is, has no number, and who is left out receives nothing', async () => {
    const [name, ann, bob] = await roomOf('ann', 'bob');

    await room(name).emit('typing', undefined, { volatile: true, except: [bob.id] });
    await room(name).send('raw', { except: ['bob'] });
    await room(name).send(new Uint8Array([104, 105]), { except: ['bob'] });
    await room(name).send({ a: 1 }, { except: ['bob'] });

    expect(store.framesOf(ann)).toEqual([{ event: 'typing', room: name }, 'raw', 'hi', { a: 1 }]);
    expect(store.framesOf(bob)).toEqual([]);
    expect(await store.items(`H#${name}`)).toEqual([]);
  });

  test('an empty text in `except` is nobody, and not kept: DynamoDB takes no set with one', async () => {
    const [name, ann] = await roomOf('ann');
    expect(await room(name).emit('said', 1, { except: [''] })).toEqual({ ...ALL_DELIVERED, delivered: 1 });
    expect(await room(name).emit('said', 2, { except: ['', 'ann'] })).toEqual({ ...ALL_DELIVERED, delivered: 0 });
    expect((await store.items(`H#${name}`)).map(({ except }) => except)).toEqual([undefined, { SS: ['ann'] }]);
    expect(store.framesOf(ann)).toMatchObject([{ data: 1 }, { seq: expect.any(Number) }]);
  });

  test('without a history there are neither numbers nor a log', async () => {
    store.setHistory(undefined);
    const [name, ann] = await roomOf('ann');

    const joined = await room(name).join(ann, { since: 3 });
    await room(name).emit('said', 1);

    expect(joined).toEqual({ members: [{ connectionId: ann.id, user: 'ann', joinedAt: expect.any(Date) }], more: false, missed: true, void: [] });
    expect(store.framesOf(ann)).toEqual([{ event: 'said', data: 1, room: name }]);
    expect(await store.items(`S#${name}`)).toEqual([]);
  });

  test('an emit that is too large takes no number', async () => {
    const [name, ann] = await roomOf('ann');
    const { seq } = await room(name).join(ann);

    await expect(room(name).emit('said', 'x'.repeat(131_072))).rejects.toMatchObject({ code: 'TOO_LARGE' });

    expect((await room(name).join(ann)).seq).toBe(seq);
  });

  test('types of events are those of the room', async () => {
    const [name] = await roomOf();
    const typed = room<{ said: { text: string }; typing: undefined }>(name);

    await typed.emit('said', { text: 'hi' });
    await typed.emit('typing');
    // @ts-expect-error there is no such event
    await typed.emit('sayed', { text: 'hi' });
    // @ts-expect-error text is missing
    await typed.emit('said', {});
    // @ts-expect-error data is missing
    await typed.emit('said');

    expect(await store.items(`H#${name}`)).toHaveLength(5);
  });
});

describe('members', () => {
  test('have what they joined with, and are paged', async () => {
    const [name, ann, bob, eve] = await roomOf('ann', 'bob', 'eve');
    await room(name).join(bob, { meta: { name: 'Bob' } });

    const all = await room(name).members();
    const page = await room(name).members({ limit: 1, after: ann.id });
    const first = await room(name).join(eve, { members: 2 });

    expect(all.map(({ user, meta }) => [user, meta])).toEqual([['ann', undefined], ['bob', { name: 'Bob' }], ['eve', undefined]]);
    expect(page).toEqual([all[1]]);
    expect([first.members, first.more]).toEqual([all.slice(0, 2), true]);
    expect(await room(name).join(eve, { members: 0 })).toMatchObject({ members: [], more: true });
  });

  test.each([0, -1, 1.5, NaN])('a page of %d is refused', async (limit) => {
    await expect(room('lobby').members({ limit })).rejects.toMatchObject({
      code: 'CONFIGURATION', message: `\`limit\` of members must be an integer above 0, not ${limit}`,
    });
  });

  test('above ten thousand they are paged', async () => {
    const name = store.unique('lobby');
    const answer = { Items: Array.from({ length: 10_001 }, (_, i) => ({ sk: { S: String(i) }, joined: { N: '1' } })) };
    process.env.AWS_ENDPOINT_URL_DYNAMODB = store.api.url;
    store.api.answer = () => ({ body: JSON.stringify(answer) });

    await expect(room(name).members()).rejects.toMatchObject({
      code: 'TOO_MANY_MEMBERS', message: `the room ${name} has more than 10000 members: page with \`limit\` and \`after\``,
    });
    expect(await room(name).members({ limit: 10_001 })).toHaveLength(10_001);
    store.restore();
  });

  test.each([-1, 501, NaN])('%d members of a join are refused, before anything is written', async (members) => {
    const [name, ann] = [store.unique('lobby'), await store.connect('ann')];

    await expect(room(name).join(ann, { members })).rejects.toMatchObject({
      code: 'CONFIGURATION', message: `\`members\` of a join must be 0 to 500, not ${members}: members() has them all`,
    });
    expect(await store.items(`R#${name}`)).toEqual([]);
  });

  test('a join by id is that of the recorded connection', async () => {
    const name = store.unique('lobby');
    const ann = await store.connect('ann', 'prod');

    await room(name).join(ann.id);
    await room(name).emit('said', 1);

    expect(store.framesOf(ann)).toEqual([{ event: 'said', data: 1, room: name, seq: expect.any(Number) }]);
    expect(await room(name).members()).toEqual([{ connectionId: ann.id, user: 'ann', joinedAt: expect.any(Date) }]);
  });

  test('join refuses who is not connected, and who is in a hundred rooms', async () => {
    const name = store.unique('lobby');
    const [unknown, closed, busy] = [store.connection(), await store.connect(), await store.connect()];
    await removeConnection(closed.id);
    await Promise.all(Array.from({ length: 100 }, async (_, i) => room(`${name} ${i}`).join(busy, { members: 0 })));

    const why = 'it is closed, or the store has no record of it';
    await expect(room(name).join(unknown)).rejects.toMatchObject({ code: 'NOT_CONNECTED', message: `the connection ${unknown.id} cannot join ${name}: ${why}` });
    await expect(room(name).join(closed)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(room(name).join(closed.id)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await expect(room(name).join(busy)).rejects.toMatchObject({
      code: 'TOO_MANY_ROOMS', message: `the connection ${busy.id} is in 100 rooms, and may be in no more: it cannot join ${name}`,
    });
    // A room that it is in already is no further one.
    await expect(room(`${name} 7`).join(busy, { meta: { again: true } })).resolves.toMatchObject({ missed: false });
    expect(await room(name).members()).toEqual([]);
  });

  test.each(['', 'x'.repeat(513), 'é'.repeat(257), 'line\nfeed', 'nul\0', 'del\u007f', 'half \ud800'])('%j is no name', (name) => {
    expect(() => room(name)).toThrow(/^the name of a room is 1 to 512 bytes of UTF-8 without control characters, not "/);
  });

  test('events that begin with room: are ours', async () => {
    await expect(room('lobby').emit('room:joined')).rejects.toMatchObject({
      code: 'BAD_NAME', message: 'the name of an event must be a text that does not begin with "room:", not "room:joined"',
    });
  });
});

describe('presence', () => {
  test('others hear who joins, changes its meta, leaves and disconnects, each once and in the order of `at`', async () => {
    const [name, ann] = await roomOf('ann');
    const bob = await store.connect('bob');
    const data = { connectionId: bob.id, user: 'bob' };

    await room(name).join(bob, { announce: true });
    await room(name).join(bob, { announce: true });
    await room(name).join(bob, { announce: true, meta: { away: true } });
    expect(await room(name).leave(bob)).toBe(true);
    expect(await room(name).leave(bob)).toBe(false);
    await room(name).join(bob, { announce: true });
    await Promise.all([removeConnection(bob.id), removeConnection(bob.id)]);
    await removeConnection(bob.id);

    const frames = store.framesOf(ann) as { at: number }[];
    expect(frames).toEqual([
      { event: 'room:joined', room: name, at: expect.any(Number), data },
      { event: 'room:joined', room: name, at: expect.any(Number), data: { ...data, meta: { away: true } } },
      { event: 'room:left', room: name, at: expect.any(Number), data: { ...data, meta: { away: true } } },
      { event: 'room:joined', room: name, at: expect.any(Number), data },
      { event: 'room:left', room: name, at: expect.any(Number), data },
    ]);
    expect(frames.map(({ at }) => at)).toEqual([...new Set(frames.map(({ at }) => at))].sort());
    expect(store.framesOf(bob)).toEqual([]);
  });

  test('whoever joins without `announce` leaves without a word', async () => {
    const [name, ann, bob] = await roomOf('ann', 'bob');

    await room(name).leave(bob);
    await removeConnection((await roomOf('eve'))[1].id);

    expect(store.framesOf(ann)).toEqual([]);
  });

  test('an emit that finds announced members gone tells the others, once, however many emits find them', async () => {
    const [name, ann] = await roomOf('ann');
    const bob = await store.connect('bob');
    await room(name).join(bob, { announce: true });
    store.framesOf(ann);
    store.gone.add(bob.id);

    const deliveries = await Promise.all([1, 2, 3].map(async (n) => room(name).emit('said', n, { volatile: true })));

    expect(deliveries.every(({ delivered, gone }) => delivered === 1 && gone.length <= 1)).toBe(true);
    const frames = store.framesOf(ann) as { event: string }[];
    expect(frames.map(({ event }) => event).sort()).toEqual(['room:left', 'said', 'said', 'said']);
    expect(await room(name).members()).toHaveLength(1);
    expect(await store.items(`C#${bob.id}`)).toEqual([]);
  });

  test('above a thousand members nobody is told, and the join holds', async () => {
    const name = store.unique('lobby');
    const now = Math.floor(Date.now() / 1_000);
    for (let page = 0; page < 41; page++) {
      const rows = Array.from({ length: 25 }, (_, i) => ({
        PutRequest: {
          Item: {
            pk: { S: `R#${name}` }, sk: { S: `${page}-${i}` }, stage: { S: 'dev' }, at: { N: '1' }, joined: { N: '1' }, ttl: { N: String(now + 99) },
          },
        },
      }));
      await store.database.call('BatchWriteItem', { RequestItems: { [store.database.table]: rows } });
    }
    const ann = await store.connect('ann');
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const arrived = store.api.arrived.length;

    await expect(room(name).join(ann, { announce: true })).rejects.toMatchObject({
      code: 'TOO_MANY_TO_ANNOUNCE',
      message: 'the join holds, but room:joined is sent to at most 1000 members: join without `announce`',
    });
    expect((await room(name).members()).map(({ user }) => user)).toContain('ann');
    expect(await room(name).leave(ann)).toBe(true);

    expect(warn.mock.calls).toEqual([[`cdk-websocket-service: room:left is not sent to ${name}, which has more than 1000 members`]]);
    expect(store.api.arrived).toHaveLength(arrived);
  });
});
