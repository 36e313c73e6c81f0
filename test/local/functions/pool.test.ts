import * as fs from 'fs';
import { isAlive, SamplePool, sampleFunction, until } from './_helpers/sample-pool';
import { missingPackage } from '../../../lib/local/functions/pool';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

/** Returns its process id and when it ran; takes as long as the event says. */
const TIMED = `const fs = require('fs');
exports.handler = async ({ n, time, meet, file }) => {
  const start = Date.now();
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };
  if (time) await new Promise((resolve) => setTimeout(resolve, time));
  if (meet) fs.writeFileSync(meet.folder + '/' + process.pid, '');
  if (meet) await until(() => fs.readdirSync(meet.folder).length >= meet.processes);
  if (file) await until(() => fs.existsSync(file));
  return { n, pid: process.pid, start, end: Date.now() };
};`;
interface Timed { readonly n: number; readonly pid: number; readonly start: number; readonly end: number }

/** What an invocation waits for: time in milliseconds, so many processes that run one at the same time, a file. */
interface Wait { readonly time?: number; readonly meet?: { readonly folder: string; readonly processes: number }; readonly file?: string }

/** So many processes must run at the same time. */
function meeting(processes: number): Wait {
  sample.write('meeting/.keep', '');
  fs.rmSync(`${sample.directory}/meeting/.keep`);
  return { meet: { folder: `${sample.directory}/meeting`, processes } };
}

async function timed(n: number, wait: Wait = {}, id = 'fn'): Promise<Timed> {
  const result = await sample.pool.invoke(id, JSON.stringify({ n, ...wait }));
  if (!result.ok) throw new Error(`${result.errorType}: ${result.errorMessage}`);
  return JSON.parse(result.payload) as Timed;
}

describe('processes', () => {
  test('start with one for each function', async () => {
    sample.add('a', TIMED);
    sample.add('b', TIMED);
    await sample.start();
    expect(sample.pool.pids()).toHaveLength(2);
    const first = await timed(1, {}, 'a');
    expect([first.pid]).toEqual(sample.pool.pids('a'));
  });

  test('start on demand with the first invocation, with the newest code', async () => {
    // GIVEN
    sample.add('a', TIMED);
    const fn = sample.add('fn', 'exports.handler = async () => "old";', { onDemand: true, reservedConcurrency: 1 });
    await sample.start();
    expect(sample.pool.pids('fn')).toEqual([]);
    expect([sample.pool.isStarted('a'), sample.pool.isStarted('fn'), sample.pool.load('fn')]).toEqual([true, false, 0]);
    // WHEN
    sample.pool.replace({ ...fn, code: sample.add('new', 'exports.handler = async () => "new";').code });
    const [first, second] = await Promise.all([sample.pool.invoke('fn', '{}'), sample.pool.invoke('fn', '{}')]);
    // THEN
    expect([first, second]).toMatchObject([{ ok: true, payload: '"new"' }, { ok: true, payload: '"new"' }]);
    expect(sample.pool.pids('fn')).toHaveLength(1);
    sample.pool.remove('fn');
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: false, kind: 'none', errorMessage: 'there is no function fn' });
  });

  test('make the first invocation wait for their start, which is a cold start', async () => {
    // GIVEN
    sample.add('demanded', TIMED, { onDemand: true, reservedConcurrency: 1 });
    sample.add('started', TIMED, { reservedConcurrency: 1 });
    await sample.start();
    const starts: Array<[string, boolean | undefined]> = [];
    const invoke = (id: string) => sample.pool.invoke(id, '{}', (isColdStart) => starts.push([id, isColdStart]));

    // WHEN
    await invoke('started');
    await Promise.all([invoke('demanded'), invoke('demanded')]);
    await invoke('demanded');

    // THEN
    expect(starts).toEqual([['started', false], ['demanded', true], ['demanded', false], ['demanded', false]]);
  });

  test('run one invocation at a time each, four a function', async () => {
    // GIVEN
    sample.add('fn', TIMED);
    await sample.start();
    await timed(0);
    // WHEN
    const runs = await Promise.all(Array.from({ length: 10 }, (_, n) => timed(n, meeting(4))));
    // THEN
    const pids = [...new Set(runs.map(({ pid }) => pid))];
    expect(pids).toHaveLength(4);
    for (const pid of pids) {
      const own = runs.filter((run) => run.pid === pid).sort((a, b) => a.start - b.start || a.end - b.end);
      own.slice(1).forEach((run, index) => expect(run.start).toBeGreaterThanOrEqual(own[index].end));
    }
  });

  test('are as many as the reserved concurrency allows', async () => {
    sample.add('fn', TIMED, { reservedConcurrency: 2 });
    await sample.start();
    const runs = await Promise.all(Array.from({ length: 6 }, (_, n) => timed(n, meeting(2))));
    expect(new Set(runs.map(({ pid }) => pid)).size).toBe(2);
  });

  test('are not more than one for a quick function', async () => {
    sample.add('fn', TIMED);
    await sample.start();
    for (let n = 0; n < 200; n++) await timed(n);
    expect(sample.pool.pids('fn')).toHaveLength(1);
  });

  test('do not exist at a reserved concurrency of 0', async () => {
    sample.add('fn', TIMED, { reservedConcurrency: 0 });
    await sample.start();
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({
      ok: false, kind: 'error', errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.',
    });
    expect(sample.pool.pids()).toEqual([]);
  });
});

describe('the queue', () => {
  test('is first in, first out', async () => {
    // GIVEN a function that is too slow to get invocations ahead, which a process that stalls may return
    sample.add('fn', `const order = [];
      exports.handler = async ({ n }) => { order.push(n); await new Promise((resolve) => setTimeout(resolve, 6)); return order; };`,
    { reservedConcurrency: 1 });
    await sample.start();
    // WHEN
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => sample.pool.invoke('fn', JSON.stringify({ n }))));
    // THEN
    const last = results[49];
    expect(last.ok && JSON.parse(last.payload)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('takes a flood of 500 invocations', async () => {
    sample.add('fn', TIMED);
    await sample.start();
    const runs = await Promise.all(Array.from({ length: 500 }, (_, n) => timed(n)));
    expect(runs.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test('does not stand behind one slow invocation of a quick function', async () => {
    // GIVEN a function that is known to be quick
    sample.add('fn', TIMED);
    await sample.start();
    for (let n = 0; n < 50; n++) await timed(n);
    // WHEN
    const file = `${sample.directory}/go`;
    const slow = timed(0, { file });
    const quick = await Promise.all(Array.from({ length: 10 }, (_, n) => timed(n)));
    // THEN they are there before the slow one may end
    expect(quick.map(({ n }) => n)).toEqual(quick.map((_, n) => n));
    fs.writeFileSync(file, '');
    await slow;
  });

  test('4.2.4: a prefetched invocation is not stuck behind an endless loop, and runs once', async () => {
    // GIVEN a function that is known to be light
    sample.add('fn', `const fs = require('fs'); exports.handler = async ({ n, log }) => {
      if (log) fs.appendFileSync(log, n + ' ');
      if (n === 'loop') for (;;);
      return n;
    };`);
    await sample.start();
    await Promise.all(Array.from({ length: 600 }, () => sample.pool.invoke('fn', '{"n":0}')));
    const log = `${sample.directory}/log`;
    // WHEN
    const looping = sample.pool.invoke('fn', JSON.stringify({ n: 'loop', log }));
    let isOver = false;
    void looping.then(() => { isOver = true; });
    const light = await Promise.all(Array.from({ length: 8 }, (_, n) => sample.pool.invoke('fn', JSON.stringify({ n, log }))));
    // THEN
    expect(light).toEqual(light.map((_, n) => expect.objectContaining({ ok: true, payload: String(n) })));
    expect(isOver).toBe(false);
    expect(fs.readFileSync(log, 'utf8').trim().split(' ').sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', 'loop']);
    await sample.pool.close();
    expect(await looping).toMatchObject({ ok: false, kind: 'exit' });
  });

  test('a stream with short blocks runs each invocation once', async () => {
    // GIVEN blocks that are about as long as a lease
    sample.add('fn', `const fs = require('fs'); let count = 0; exports.handler = async ({ n, log }) => {
      fs.appendFileSync(log, n + ' ');
      if (++count % 200 === 0) for (const end = Date.now() + 12 + count / 100; Date.now() < end;);
      return n;
    };`);
    await sample.start();
    const log = `${sample.directory}/log`;
    // WHEN
    const results = await Promise.all(Array.from({ length: 3000 }, (_, n) => sample.pool.invoke('fn', JSON.stringify({ n, log }))));
    // THEN
    expect(results.map((result) => result.ok && Number(result.payload))).toEqual(results.map((_, n) => n));
    const ran = fs.readFileSync(log, 'utf8').trim().split(' ').map(Number);
    expect(ran.sort((a, b) => a - b)).toEqual(results.map((_, n) => n));
  }, 240_000);

  test('calls back when an invocation starts, not when it is queued', async () => {
    // GIVEN
    sample.add('fn', TIMED, { reservedConcurrency: 1 });
    await sample.start();
    const started: number[] = [];
    const ended: number[] = [];
    const files = [0, 1].map((n) => `${sample.directory}/go${n}`);
    const results = files.map((file, n) => (
      sample.pool.invoke('fn', JSON.stringify({ n, file }), () => started.push(n)).then(() => ended.push(n))
    ));
    await until(() => started.length > 0);
    expect(started).toEqual([0]);
    // WHEN
    fs.writeFileSync(files[0], '');
    await until(() => started.length > 1);
    // THEN
    expect([started, ended]).toEqual([[0, 1], [0]]);
    fs.writeFileSync(files[1], '');
    await Promise.all(results);
  });

  test('a crash in a flood costs one invocation', async () => {
    // GIVEN
    sample.add('fn', 'exports.handler = async ({ n }) => { if (n === 120) process.exit(1); return n; };');
    await sample.start();
    for (let n = 0; n < 50; n++) await sample.pool.invoke('fn', '{"n":0}');
    // WHEN
    const results = await Promise.all(Array.from({ length: 300 }, (_, n) => sample.pool.invoke('fn', JSON.stringify({ n }))));
    // THEN
    const failed = results.flatMap((result, n) => result.ok ? [] : [n]);
    expect(failed).toEqual([120]);
    results.forEach((result, n) => expect(result.ok ? result.payload : 'failed').toBe(n === 120 ? 'failed' : String(n)));
  });
});

describe('new code', () => {
  test('runs the next invocation, while the old code finishes what it runs', async () => {
    // GIVEN
    const fn = sample.add('fn', TIMED.replace('return {', 'return { code: "old",').replace('if (file)', 'if (file) console.log("running"); if (file)'));
    sample.add('new', TIMED.replace('return {', 'return { code: "new",'));
    await sample.start();
    const [pid] = sample.pool.pids('fn');
    const file = `${sample.directory}/go`;
    const running = timed(1, { file });
    await until(() => sample.printed().includes('running'));
    // WHEN
    sample.pool.replace({ ...fn, code: { directory: `${sample.directory}/new` } });
    const next = timed(2);
    // THEN
    expect(await next).toMatchObject({ n: 2, code: 'new' });
    expect(isAlive(pid)).toBe(true);
    fs.writeFileSync(file, '');
    expect(await running).toMatchObject({ n: 1, code: 'old', pid });
    await until(() => !isAlive(pid));
    expect(sample.pool.pids('fn')).toHaveLength(1);
  });

  test('loses none of a stream of invocations', async () => {
    const fn = sample.add('fn', TIMED);
    await sample.start();
    for (let n = 0; n < 20; n++) await timed(n);
    const before = Array.from({ length: 200 }, (_, n) => timed(n));
    sample.pool.replace(fn);
    const runs = await Promise.all([...before, ...Array.from({ length: 200 }, (_, n) => timed(200 + n))]);
    expect(runs.map(({ n }) => n)).toEqual(Array.from({ length: 400 }, (_, n) => n));
  });

  test('for a new function starts it', async () => {
    sample.pool.replace(sample.add('fn', TIMED));
    expect(await timed(1)).toMatchObject({ n: 1 });
  });
});

test('pending invocations fail when the new code cannot be run on this machine', async () => {
  // GIVEN
  const fn = sample.add('fn', TIMED, { reservedConcurrency: 1 });
  await sample.start();
  const file = `${sample.directory}/go`;
  const running = sample.pool.invoke('fn', JSON.stringify({ n: 1, file }));
  const waiting = sample.pool.invoke('fn', '{"n":2}');
  // WHEN
  sample.pool.replace({ ...fn, runtime: 'java21' });
  // THEN
  expect(await waiting).toMatchObject({ ok: false, kind: 'none' });
  fs.writeFileSync(file, '');
  expect(await running).toMatchObject({ ok: true });
});

test('an environment that is too large is reported', async () => {
  const result = await sample.fail('exports.handler = async () => 1;', { environment: { LARGE: 'x'.repeat(3_000_000) } });
  expect(result).toMatchObject({ kind: 'init', errorType: 'Runtime.InvalidEntrypoint', errorMessage: 'spawn E2BIG' });
  expect(sample.notices).toEqual([{ code: 'function-not-started', subject: 'Test/f0', text: 'Test/f0: spawn E2BIG' }]);
});

describe('the end', () => {
  test('of a function fails its running invocation', async () => {
    sample.add('fn', TIMED);
    await sample.start();
    const [pid] = sample.pool.pids('fn');
    const running = sample.pool.invoke('fn', '{"time":60000}');
    sample.pool.remove('fn');
    expect(await running).toMatchObject({
      ok: false, kind: 'exit', errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: the function was removed$/),
    });
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: false, kind: 'none', errorMessage: 'there is no function fn' });
    await until(() => !isAlive(pid));
  });

  test('of the pool leaves no process, whatever they do', async () => {
    // GIVEN
    sample.add('busy', 'exports.handler = async () => { console.log("busy"); for (;;); };');
    sample.add('waiting', TIMED);
    sample.add('loading', 'console.log("loading"); for (;;);');
    void sample.start();
    await until(() => sample.pool.pids().length === 3);
    const invocations = ['busy', 'waiting', 'waiting', 'loading'].map((id) => sample.pool.invoke(id, '{"time":60000}'));
    await until(() => ['busy', 'loading'].every((line) => sample.printed().includes(line)));
    const pids = sample.pool.pids();
    // WHEN
    await sample.pool.close();
    // THEN
    expect(pids.filter(isAlive)).toEqual([]);
    expect((await Promise.all(invocations)).map((result) => !result.ok && result.kind)).toEqual(['exit', 'exit', 'exit', 'exit']);
    expect(await sample.pool.invoke('waiting', '{}')).toMatchObject({
      kind: 'exit',
      errorType: 'Local.FunctionEnded',
      errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: the gateway was closed$/),
    });
  });
});

describe('functions that cannot be run on this machine', () => {
  test.each([
    ['another runtime', { runtime: 'java21' }, 'Test/fn is made for java21: only nodejs and python functions are run here'],
    ['no code', {}, 'Test/fn has no code here: nothing was written'],
    ['a folder that is gone', { code: { directory: '/gone/asset' } },
      'Test/fn has no code here: there is no /gone/asset, synthesize the app again'],
  ])('%s', async (_what, properties, reason) => {
    await sample.pool.start(new Map([['fn', { ...sampleFunction('fn'), ...properties }]]));
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: false, kind: 'none', errorMessage: reason });
    expect(sample.notices).toEqual([{ code: 'function-not-served', subject: 'Test/fn', text: reason }]);
  });
});

const error = (errorMessage: string) => ({ errorType: 'Runtime.ImportModuleError', errorMessage, trace: [] });

test.each([
  ["Error: Cannot find module '@aws-sdk/client-dynamodb'\nRequire stack:\n- /app/index.js", '@aws-sdk/client-dynamodb'],
  ["Error: Cannot find module 'lodash/get'\nRequire stack:\n- /app/index.js", 'lodash'],
  ["Cannot find package '@scope/name' imported from /app/index.mjs", '@scope/name'],
])('%s', (message, name) => {
  expect(missingPackage(sampleFunction('fn'), error(message), '/app')).toEqual({
    code: 'package-missing',
    subject: 'Test/fn',
    text: `Test/fn imports ${name}, which is neither in its code nor in /app/node_modules: npm install --save-dev ${name}`,
  });
});

test.each([
  "Error: Cannot find module './text'",
  "Error: Cannot find module '/app/text.js' imported from /app/index.mjs",
  "Error: Cannot find module 'index'",
  'index.handler is undefined or not exported',
])('no package is missing: %s', (message) => {
  expect(missingPackage(sampleFunction('fn'), error(message), '/app')).toBeUndefined();
});
