import { room } from '../../../lib/runtime/room';
import { connectionItem } from '../../../lib/runtime/store/connection-item';
import { recordConnection, removeConnection } from '../../../lib/runtime/store/connections';
import { removeGone } from '../../../lib/runtime/store/removal';
import { RealStore } from '../_helpers/real-store';

let store: RealStore;
beforeAll(async () => { store = await RealStore.start(); });
afterAll(async () => store.stop());

const AT = 1_801_000_000_000;

test('the items are those of docs/store.md', async () => {
  const [id, user, name] = ['id=', 'ann', 'lobby'].map((one) => store.unique(one));
  const at = Date.now();
  const ttl = { N: String(Math.floor(at / 1_000) + 7_800) };

  await recordConnection({ id, user, stage: 'dev', at, ip: '::1' });
  await room(name).join(id, { meta: { a: 1 }, announce: true });
  const { seq } = await room(name).join(id, { meta: { a: 1 }, announce: true });
  await room(name).emit('said', { text: 'hi' }, { except: [id] });

  const joined = { N: expect.stringMatching(/^\d{13}$/) as string };
  const number = { N: String(seq! + 1) };
  expect(await store.items(`C#${id}`)).toEqual([
    { pk: { S: `C#${id}` }, sk: { S: 'C' }, user: { S: user }, stage: { S: 'dev' }, at: { N: String(at) }, ip: { S: '::1' }, rooms: { SS: [name] }, ttl },
  ]);
  expect(await store.items(`U#${user}`)).toEqual([{ pk: { S: `U#${user}` }, sk: { S: id }, stage: { S: 'dev' }, at: { N: String(at) }, ttl }]);
  expect(await store.items(`R#${name}`)).toEqual([{
    pk: { S: `R#${name}` },
    sk: { S: id },
    user: { S: user },
    stage: { S: 'dev' },
    at: { N: String(at) },
    joined,
    meta: { S: '{"a":1}' },
    announce: { BOOL: true },
    ttl,
  }]);
  const [counter] = await store.items(`S#${name}`);
  expect(counter).toEqual({ pk: { S: `S#${name}` }, sk: { S: 'seq' }, seq: number, first: { N: String(seq) }, ttl: counter.ttl });
  expect(Math.abs(Number(counter.ttl.N) - Math.floor(at / 1_000) - 86_400)).toBeLessThan(10);
  const [row] = await store.items(`H#${name}`);
  expect(row).toEqual({
    pk: { S: `H#${name}` },
    sk: { S: number.N.padStart(16, '0') },
    event: { S: 'said' },
    data: { S: '{"text":"hi"}' },
    except: { SS: [id] },
    at: joined,
    ttl: { N: String(Math.floor(Number(row.at.N) / 1_000) + 3_600) },
  });
});

test('a counter outlives the history and those who may have its numbers', async () => {
  store.setHistory({ seconds: 90_000, maxMessages: 100 });
  const name = store.unique('lobby');

  await room(name).emit('said', 1);

  const [{ ttl }] = await store.items(`S#${name}`);
  expect(Math.abs(Number(ttl.N) - Date.now() / 1_000 - 97_800)).toBeLessThan(10);
  store.setHistory({ seconds: 3_600, maxMessages: 100 });
});

test('a connection without a user has one item, and is found until it is closed, removed or over', async () => {
  const ids = ['a=', 'b=', 'c='].map((one) => store.unique(one));
  for (const id of ids) await recordConnection({ id, stage: 'dev', at: Date.now() });

  expect(await connectionItem(ids[0])).toEqual({ id: ids[0], stage: 'dev', at: expect.any(Number) as number, rooms: [] });
  await removeConnection(ids[0]);
  await store.database.call('UpdateItem', {
    TableName: store.database.table,
    Key: { pk: { S: `C#${ids[1]}` }, sk: { S: 'C' } },
    UpdateExpression: 'SET closed = :true',
    ExpressionAttributeValues: { ':true': { BOOL: true } },
  });
  expect(await connectionItem(ids[0])).toBeUndefined();
  expect(await connectionItem(ids[1])).toBeUndefined();
  expect(await connectionItem(ids[2])).toBeDefined();
  store.advance(7_801);
  expect(await connectionItem(ids[2])).toBeUndefined();
});

test('a row whose connection item is over is deleted by who is told that it is gone', async () => {
  const [ann, name] = [await store.connect('ann'), store.unique('lobby')];
  await room(name).join(ann, { announce: true });
  await store.database.call('DeleteItem', { TableName: store.database.table, Key: { pk: { S: `C#${ann.id}` }, sk: { S: 'C' } } });

  const ended = await removeGone(ann.id, { pk: { S: `R#${name}` }, sk: { S: ann.id } });

  expect(ended.map(({ pk }) => pk)).toEqual([{ S: `R#${name}` }]);
  expect(await store.items(`R#${name}`)).toEqual([]);
  expect(await removeGone(ann.id, { pk: { S: `R#${name}` }, sk: { S: ann.id } })).toEqual([]);
});

test('rows that are over are no members, before DynamoDB has deleted them', async () => {
  const [ann, name] = [await store.connect('ann'), store.unique('lobby')];
  await room(name).join(ann);

  store.advance(7_801);

  expect(await room(name).members()).toEqual([]);
  expect((await room(name).emit('said', 1)).delivered).toBe(0);
  expect(await store.items(`R#${name}`)).toHaveLength(1);
  await expect(room(name).join(ann)).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
});

test('a user whom nobody could name is refused', async () => {
  await expect(recordConnection({ id: 'a=', user: 'a\nb', stage: 'dev', at: AT })).rejects.toMatchObject({ code: 'BAD_NAME' });
});

test('an error of the database is STORE_FAILED, with the operation and the table', async () => {
  process.env.WEBSOCKET_STORE = JSON.stringify({ table: 'Other' });

  await expect(recordConnection({ id: 'a=', stage: 'dev', at: AT })).rejects.toMatchObject({
    code: 'STORE_FAILED', message: expect.stringMatching(/^PutItem on the table Other answered 400 ResourceNotFoundException /) as string,
  });
  await expect(recordConnection({ id: 'a=', user: 'ann', stage: 'dev', at: AT })).rejects.toMatchObject({
    code: 'STORE_FAILED', message: expect.stringMatching(/^TransactWriteItems on the table Other answered 400 ResourceNotFoundException /) as string,
  });
  store.setHistory({ seconds: 3_600, maxMessages: 100 });
});

test('a leave after the connection item has expired ends the membership, and makes no item without an end', async () => {
  // GIVEN: DynamoDB deletes expired items in any order
  const ann = await store.connect('ann');
  const name = store.unique('lobby');
  await room(name).join(ann);
  await store.database.call('DeleteItem', { TableName: store.database.table, Key: { pk: { S: `C#${ann.id}` }, sk: { S: 'C' } } });

  // WHEN
  const left = await room(name).leave(ann);

  // THEN
  expect(left).toBe(true);
  expect([...await store.items(`R#${name}`), ...await store.items(`C#${ann.id}`)]).toEqual([]);
});
