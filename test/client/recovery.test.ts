import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { RecoveryRun } from './_helpers/recovery-run';
import { Gateway, startGateway } from '../../lib/local';
import { exampleAssembly } from '../_helpers/example-app';

/** `npm run test:all` makes 1,000. */
const RUNS = Number(process.env.RECOVERY_RUNS ?? 50);
/** Runs at the same time: a hole is asked for after five seconds, in which others talk. */
const TOGETHER = 25;
const SEED = Number(process.env.PROPERTY_SEED ?? 1);
/** MiB that the process of clients and gateway may grow by after the first tenth of many runs. */
const GROWTH = 60;

jest.setTimeout(3_600_000);

const app = exampleAssembly('chat');
let gateway: Gateway;
let folder: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recovery-'));
  gateway = await startGateway({ app, data: path.join(folder, 'tables') });
});

afterAll(async () => {
  await gateway?.close();
  fs.rmSync(folder, { recursive: true });
});

/** Lets clients talk while something happens, and checks them. @returns requests that were lost with their connections */
async function check(name: string, count: number, happen: (talk: Promise<unknown>) => Promise<void>): Promise<number> {
  const runs = Array.from({ length: count }, (_, n) => new RecoveryRun(`${name}.${n}`, () => gateway.url));
  try {
    await Promise.all(runs.map((run) => run.open()));
    await happen(Promise.all(runs.map((run) => run.talk('says'))));
    const verdicts = await Promise.all(runs.map((run) => run.verdict()));
    expect({ name, faults: verdicts.flatMap(({ faults }) => faults) }).toEqual({ name, faults: [] });
    return verdicts.reduce((sum, { lostRequests }) => sum + lostRequests, 0);
  } finally {
    await Promise.all(runs.map((run) => run.close()));
  }
}

test(`within ${RUNS} random mixtures of faults nothing is missed, nothing comes twice, and who waits is in order`, async () => {
  let lost = 0;
  const sizes: number[] = [];
  for (let n = 0; n < RUNS; n += TOGETHER) {
    lost += await check(`seed ${SEED + n}`, Math.min(TOGETHER, RUNS - n), async (talk) => {
      await gateway.faults.random({ seed: SEED + n });
      await talk;
      await gateway.faults.clear();
    });
    sizes.push(process.memoryUsage().rss / 2 ** 20);
  }

  // The mixture has cut connections under requests.
  expect(lost).toBeGreaterThan(0);
  const growth = sizes[sizes.length - 1] - sizes[Math.floor(sizes.length / 10)];
  if (RUNS >= 500) expect(growth).toBeLessThan(GROWTH);
});

test('the same holds when the gateway is restarted', async () => {
  const restarts = Math.ceil(RUNS / 50);
  for (let n = 0; n < restarts; n++) {
    await check(`restart ${n}`, 3, async (talk) => {
      const port = Number(new URL(gateway.url).port);
      await gateway.close();
      gateway = await startGateway({ app, port, data: path.join(folder, 'tables') });
      await talk;
    });
  }
  expect(restarts).toBeGreaterThan(0);
});
