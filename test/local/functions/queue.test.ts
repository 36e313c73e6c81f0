import * as fs from 'fs';
import { hasPython, isAlive, SamplePool, stopClock, until, waitFor } from './_helpers/sample-pool';
import type { LambdaFunction } from '../../../lib/local/assembly/local-app';

let sample: SamplePool;
let advance: (milliseconds: number) => void;
beforeEach(() => {
  sample = new SamplePool();
  advance = stopClock();
});
afterEach(() => sample.close());

/** Code that returns its name; it is loaded when its gate is open. */
function version(name: string, properties: Partial<LambdaFunction> = {}): LambdaFunction {
  sample.write(`${name}/index.js`, `${waitFor(gate(name))} exports.handler = async () => ${JSON.stringify(name)};`);
  return { ...sample.add('fn', undefined, properties), code: { directory: `${sample.directory}/${name}` } };
}
const gate = (name: string): string => `${sample.directory}/${name}.open`;
const open = (...names: string[]): void => names.forEach((name) => fs.writeFileSync(gate(name), ''));

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** Longer than an invocation waits for new code while there is older code. */
const PATIENCE = 2_000;

async function answer(): Promise<string> {
  const result = await sample.pool.invoke('fn', '{}');
  return result.ok ? JSON.parse(result.payload) as string : `${result.errorType}: ${result.errorMessage}`;
}

describe('the functions that start first', () => {
  let started: Promise<void>;
  beforeEach(async () => {
    sample.add('connect', `${waitFor(gate('connect'))} exports.handler = async () => 1;`);
    sample.add('send', 'exports.handler = async () => 2;');
    started = sample.start(new Set(['connect']));
    await turns(10);
  });

  test('are ready before the others start', async () => {
    const before = [sample.pool.pids('connect').length, sample.pool.pids('send').length];
    open('connect');
    await started;
    expect([before, sample.pool.pids('connect').length, sample.pool.pids('send').length]).toEqual([[1, 0], 1, 1]);
  });

  test('do not delay the others for longer than half a second', async () => {
    advance(500);
    await turns(10);
    expect(sample.pool.pids('send')).toHaveLength(1);
    open('connect');
    await started;
  });

  test('do not delay an invocation of another, which starts one process', async () => {
    expect(await sample.pool.invoke('send', '{}')).toMatchObject({ ok: true, payload: '2' });
    open('connect');
    await started;
    expect(sample.pool.pids('send')).toHaveLength(1);
  });

  test('do not keep a pool that is closed from ending', async () => {
    await sample.pool.close();
    await started;
    expect(sample.pool.pids()).toEqual([]);
  });
});

describe('code that takes long to load', () => {
  test('runs an invocation if it is ready in good time', async () => {
    // GIVEN
    open('old');
    sample.pool.replace(version('old'));
    await answer();
    // WHEN
    sample.pool.replace(version('new'));
    const waiting = answer();
    advance(1_000);
    open('new');
    // THEN
    expect(await waiting).toBe('new');
    await until(() => sample.pool.pids('fn').length === 1);
  });

  test('leaves older code to serve, and takes over when it is ready', async () => {
    // GIVEN
    open('old');
    sample.pool.replace(version('old'));
    await answer();
    const [old] = sample.pool.pids('fn');
    // WHEN
    sample.pool.replace(version('new'));
    const waiting = answer();
    advance(PATIENCE);
    // THEN
    expect(await waiting).toBe('old');
    // The next invocation waits no more: the clock stands still.
    expect(await answer()).toBe('old');
    // WHEN
    open('new');
    await until(() => !isAlive(old));
    // THEN
    expect(await answer()).toBe('new');
  });

  test('answers the invocations that wait for it, even if there is newer code by then', async () => {
    // GIVEN
    open('old');
    sample.pool.replace(version('old'));
    await answer();
    sample.pool.replace(version('one'));
    const waiting = answer();
    // WHEN
    sample.pool.replace(version('two'));
    open('one');
    // THEN
    expect(await waiting).toBe('one');
  });

  test('is started without end, and never keeps more than three versions alive', async () => {
    // GIVEN
    open('old');
    sample.pool.replace(version('old', { reservedConcurrency: 1 }));
    await answer();
    // WHEN
    const names = Array.from({ length: 12 }, (_, n) => `v${n}`);
    for (const name of names) {
      sample.pool.replace(version(name, { reservedConcurrency: 1 }));
      await until(() => sample.pool.pids('fn').length <= 3);
    }
    open('v0');
    // THEN the first one was not ended by those behind it
    await until(() => sample.pool.pids('fn').length <= 2);
    open('v11');
    await until(() => sample.pool.pids('fn').length === 1);
    expect(await answer()).toBe('v11');
  });

  test('leaves code that is ready to serve all pending invocations', async () => {
    // GIVEN
    open('old', 'one');
    sample.pool.replace(version('old'));
    await answer();
    sample.pool.replace(version('one'));
    expect(await answer()).toBe('one');
    // WHEN
    sample.pool.replace(version('two'));
    const waiting = [answer(), answer(), answer()];
    advance(PATIENCE);
    // THEN
    expect(await Promise.all(waiting)).toEqual(['one', 'one', 'one']);
  });
});

test('saves faster than a process starts cost a message no more than a start', async () => {
  // GIVEN
  open('v0');
  sample.pool.replace(version('v0'));
  await answer();
  // WHEN each version is superseded before it is ready
  const waiting = Array.from({ length: 8 }, (_, n) => {
    sample.pool.replace(version(`v${n + 1}`));
    return answer();
  });
  open('v1');
  // THEN the first one that started becomes ready, and serves what waited long enough
  expect(await waiting[0]).toBe('v1');
  advance(PATIENCE);
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'v1'));
  // WHEN
  open('v8');
  await until(() => sample.pool.pids('fn').length === 1);
  // THEN
  expect(await answer()).toBe('v8');
});

describe('code that cannot be loaded', () => {
  const broken = (name: string): LambdaFunction => {
    sample.write(`${name}/index.js`, 'throw new Error("not today");');
    return { ...sample.add('fn'), code: { directory: `${sample.directory}/${name}` } };
  };

  test('leaves older code to serve, and is reported', async () => {
    // GIVEN
    open('old', 'mended');
    sample.pool.replace(version('old'));
    await answer();
    // WHEN
    sample.pool.replace(broken('broken'));
    // THEN
    expect(await Promise.all([answer(), answer()])).toEqual(['old', 'old']);
    expect(sample.notices).toEqual([{ code: 'function-not-started', subject: 'Test/fn', text: 'Test/fn: Error: not today' }]);
    // WHEN
    sample.pool.replace(version('mended'));
    // THEN
    expect(await answer()).toBe('mended');
  });

  test('is tried again while older code serves', async () => {
    // GIVEN code that needs what is not there yet
    open('old');
    sample.pool.replace(version('old'));
    await answer();
    sample.write('needy/index.js', `exports.handler = async () => require('fs').readFileSync(${JSON.stringify(gate('needed'))}, 'utf8') || 'new';
      require('fs').statSync(${JSON.stringify(gate('needed'))});`);
    sample.pool.replace({ ...sample.add('fn'), code: { directory: `${sample.directory}/needy` } });
    expect(await answer()).toBe('old');
    const [old] = sample.pool.pids('fn');
    // WHEN
    open('needed');
    // THEN
    advance(1_100);
    expect(await answer()).toBe('old');
    await until(() => !isAlive(old));
    expect(await answer()).toBe('new');
  });

  test('fails the pending invocations if no older code is there', async () => {
    sample.pool.replace(broken('broken'));
    expect(await answer()).toBe('Error: not today');
  });

  test('leaves pending invocations to an older version that still starts', async () => {
    // GIVEN
    sample.pool.replace(version('one'));
    const waiting = answer();
    // WHEN
    sample.pool.replace(broken('broken'));
    await until(() => sample.notices.length > 0);
    const next = answer();
    open('one');
    // THEN
    expect(await Promise.all([waiting, next])).toEqual(['one', 'one']);
  });
});

test('with a debugger port, a process that was started has its turn before the next', async () => {
  // GIVEN
  await sample.close();
  sample = new SamplePool({ inspect: 20_000 + process.pid % 10_000 });
  advance = stopClock();
  open('old', 'one', 'three');
  sample.pool.replace(version('old'));
  await answer();
  // WHEN
  for (const name of ['one', 'two', 'three']) sample.pool.replace(version(name));
  // THEN
  expect(await answer()).toBe('three');
  await until(() => sample.pool.pids('fn').length === 1);
});

(hasPython ? test : test.skip)('Python code that takes long to load leaves older code to serve', async () => {
  // GIVEN
  const python = (name: string, load: string): LambdaFunction => {
    sample.write(`${name}/index.py`, `import time\n${load}\ndef handler(event, context):\n    return ${JSON.stringify(name)}\n`);
    return { ...sample.add('fn', undefined, { runtime: 'python3.13' }), code: { directory: `${sample.directory}/${name}` } };
  };
  sample.pool.replace(python('old', ''));
  await answer();
  // WHEN
  sample.pool.replace(python('new', 'time.sleep(60)'));
  const waiting = answer();
  advance(PATIENCE);
  // THEN
  expect(await waiting).toBe('old');
});
