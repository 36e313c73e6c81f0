import { spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { pathToFileURL } from 'url';
import { isAlive, REQUEST_ID, SamplePool, stopClock, until, waitFor } from './_helpers/sample-pool';
import { requestFor, runIntegration } from '../integrations/_helpers/requests';

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

const HOUR = 3_600_000;

test.each(['loop', 'hang'])('an invocation that takes longer than the function may (%s) is ended with its process', async (action) => {
  // GIVEN
  const advance = stopClock();
  sample.add('fn', MIXED, { timeout: HOUR, reservedConcurrency: 1 });
  await sample.start();
  const [pid] = sample.pool.pids('fn');
  // WHEN
  const results = [action, ''].map((each) => sample.pool.invoke('fn', event(each)));
  await until(() => sample.printed().includes(action));
  advance(HOUR);
  // THEN
  const [late, after] = await Promise.all(results);
  if (late.ok) throw new Error('it was not ended');
  expect(late).toMatchObject({ kind: 'timeout', errorType: 'Sandbox.Timedout', stackTrace: [] });
  expect(late.errorMessage).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S{36} Task timed out after 3600\.00 seconds$/);
  expect(late.errorMessage).toContain(late.requestId);
  expect(late.duration).toBe(HOUR);
  expect(after).toMatchObject({ ok: true, payload: expect.not.stringContaining(String(pid)) });
  await until(() => !isAlive(pid));
});

test('start-up does not count against the timeout', async () => {
  // GIVEN
  const advance = stopClock();
  const file = `${sample.directory}/go`;
  sample.add('fn', `console.log("loading"); ${waitFor(file)} exports.handler = async () => "there";`, { timeout: 30_000 });
  void sample.start();
  const result = sample.pool.invoke('fn', '{}');
  await until(() => sample.printed().length > 0);
  // WHEN
  advance(40_000);
  fs.writeFileSync(file, '');
  // THEN
  expect(await result).toMatchObject({ ok: true, payload: '"there"' });
});

/** Runs until a file is there. */
const GATED = `const fs = require('fs');
exports.handler = async (file) => {
  console.log(file);
  while (!fs.existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
  return { statusCode: 200 };
};`;

/** Three invocations run for 8 seconds each, one after the other in one process. */
async function runSlowly<Result>(invoke: (file: string) => Promise<Result>): Promise<readonly Result[]> {
  const advance = stopClock();
  sample.add('fn', GATED, { timeout: 10_000, reservedConcurrency: 1 });
  await sample.start();
  const files = [1, 2, 3].map((n) => `${sample.directory}/go${n}`);
  const results = files.map(invoke);
  for (const file of files) {
    await until(() => sample.printed().includes(file));
    advance(8_000);
    fs.writeFileSync(file, '');
  }
  return Promise.all(results);
}

test('time that an invocation waits does not count against the timeout', async () => {
  const results = await runSlowly((file) => sample.pool.invoke('fn', JSON.stringify(file)));
  expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
});

test('4.4.5: only the time that an invocation runs counts against the timeout of its integration', async () => {
  const outcomes = await runSlowly((file) => {
    const integration = { target: { type: 'function', functionId: 'fn' }, timeout: 10_000 } as const;
    return runIntegration(requestFor(integration, { event: () => JSON.stringify(file) }), sample.pool);
  });
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
});

describe('a process killed while it starts', () => {
  let go: string;
  let slowStart: string;
  beforeEach(() => {
    go = `${sample.directory}/go`;
    slowStart = `${waitFor(go)} exports.handler = async () => "there";`;
  });

  test('costs nothing', async () => {
    // GIVEN
    sample.add('fn', slowStart);
    const started = sample.start();
    const results = Promise.all(Array.from({ length: 5 }, () => sample.pool.invoke('fn', '{}')));
    // WHEN
    process.kill(sample.pool.pids('fn')[0], 'SIGKILL');
    fs.writeFileSync(go, '');
    // THEN
    expect((await results).map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    await started;
    expect(sample.notices).toEqual([]);
  });

  test('twice in a row fails the pending invocations, and the next one tries again', async () => {
    // GIVEN
    sample.add('fn', slowStart);
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
    fs.writeFileSync(go, '');
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
