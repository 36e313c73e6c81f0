import * as fs from 'fs';
import * as path from 'path';
import type { Connection } from '../../../lib/runtime/events';
import { MortalStore } from '../../_helpers/mortal-store';

let store: MortalStore;
beforeAll(async () => { store = await MortalStore.start(); });
afterAll(async () => store.stop());

/** Of an operation: calls, write units, read units. */
async function costOf(run: () => Promise<unknown>): Promise<[calls: number, writeUnits: number, readUnits: number]> {
  Object.assign(store.consumed, { calls: 0, writeUnits: 0, readUnits: 0 });
  await run();
  const { calls, writeUnits, readUnits } = store.consumed;
  return [calls, writeUnits, readUnits];
}

/** The table in docs/scaling.md. The database does not report what a transaction costs whose condition fails: "+ 4" on AWS. */
function documented(): Record<string, number[]> {
  const page = fs.readFileSync(path.join(__dirname, '../../../docs/scaling.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([a-z ,]+) \| (\d+) \| (\d+)(?: \+ 4)? \| (\d+) \| \$/gm)];
  return Object.fromEntries(rows.map(([, operation, ...figures]) => [operation, figures.map(Number)]));
}

/** As many members as a join would write, with ids of API Gateway's length and users of 36 characters. */
async function fill(name: string, count: number): Promise<void> {
  // Trailing zeros cost nothing, so that numbers that end in one would make a smaller item.
  const withoutZero = (number: number): number => (number % 10 === 0 ? number + 1 : number);
  const now = withoutZero(Date.now());
  const rows = Array.from({ length: count }, (_, i) => ({
    pk: { S: `R#${name}` },
    sk: { S: `PJqB0fHsq${String(i).padStart(6, '0')}=` },
    user: { S: '5c6d1a52-7d7e-4f43-9a0b-0f6f2c3b1e4d' },
    stage: { S: 'prod' },
    at: { N: String(now) },
    joined: { N: String(now) },
    ttl: { N: String(withoutZero(Math.floor(now / 1_000) + 7_800)) },
  }));
  while (rows.length > 0) {
    const requests = rows.splice(0, 25).map((Item) => ({ PutRequest: { Item } }));
    await store.database.call('BatchWriteItem', { RequestItems: { [store.database.table]: requests } });
  }
}

test('what each operation costs', async () => {
  const { room } = store;
  const [name, announced] = ['lobby', 'announced'].map((one) => store.unique(one));
  let ann!: Connection;
  const connect = await costOf(async () => { ann = await store.connect('ann'); });
  const [bob, eve] = [await store.connect('bob'), await store.connect('eve')];
  for (let i = 0; i < 5; i++) await room(`${name} ${i}`).join(bob, { members: 0 });

  expect({
    'connect': connect,
    'first join of a room': await costOf(async () => room(name).join(ann)),
    'join again, without a change': await costOf(async () => room(name).join(ann)),
    'emit': await costOf(async () => room(name).emit('said', 'hi')),
    'emit, volatile': await costOf(async () => room(name).emit('typing', 'hi', { volatile: true })),
    'leave': await costOf(async () => room(name).leave(ann)),
    'join': await costOf(async () => room(name).join(ann)),
    'join, without its members': await costOf(async () => room(`${name} 0`).join(ann, { members: 0 })),
    'join, announced': await costOf(async () => room(announced).join(ann, { announce: true })),
    'leave, announced': await costOf(async () => room(announced).leave(ann)),
    'disconnect from five rooms': await costOf(async () => store.removeConnection(bob.id)),
    'disconnect from no room': await costOf(async () => store.removeConnection(eve.id)),
  }).toEqual(documented());
});

test('what reading the members costs', async () => {
  const costs: Record<number, unknown> = {};
  for (const count of [10, 100, 1_000]) {
    const name = store.unique('lobby');
    await fill(name, count);
    costs[count] = await costOf(async () => store.room(name).members());
  }

  expect(costs).toEqual({ 10: [1, 0, 1], 100: [1, 0, 3], 1000: [1, 0, 28] });
});
