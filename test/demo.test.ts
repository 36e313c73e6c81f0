import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';
import { browserTest, withPage } from './_helpers/browser';

const ROOT = path.join(__dirname, '..');
const TSX = path.join(ROOT, 'node_modules', '.bin', 'tsx');
const WSCAT = path.join(ROOT, 'node_modules', '.bin', 'wscat');
/** Not those of `npm run demo`, which may be running. */
const PORT = 34_500;

/** What the demo has printed so far. */
let printed = '';
let demo: ChildProcess;

beforeAll(async () => {
  demo = spawn(TSX, ['examples/demo.ts', String(PORT)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  demo.stdout!.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
  await until(() => [1, 2].every((api) => printed.includes(`wscat -c ws://localhost:${PORT + api}/dev`)));
});

afterAll(async () => {
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
});

test('wscat talks to examples/serverless-ws-test', async () => {
  expect(await wscat(PORT + 1, ['--header', 'token: abc', '--execute', '{"action":"foo"}'])).toContain('{"message":"foo received"}');
});

test('wscat without the token is refused with the status of the function', async () => {
  expect(await wscat(PORT + 1, [])).toContain('error: Unexpected server response: 500');
});

browserTest('the two panes of examples/chat talk to each other in a browser', () => withPage(async (page) => {
  // GIVEN
  await page.goto(`http://localhost:${PORT}/?url=ws://localhost:${PORT + 2}/dev`);
  await page.waitForFunction('[...document.querySelectorAll("header")].every(({ textContent }) => textContent.startsWith("connected as "))');

  // WHEN
  await page.fill('#left input', 'hello right');
  await page.click('#left button');
  await page.waitForSelector('#right .in');
  await page.fill('#right input', 'hello left');
  await page.click('#right button');
  await page.waitForSelector('#left .in');

  // THEN
  expect(await page.textContent('#right .in')).toBe('hello right');
  expect(await page.textContent('#left .in')).toBe('hello left');
  expect(await page.$$('.note')).toEqual([]);
}));

/** What wscat prints; its input stays open, as a terminal's does. */
function wscat(port: number, args: string[]): Promise<string> {
  const client = spawn(WSCAT, ['--connect', `ws://localhost:${port}/dev`, '--wait', '3', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [client.stdout, client.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  return new Promise((resolve) => client.on('exit', () => resolve(output)));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
