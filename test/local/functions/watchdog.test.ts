import { spawn, type ChildProcess } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { isAlive, SamplePool, until } from './_helpers/sample-pool';
import { Watchdog } from '../../../lib/local/functions/watchdog';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

const functionsDirectory = path.join(__dirname, '../../../lib/local/functions');
/** Another process with a pool, whose function runs in circles, and a guard; tells the ids of the function's process. */
async function startGateway(prefixes: readonly string[]): Promise<[ChildProcess, number]> {
  const fn = sample.add('fn', 'exports.handler = async () => { for (;;); };');
  sample.write('gateway.ts', `
    import { FunctionPool } from ${JSON.stringify(path.join(functionsDirectory, 'pool'))};
    import { Watchdog } from ${JSON.stringify(path.join(functionsDirectory, 'watchdog'))};
    const guard = new Watchdog(${JSON.stringify(prefixes)});
    const pool = new FunctionPool({
      directory: '.', environment: () => ({}), onOutput() {}, onProcesses: (pids) => guard.watch(pids),
    });
    pool.start(new Map([['fn', ${JSON.stringify(fn)}]])).then(() => { void pool.invoke('fn', '{}'); console.log(pool.pids()[0]); });`);
  const args = ['--import', pathToFileURL(require.resolve('tsx')).href, path.join(sample.directory, 'gateway.ts')];
  const gateway = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  return [gateway, Number(await new Promise<string>((resolve) => gateway.stdout.once('data', (data) => resolve(String(data)))))];
}

function folder(name: string): string {
  sample.write(`${name}/file`, 'text');
  return path.join(sample.directory, name);
}

test('a gateway that is killed leaves neither processes nor folders', async () => {
  // GIVEN
  const own = folder('cdk-websocket-service-ABC');
  const versions = ['one', 'two words'].map((name) => folder(`cdk out/.cdk-websocket-service-ABC-${name}`));
  const others = [folder('cdk out/.cdk-websocket-service-XYZ'), folder('cdk out/asset.1')];
  const prefixes = [own, path.join(sample.directory, 'cdk out', '.cdk-websocket-service-ABC'), path.join(sample.directory, 'cdk out', 'asset')];
  const [gateway, pid] = await startGateway(prefixes);
  expect(isAlive(pid)).toBe(true);
  // WHEN all processes of its terminal get a signal to end, and the gateway is killed
  process.kill(-gateway.pid!, 'SIGINT');
  process.kill(-gateway.pid!, 'SIGKILL');
  process.kill(gateway.pid!, 'SIGKILL');
  // THEN
  await until(() => !isAlive(pid) && ![own, ...versions].some((each) => fs.existsSync(each)));
  expect(others.filter((each) => fs.existsSync(each))).toEqual(others);
});

test('after it was closed, no process is killed: the ids may belong to other programs by then', async () => {
  // GIVEN
  const bystander = spawn('sleep', ['60']);
  const guard = new Watchdog([]);
  guard.watch([bystander.pid!]);
  // WHEN
  await guard.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  // THEN
  expect(isAlive(bystander.pid!)).toBe(true);
  bystander.kill();
});

test('a watchdog that watched nothing closes', async () => {
  await expect(new Watchdog(['/tmp']).close()).resolves.toBeUndefined();
});
