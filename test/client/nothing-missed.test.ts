import { FakeSocket } from './_helpers/fake-socket';
import type { Connect } from '../../lib/client';
import type { Numbers } from '../../lib/client/numbers';

/** What is wrong with the client, on purpose. */
let mistake: (numbers: Numbers) => Numbers = (numbers) => numbers;

const { numbers } = jest.requireActual<{ numbers(): Numbers }>('../../lib/client/numbers');
jest.doMock('../../lib/client/numbers', () => ({ numbers: () => mistake(numbers()) }));
// eslint-disable-next-line @typescript-eslint/no-require-imports -- after the mock
const { connect } = require('../../lib/client') as { connect: Connect };

const RUNS = Number(process.env.CLIENT_RUNS ?? 10);
const SEED = Number(process.env.PROPERTY_SEED ?? 1);
const [ROOMS, EMITS] = [['lobby', 'attic'], 60];

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  mistake = (one) => one;
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** The same numbers for the same seed. */
function chance(seed: number): () => number {
  let state = seed * 2_654_435 % 2_147_483_647;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}

interface Outcome { missing: number; twice: number; connections: number }

/** A server that cuts connections, loses a twentieth of what it sends live, and delays the rest at random, and a client in two rooms. */
async function run(seed: number): Promise<Outcome> {
  const random = chance(seed);
  jest.spyOn(Math, 'random').mockImplementation(random);
  FakeSocket.all = [];
  const logs = new Map(ROOMS.map((room) => [room, [] as number[]]));
  const members = new Map(ROOMS.map((room) => [room, new Set<FakeSocket>()]));
  const starts = new Map<string, number>();
  const heard = new Map(ROOMS.map((room) => [room, [] as unknown[]]));
  const newest = (room: string) => logs.get(room)!.at(-1) ?? 1_000;
  const later = (most: number, act: () => void) => void setTimeout(act, random() * most);

  class Served extends FakeSocket {
    public constructor(url: string) {
      super(url);
      later(200, () => this.readyState === 0 && (random() < 0.2 ? this.end() : this.open()));
    }

    public override send(text: string): void {
      super.send(text);
      const { action, id, room, since } = this.sent.at(-1) as { action: string; id: number; room: string; since?: number };
      if (action !== 'join') return;
      later(100, () => {
        members.get(room)!.add(this);
        later(100, () => {
          if (this.readyState !== 1) return;
          starts.set(room, starts.get(room) ?? newest(room));
          for (const seq of logs.get(room)!) if (since !== undefined && seq > since) this.receive({ event: 'said', room, seq, data: seq });
          const reply = { id, data: { seq: newest(room), missed: false, void: [], members: [] } };
          later(50, () => this.readyState === 1 && this.receive(reply));
        });
      });
    }
  }

  const emit = (room: string, isLive = true) => {
    const seq = newest(room) + 1;
    logs.get(room)!.push(seq);
    for (const member of members.get(room)!) {
      if (isLive && random() < 0.05) continue;
      later(400, () => member.readyState === 1 && member.receive({ event: 'said', room, seq, data: seq }));
    }
  };

  const socket = connect({ url: 'ws://there', WebSocket: Served, changeOver: { minutes: 0.2 }, backoff: { cap: 2 } });
  for (const room of ROOMS) socket.join({ action: 'join', room }).on('said', (data) => heard.get(room)!.push(data));
  await jest.advanceTimersByTimeAsync(3_000);
  for (let count = 0; count < EMITS; count++) {
    emit(ROOMS[Math.floor(random() * ROOMS.length)]);
    if (random() < 0.08) FakeSocket.all.filter(({ readyState }) => readyState === 1).forEach((one) => random() < 0.7 && one.end());
    await jest.advanceTimersByTimeAsync(random() * 600);
  }
  // What comes last shows the holes below, which are then filled.
  for (let count = 0; count < 3; count++) {
    for (const room of ROOMS) emit(room, false);
    await jest.advanceTimersByTimeAsync(20_000);
  }
  const { length } = FakeSocket.all;
  void socket.close();
  await jest.advanceTimersByTimeAsync(5_000);

  const outcome = { missing: 0, twice: 0, connections: length };
  for (const room of ROOMS) {
    const came = new Set(heard.get(room));
    outcome.twice += heard.get(room)!.length - came.size;
    outcome.missing += logs.get(room)!.filter((seq) => seq > starts.get(room)! && !came.has(seq)).length;
  }
  return outcome;
}

async function all(): Promise<Outcome> {
  const total = { missing: 0, twice: 0, connections: 0 };
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const { missing, twice, connections } = await run(seed);
    total.missing += missing;
    total.twice += twice;
    total.connections += connections;
  }
  return total;
}

test('nothing is missed and nothing comes twice, whatever the server does', async () => {
  // WHEN
  const { missing, twice, connections } = await all();

  // THEN
  expect({ missing, twice }).toEqual({ missing: 0, twice: 0 });
  expect(connections).toBeGreaterThan(3 * RUNS);
}, 600_000);

describe('mistakes that this finds', () => {
  test('a join with the highest number that has come', async () => {
    // GIVEN
    mistake = (one) => {
      let highest: number | undefined;
      return {
        ...one,
        ask: () => {
          const mark = one.ask();
          return mark === undefined ? undefined : Math.max(mark, highest ?? 0);
        },
        take: (seq) => {
          highest = Math.max(highest ?? 0, seq as number);
          return one.take(seq);
        },
      };
    };

    // THEN
    expect((await all()).missing).toBeGreaterThan(0);
  }, 600_000);

  test('a join without a number', async () => {
    mistake = (one) => ({ ...one, ask: () => void one.ask() });
    expect((await all()).missing).toBeGreaterThan(0);
  }, 600_000);

  test('what has come above the mark is forgotten', async () => {
    mistake = (one) => {
      let mark = -1;
      return { ...one, take: (seq) => one.take(seq) || seq as number > mark && !!(mark = one.ask() ?? -1) };
    };
    expect((await all()).twice).toBeGreaterThan(0);
  }, 600_000);

  test('whatever is below the highest number that has come is dropped', async () => {
    mistake = (one) => {
      let highest = -1;
      return {
        ...one,
        take: (seq) => {
          const isNew = seq as number > highest;
          highest = Math.max(highest, seq as number);
          return one.take(seq) && isNew;
        },
      };
    };
    expect((await all()).missing).toBeGreaterThan(0);
  }, 600_000);
});
