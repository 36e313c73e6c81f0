import { MortalStore } from '../../_helpers/mortal-store';

let store: MortalStore;
beforeAll(async () => { store = await MortalStore.start(); });
afterAll(async () => store.stop());

/** Runs `test` with an operation that dies after no call, one call, and so on, until it survives. */
async function everyDeath(test: (count: number) => Promise<boolean>): Promise<number> {
  for (let count = 0; ; count++) {
    if (!await test(count)) return count;
  }
}

test('a $disconnect that died anywhere is completed by the next one, and nothing joins in between', async () => {
  const calls = await everyDeath(async (count) => {
    // GIVEN
    const [ann, bob] = [await store.connect(store.unique('ann')), await store.connect('bob')];
    const rooms = [1, 2, 3].map(() => store.unique('lobby'));
    for (const name of rooms) {
      await store.room(name).join(bob);
      await store.room(name).join(ann, { announce: true });
    }
    store.posts.length = 0;

    // WHEN
    const died = await store.diesAfter(count, async () => store.removeConnection(ann.id));
    const joined = await store.room(rooms[0]).join(ann).then(() => true, () => false);
    await store.removeConnection(ann.id);

    // THEN
    expect(joined).toBe(count === 0);
    expect(await store.keys(`C#${ann.id}`, `U#${ann.user}`)).toEqual([]);
    expect(await store.keys(...rooms.map((name) => `R#${name}`))).toEqual(rooms.map((name) => `R#${name} ${bob.id}`));
    const lefts = store.posts.filter(([id]) => id === bob.id);
    expect(new Set(lefts.map(([, frame]) => (frame as { room: string }).room)).size).toBe(lefts.length);
    if (!died) expect(lefts).toHaveLength(3);
    return died;
  });
  // The mark, three members, the user, the connection; then of each room the members and a post.
  expect(calls).toBe(12);
});

test('a $connect that died left all or nothing, and a removal takes it', async () => {
  const calls = await everyDeath(async (count) => {
    const id = store.unique('id=');
    const died = await store.diesAfter(count, async () => store.recordConnection({ id, user: `user ${id}`, stage: 'dev', at: Date.now(), ip: '::1' }));

    const keys = await store.keys(`C#${id}`, `U#user ${id}`);
    await store.removeConnection(id);

    expect(keys).toEqual(died ? [] : [`C#${id} C`, `U#user ${id} ${id}`]);
    expect(await store.keys(`C#${id}`, `U#user ${id}`)).toEqual([]);
    return died;
  });
  expect(calls).toBe(1);
});

test('a join that died leaves a member whom a removal takes, and the next join completes it', async () => {
  const calls = await everyDeath(async (count) => {
    const [ann, bob] = [await store.connect('ann'), await store.connect('bob')];
    const name = store.unique('lobby');
    const { seq } = await store.room(name).join(bob);
    await store.room(name).emit('said', 1);

    const died = await store.diesAfter(count, async () => store.room(name).join(ann, { since: seq, announce: true }));
    store.posts.length = 0;
    const joined = await store.room(name).join(ann, { since: seq, announce: true });
    const posted = store.posts.map(([id]) => id);
    await store.removeConnection(ann.id);

    expect(joined).toMatchObject({ seq: seq! + 1, missed: false, void: [] });
    expect(posted.slice(0, 1)).toEqual([ann.id]);
    expect(await store.keys(`R#${name}`, `C#${ann.id}`)).toEqual([`R#${name} ${bob.id}`]);
    return died;
  });
  // The member, the counter, the log, a post of it, the members, a post to them.
  expect(calls).toBe(6);
});

test('a leave that died left the membership or ended it', async () => {
  await everyDeath(async (count) => {
    const ann = await store.connect('ann');
    const name = store.unique('lobby');
    await store.room(name).join(ann, { announce: true });

    const died = await store.diesAfter(count, async () => store.room(name).leave(ann));
    const left = await store.room(name).leave(ann);

    // An announced membership is seen by the first transaction and ended by the second.
    expect(left).toBe(count < 2);
    expect(await store.keys(`R#${name}`)).toEqual([]);
    return died;
  });
});

test('an emit that died was numbered, recorded or sent: a client with the number before loses nothing', async () => {
  const outcomes: unknown[] = [];
  await everyDeath(async (count) => {
    const [ann, bob] = [await store.connect('ann'), await store.connect('bob')];
    const name = store.unique('lobby');
    const { seq } = await store.room(name).join(ann);
    await store.room(name).join(bob);

    const died = await store.diesAfter(count, async () => store.room(name).emit('said', 'one'));
    await store.room(name).emit('said', 'two');
    store.posts.length = 0;
    const joined = await store.room(name).join(ann, { since: seq });

    outcomes.push([joined.seq! - seq!, store.posts.map(([, frame]) => (frame as { data: string }).data)]);
    return died;
  });
  expect(outcomes).toEqual([
    [1, ['two']], // before its number
    [0, ['two']], // a hole, which is open for a minute
    [2, ['one', 'two']],
    [2, ['one', 'two']],
    [2, ['one', 'two']],
    [2, ['one', 'two']],
  ]);
});

test('the removal of one who is gone that died is repeated by the next who sends', async () => {
  const calls = await everyDeath(async (count) => {
    const [ann, bob] = [await store.connect('ann'), await store.connect('bob')];
    const name = store.unique('lobby');
    await store.room(name).join(ann, { announce: true });
    await store.room(name).join(bob);
    store.gone.add(ann.id);

    const died = await store.diesAfter(count, async () => store.room(name).emit('said', 1, { volatile: true }));
    const { gone } = await store.room(name).emit('said', 2, { volatile: true });

    expect(gone.length).toBeLessThanOrEqual(1);
    expect(await store.keys(`R#${name}`)).toEqual([`R#${name} ${bob.id}`]);
    return died;
  });
  // Members, two posts; the mark, member, user, connection; members and a post.
  expect(calls).toBe(9);
});

test('a join at the same time as a $disconnect is refused or removed, whichever comes first', async () => {
  for (let round = 0; round < 20; round++) {
    const ann = await store.connect('ann');
    const name = store.unique('lobby');

    await Promise.all([store.removeConnection(ann.id), store.room(name).join(ann).catch((error: { code: string }) => expect(error.code).toBe('NOT_CONNECTED'))]);

    expect(await store.keys(`R#${name}`, `C#${ann.id}`)).toEqual([]);
  }
});

test('two connections of a user are apart, and a late $disconnect of the old one leaves the new one', async () => {
  const user = store.unique('ann');
  const [old, young] = await Promise.all([store.connect(user), store.connect(user)]);
  const name = store.unique('lobby');
  await store.room(name).join(old);
  await store.room(name).join(young);

  await store.removeConnection(old.id);

  expect(await store.keys(`U#${user}`, `R#${name}`)).toEqual([`U#${user} ${young.id}`, `R#${name} ${young.id}`]);
});

test('an emit during a mass disconnect accounts for all it has read', async () => {
  const name = store.unique('lobby');
  const all = await Promise.all(Array.from({ length: 30 }, async () => store.connect('ann')));
  for (const one of all) await store.room(name).join(one);
  all.forEach(({ id }) => store.gone.add(id));

  const [{ delivered, gone, pending, failed }] = await Promise.all([
    store.room(name).emit('said', 1), ...all.map(async ({ id }) => store.removeConnection(id)),
  ]);

  expect([delivered, pending, failed]).toEqual([0, [], []]);
  expect(new Set(gone).size).toBe(gone.length);
  expect(await store.keys(`R#${name}`, ...all.map(({ id }) => `C#${id}`))).toEqual([]);
});
