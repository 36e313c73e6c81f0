import { spawn } from 'child_process';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { isAlive, REQUEST_ID, SamplePool, until } from './_helpers/sample-pool';
import { runIntegration } from '../../../lib/local/integrations/run-integration';
import { requestFor } from '../integrations/_helpers/requests';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

const MIXED = `exports.handler = async ({ action }) => {
  if (action) console.log(action);
  if (action === 'exit') process.exit(1);
  if (action === 'leave') process.exit(0);
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action === 'loop') for (;;);
  if (action === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (action === 'reject') Promise.reject(new Error('alone'));
  if (action === 'throw') setTimeout(() => { throw new RangeError('later'); }, 1);
  if (action === 'throw') await new Promise((resolve) => setTimeout(resolve, 1000));
  return process.pid;
};`;
const event = (action: string) => JSON.stringify({ action });

test.each([
  ['exit', 'exit', 'Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: exit status 1'],
  ['leave', 'exit', 'Runtime.ExitError', 'RequestId: <id> Error: Runtime exited without providing a reason'],
  ['kill', 'exit', 'Runtime.ExitError', 'RequestId: <id> Error: Runtime exited with error: signal: killed'],
  ['reject', 'error', 'Runtime.UnhandledPromiseRejection', 'Error: alone'],
  ['throw', 'error', 'RangeError', 'later'],
])('a process that ends (%s) costs one invocation', async (action, kind, errorType, errorMessage) => {
  // GIVEN
  sample.add('fn', MIXED, { reservedConcurrency: 1 });
  await sample.start();
  // WHEN
  const [before, ended, after] = await Promise.all(['', action, ''].map((each) => sample.pool.invoke('fn', event(each))));
  // THEN
  expect(before).toMatchObject({ ok: true });
  expect(ended).toMatchObject({ ok: false, kind, errorType, requestId: expect.stringMatching(REQUEST_ID) });
  expect(ended.ok || ended.errorMessage.replace(ended.requestId, '<id>')).toBe(errorMessage);
  expect(after).toMatchObject({ ok: true });
});

test.each(['loop', 'hang'])('an invocation that takes longer than the function may (%s) is ended with its process', async (action) => {
  // GIVEN
  sample.add('fn', MIXED, { timeout: 300, reservedConcurrency: 1 });
  await sample.start();
  const [pid] = sample.pool.pids('fn');
  // WHEN
  const [late, after] = await Promise.all([action, ''].map((each) => sample.pool.invoke('fn', event(each))));
  // THEN
  if (late.ok) throw new Error('it was not ended');
  expect(late).toMatchObject({ kind: 'timeout', errorType: 'Sandbox.Timedout', stackTrace: [] });
  expect(late.errorMessage).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S{36} Task timed out after 0\.30 seconds$/);
  expect(late.errorMessage).toContain(late.requestId);
  expect(late.duration).toBeGreaterThanOrEqual(300);
  expect(after).toMatchObject({ ok: true, payload: expect.not.stringContaining(String(pid)) });
  await until(() => !isAlive(pid));
});

test('start-up does not count against the timeout', async () => {
  sample.add('fn', 'const end = Date.now() + 500; while (Date.now() < end); exports.handler = async () => "there";', { timeout: 300 });
  void sample.start();
  expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: true, payload: '"there"' });
});

test('time that an invocation waits does not count against the timeout', async () => {
  const text = 'exports.handler = async () => new Promise((resolve) => setTimeout(resolve, 300));';
  sample.add('fn', text, { timeout: 1_200, reservedConcurrency: 1 });
  await sample.start();
  const results = await Promise.all(Array.from({ length: 5 }, () => sample.pool.invoke('fn', '{}')));
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
});

test('4.4.5: only the time that an invocation runs counts against the timeout of its integration', async () => {
  // GIVEN one process that is ready
  const text = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 300, { statusCode: 200 }));';
  sample.add('fn', text, { reservedConcurrency: 1 });
  await sample.start();
  const request = requestFor({ target: { type: 'function', functionId: 'fn' }, timeout: 1_200 });
  // WHEN together they take longer
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => runIntegration(request, sample.pool)));
  // THEN
  expect(outcomes.map(({ ok }) => ok)).toEqual(outcomes.map(() => true));
});

describe('a process killed while it starts', () => {
  const SLOW_START = 'for (const end = Date.now() + 200; Date.now() < end;); exports.handler = async () => "there";';

  test('costs nothing', async () => {
    // GIVEN
    sample.add('fn', SLOW_START);
    const started = sample.start();
    const results = Promise.all(Array.from({ length: 5 }, () => sample.pool.invoke('fn', '{}')));
    // WHEN
    process.kill(sample.pool.pids('fn')[0], 'SIGKILL');
    // THEN
    expect((await results).map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    await started;
    expect(sample.notices).toEqual([]);
  });

  test('twice in a row fails what waits, and the next invocation tries again', async () => {
    // GIVEN
    sample.add('fn', SLOW_START);
    const started = sample.start();
    const waiting = sample.pool.invoke('fn', '{}');
    // WHEN
    for (const before: number[] = []; before.length < 2;) {
      await until(() => sample.pool.pids('fn').some((pid) => !before.includes(pid)));
      before.push(...sample.pool.pids('fn'));
      process.kill(before[before.length - 1], 'SIGKILL');
    }
    await started;
    // THEN
    expect(await waiting).toMatchObject({ ok: false, kind: 'init', errorType: 'Runtime.ExitError' });
    expect(sample.notices).toEqual([{
      code: 'function-not-started', subject: 'Test/fn', text: 'Test/fn: Runtime exited with error: signal: killed',
    }]);
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: true });
  });
});

test('a process killed from outside is replaced', async () => {
  // GIVEN
  sample.add('fn', MIXED);
  await sample.start();
  const [pid] = sample.pool.pids('fn');
  // WHEN
  const running = sample.pool.invoke('fn', event('hang'));
  await until(() => sample.printed().includes('hang'));
  process.kill(pid, 'SIGKILL');
  // THEN
  expect(await running).toMatchObject({ ok: false, kind: 'exit' });
  expect(await sample.pool.invoke('fn', event(''))).toMatchObject({ ok: true });
});

test('an idle process killed from outside costs nothing', async () => {
  sample.add('fn', MIXED);
  await sample.start();
  process.kill(sample.pool.pids('fn')[0], 'SIGKILL');
  await until(() => sample.pool.pids('fn').length === 0);
  expect(await sample.pool.invoke('fn', event(''))).toMatchObject({ ok: true });
});

test('Ctrl-C reaches all processes of a terminal and ends no handler', async () => {
  sample.add('fn', MIXED);
  await sample.start();
  const [pid] = sample.pool.pids('fn');
  process.kill(pid, 'SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await sample.pool.invoke('fn', event(''))).toMatchObject({ ok: true, payload: String(pid) });
});

test('processes end with the gateway, even if that is killed', async () => {
  // GIVEN another process with a pool
  sample.add('fn', MIXED);
  sample.write('gateway.ts', `
    import { FunctionPool } from ${JSON.stringify(path.join(__dirname, '../../../lib/local/functions/pool'))};
    const pool = new FunctionPool({ directory: '.', environment: () => ({}), onOutput() {} });
    const fn = ${JSON.stringify(sample.add('fn'))};
    pool.start(new Map([['fn', fn]])).then(() => { void pool.invoke('fn', '{"action":"hang"}'); console.log(pool.pids()[0]); });`);
  const args = ['--import', pathToFileURL(require.resolve('tsx')).href, path.join(sample.directory, 'gateway.ts')];
  const gateway = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise<string>((resolve) => gateway.stdout.once('data', (data) => resolve(String(data)))));
  expect(isAlive(pid)).toBe(true);
  // WHEN
  gateway.kill('SIGKILL');
  // THEN
  await until(() => !isAlive(pid));
});
