import { createServer, type AddressInfo } from 'net';
import WebSocket from 'ws';
import { SamplePool, stopClock, until } from './_helpers/sample-pool';
import { DebuggerState, OutputLines, type OutputLine } from '../../../lib/local/functions/process-output';

test('lines are emitted when they are complete, or when their invocation ends', () => {
  // GIVEN
  const observed: OutputLine[] = [];
  const lines = new OutputLines('fn', (line) => observed.push(line));
  // WHEN
  lines.add('stdout', undefined, 'loaded\nhalf');
  lines.add('stdout', 'a', 'one\r\ntwo\nth');
  lines.add('stderr', 'a', 'oops');
  lines.add('stdout', 'a', 'ree');
  lines.flush();
  lines.flush();
  // THEN
  expect(observed).toEqual([
    { functionId: 'fn', stream: 'stdout', text: 'loaded' },
    { functionId: 'fn', stream: 'stdout', text: 'half' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'one' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'two' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'three' },
    { functionId: 'fn', requestId: 'a', stream: 'stderr', text: 'oops' },
  ]);
});

describe('a line that is longer than a megabyte', () => {
  const MEGABYTE = 1_048_576;
  const CUT = ' [cut: a line has at most 1048576 characters]';
  const add = (pieces: Iterable<string>): string[] => {
    const observed: string[] = [];
    const lines = new OutputLines('fn', ({ text }) => observed.push(text));
    for (const piece of pieces) lines.add('stdout', 'a', piece);
    lines.flush();
    return observed;
  };
  function* repeated(piece: string, count: number): Iterable<string> {
    for (let n = 0; n < count; n++) yield piece;
  }

  test('is cut, and says so; the next line is whole', () => {
    expect(add(['x'.repeat(MEGABYTE + 1), 'y'.repeat(MEGABYTE), 'z\nnext\n', 'last'])).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`, 'next', 'last']);
    expect(add(['x'.repeat(MEGABYTE), '\n'])).toEqual(['x'.repeat(MEGABYTE)]);
  });

  // Seconds of the processor, which do not depend on what else runs.
  const cpuSeconds = (): number => process.cpuUsage().user / 1e6;

  test('takes time in proportion to its length, in pieces of a kilobyte', () => {
    const before = cpuSeconds();
    expect(add(repeated('x'.repeat(1024), 40_000))).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`]);
    expect(cpuSeconds() - before).toBeLessThan(2);
  });

  test('and in pieces of a character', () => {
    const before = cpuSeconds();
    expect(add(repeated('x', 2_000_000))).toEqual([`${'x'.repeat(MEGABYTE)}${CUT}`]);
    expect(cpuSeconds() - before).toBeLessThan(4);
  });

  test('may be a progress bar', () => {
    expect(add([...repeated('\r 50 %', 200_000), '\ndone\n'])).toEqual([`${'\r 50 %'.repeat(200_000).slice(0, MEGABYTE)}${CUT}`, 'done']);
  });
});

test('text that is left when time is up is not emitted yet', () => {
  // GIVEN
  const observed: string[] = [];
  const lines = new OutputLines('fn', ({ text }) => observed.push(text));
  // WHEN
  let rest = lines.addInTurn('stdout', 'a', 'x\n'.repeat(2_000), () => true);
  // THEN
  expect([observed.length, rest.length]).toEqual([512, 4_000 - 1_024]);
  // WHEN
  while (rest !== '') rest = lines.addInTurn('stdout', 'a', rest, () => false);
  // THEN
  expect(observed).toEqual(Array.from({ length: 2_000 }, () => 'x'));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function attach(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

test('lines of Node.js about debuggers are read and removed, others stay', () => {
  // GIVEN
  const urls: string[] = [];
  const refused: string[] = [];
  const state = new DebuggerState((url) => urls.push(url), (reason) => refused.push(reason));
  // WHEN
  const rest = [
    'Debugger listening on ws://127.0.0.1:9229/1-2\nFor help, see: https://nodejs.org/en/docs/inspector\nown line\n',
    'Debugger attached.\n',
  ].map((text) => state.read(text));
  // THEN
  expect(rest).toEqual(['own line\n', '']);
  expect(urls).toEqual(['ws://127.0.0.1:9229/1-2']);
  expect(state.attached).toBe(true);
  state.read('Debugger ending on ws://127.0.0.1:9229/1-2\nFor help, see: https://nodejs.org/learn/getting-started/debugging\n');
  expect(state.attached).toBe(false);
  state.read('Starting inspector on 127.0.0.1:9229 failed: address already in use\n');
  expect(refused).toEqual(['Starting inspector on 127.0.0.1:9229 failed: address already in use']);
  expect(urls).toHaveLength(1);
});

test('timeouts wait for a debugger, also at a breakpoint', async () => {
  // GIVEN
  const port = await freePort();
  const urls: string[] = [];
  const sample = new SamplePool({ inspect: port, onInspector: (_fn, url) => urls.push(url) });
  const advance = stopClock();
  sample.add('fn', 'exports.handler = async () => { debugger; return "resumed"; };', { timeout: 10_000 });
  await sample.start();
  await until(() => urls.length === 1);
  expect(urls[0]).toMatch(new RegExp(`^ws://127\\.0\\.0\\.1:${port}/`));
  const client = await attach(urls[0]);
  const received = (text: string) => new Promise<void>((resolve) => client.on('message', (data) => String(data).includes(text) && resolve()));
  const [enabled, paused] = [received('"id":1'), received('Debugger.paused')];
  client.send('{"id":1,"method":"Debugger.enable"}');
  // Else a breakpoint that comes sooner is none.
  await enabled;
  // WHEN
  const running = sample.pool.invoke('fn', '{}');
  await paused;
  for (let n = 0; n < 3; n++) {
    advance(10_000);
    // The timeout is checked in the next turn of the event loop.
    await new Promise(setImmediate);
  }
  client.send('{"id":2,"method":"Debugger.resume"}');
  // THEN
  expect(await running).toMatchObject({ ok: true, payload: '"resumed"' });
  expect(sample.output).toEqual([]);
  client.close();
  await sample.close();
});

test('timeouts count again when the debugger has left', async () => {
  // GIVEN
  const urls: string[] = [];
  const sample = new SamplePool({ inspect: await freePort(), onInspector: (_fn, url) => urls.push(url) });
  const advance = stopClock();
  sample.add('fn', 'exports.handler = () => { console.error("running"); return new Promise((resolve) => setTimeout(resolve, 60_000)); };', {
    timeout: 10_000,
  });
  await sample.start();
  await until(() => urls.length === 1);
  const client = await attach(urls[0]);
  // Node.js says that it has a debugger before it answers one.
  const answered = new Promise((resolve) => client.once('message', resolve));
  client.send('{"id":1,"method":"Runtime.getIsolateId"}');
  await answered;
  // WHEN
  const running = sample.pool.invoke('fn', '{}');
  let isOver = false;
  void running.finally(() => { isOver = true; });
  // The gateway has read this line, and those before it.
  await until(() => sample.output.length === 1);
  advance(20_000);
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  client.close();
  await until(() => {
    advance(10_000);
    return isOver;
  });
  // THEN
  expect(await running).toMatchObject({ ok: false, kind: 'timeout' });
  await sample.close();
});

test('a function keeps its port and has one process', async () => {
  // GIVEN
  const port = await freePort();
  const urls: string[] = [];
  const sample = new SamplePool({ inspect: port, onInspector: (_fn, url) => urls.push(url) });
  const fn = sample.add('fn', 'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve(process.pid), 50));');
  await sample.start();
  // WHEN
  const results = await Promise.all(Array.from({ length: 4 }, () => sample.pool.invoke('fn', '{}')));
  sample.pool.replace(fn);
  const after = await sample.pool.invoke('fn', '{}');
  // THEN
  expect(new Set(results.map((result) => result.ok && result.payload)).size).toBe(1);
  expect(after).toMatchObject({ ok: true });
  await until(() => urls.length === 2);
  expect(urls.every((url) => url.startsWith(`ws://127.0.0.1:${port}/`))).toBe(true);
  expect(sample.notices).toEqual([]);
  await sample.close();
});

test('a port that is taken is reported, and the function runs', async () => {
  // GIVEN
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const sample = new SamplePool({ inspect: port });
  sample.add('fn', 'exports.handler = async () => "runs";');
  // WHEN
  await sample.start();
  // THEN
  expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: true, payload: '"runs"' });
  await until(() => sample.notices.length > 0);
  expect(sample.notices).toEqual([{
    code: 'inspector-refused', subject: 'Test/fn', text: `Test/fn: Starting inspector on 127.0.0.1:${port} failed: address already in use`,
  }]);
  await sample.close();
  server.close();
});
