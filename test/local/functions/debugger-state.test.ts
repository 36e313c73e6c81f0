import { createServer, type AddressInfo } from 'net';
import WebSocket from 'ws';
import { SamplePool, until } from './sample-pool';
import { DebuggerState } from '../../../lib/local/functions/debugger-state';

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

test('reads what Node.js prints of its debuggers, and leaves the rest', () => {
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
  state.read('Debugger ending on ws://127.0.0.1:9229/1-2\nFor help, see: https://nodejs.org/en/docs/inspector\n');
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
  sample.add('fn', 'exports.handler = async () => { debugger; return "resumed"; };', { timeout: 300 });
  await sample.start();
  await until(() => urls.length === 1);
  expect(urls[0]).toMatch(new RegExp(`^ws://127\\.0\\.0\\.1:${port}/`));
  const client = await attach(urls[0]);
  const told = (text: string) => new Promise<void>((resolve) => client.on('message', (data) => String(data).includes(text) && resolve()));
  const [enabled, paused] = [told('"id":1'), told('Debugger.paused')];
  client.send('{"id":1,"method":"Debugger.enable"}');
  // Else a breakpoint that comes sooner is none.
  await enabled;
  // WHEN
  const running = sample.pool.invoke('fn', '{}');
  await paused;
  await new Promise((resolve) => setTimeout(resolve, 700));
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
  sample.add('fn', 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));', { timeout: 200 });
  await sample.start();
  await until(() => urls.length === 1);
  const client = await attach(urls[0]);
  // WHEN
  const running = sample.pool.invoke('fn', '{}');
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.close();
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

test('a port that is taken is told, and the function runs', async () => {
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
