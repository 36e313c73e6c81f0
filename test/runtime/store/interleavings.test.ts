import * as fc from 'fast-check';
import { configure } from '../../../lib/runtime/configuration';
import { Dynoxide, startDynoxide } from '../../_helpers/dynoxide';
import { calls } from '../../_helpers/replaced-calls';
import { Operations, RIGHT, RoomWorld } from '../../_helpers/room-world';
import { WRONG } from '../../_helpers/wrong-operations';

let database: Dynoxide;
let world: RoomWorld;
const clock = Date.now;
let now = clock();
let runs = 0;

beforeAll(async () => {
  database = await startDynoxide();
  process.env.WEBSOCKET_STORE = JSON.stringify({ table: database.table, history: { seconds: 7_200, maxMessages: 100 } });
  process.env.WEBSOCKET_CALLBACK_URLS = JSON.stringify({ dev: 'http://localhost/dev' });
  // No operation waits for anything but its turn.
  configure({ postsPerSecond: Number.MAX_SAFE_INTEGER });
  calls.database = (...args) => world.call(...args);
  calls.post = (...args) => world.post(...args);
  // No spy, which would keep each of the calls.
  Date.now = () => world?.now ?? now;
});
afterAll(async () => {
  Date.now = clock;
  await database.stop();
});

test('handlers that die between any two calls leave no ghost, lose no member and no message', async () => {
  await fc.assert(fc.asyncProperty(fc.nat(), async (seed) => {
    expect(await faultsOf(seed, RIGHT)).toEqual([]);
  }), { numRuns: 500, endOnFailure: true });
}, 300_000);

// Each begins near a seed that finds it: from 1 on, one of them takes some three hundred.
test.each([
  ['membersFirst', 40, /is there after its \$disconnect|has other rooms than its rows/],
  ['membersBeforeLog', 1, / lost /],
  ['historyBeforeMember', 1, / lost /],
  ['highestNumber', 260, / lost /],
] as const)('the wrong order %s is found, from the seed %d on', async (name, first, fault) => {
  let faults: string[] = [];
  for (let seed = first; seed < first + 1_000 && faults.length === 0; seed++) faults = await faultsOf(seed, WRONG[name]);
  expect(faults.join()).toMatch(fault);
});

async function faultsOf(seed: number, operations: Operations): Promise<string[]> {
  world = new RoomWorld(database, `r${++runs}`, seed, now, operations);
  await world.run();
  now = world.now + 10_000_000;
  return world.faults;
}
