import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';
import type { Page } from 'playwright-core';
import { browserTest, withPage } from './_helpers/browser';

const ROOT = path.join(__dirname, '..');
const TSX = path.join(ROOT, 'node_modules', '.bin', 'tsx');
const WSCAT = path.join(ROOT, 'node_modules', '.bin', 'wscat');
/** What the demo has printed so far. */
let printed = '';
let demo: ChildProcess;
/** The addresses of the page and of the first gateway, as the demo prints them. */
let address: string;
let gateway: string;

beforeAll(async () => {
  demo = spawn(TSX, ['examples/demo.ts', '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    demo.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /Two clients that talk to each other: (\S+)\n.* -c (\S+) /.exec(printed);
      if (!found) return;
      [, address, gateway] = found;
      resolve();
    });
    demo.once('exit', () => reject(new Error(`the demo ended: ${printed}`)));
  });
});

afterAll(async () => {
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
});

test('wscat talks to examples/serverless-ws-test', async () => {
  expect(await wscat(/received/, ['--header', 'token: abc', '--execute', '{"action":"foo"}'])).toContain('{"message":"foo received"}');
});

test('wscat without the token is refused with the status of the function', async () => {
  expect(await wscat(/error/)).toContain('error: Unexpected server response: 500');
});

test('the address of the page is printed when there is something behind it', () => {
  const gateways = [...printed.matchAll(/^ {2}url {7}(\S+)/gm)].map(({ 1: url, index }) => ({ url, index }));

  expect(gateways.map(({ url }) => url)).toContain(gateway);
  expect(gateways.map(({ url }) => url)).toContain(new URL(address).searchParams.get('url'));
  for (const { index } of gateways) expect(index).toBeLessThan(printed.indexOf('Two clients'));
});

describe('the page of examples/chat', () => {
  /** Runs something with the page of two connected clients. */
  function withClients(run: (page: Page) => Promise<void>, viewport = { width: 1280, height: 800 }): Promise<void> {
    return withPage(async (page) => {
      await page.setViewportSize(viewport);
      await page.goto(address);
      for (const side of ['left', 'right']) await page.waitForSelector(`#${side}[data-state=connected]`);
      await run(page);
    });
  }

  async function send(page: Page, side: 'left' | 'right', text: string): Promise<void> {
    await page.fill(`#${side} input`, text);
    await page.click(`#${side} form button`);
  }

  browserTest('its two clients talk to each other', () => withClients(async (page) => {
    // WHEN
    await send(page, 'left', '  ');
    await send(page, 'left', 'hello <b>right</b>');
    await page.waitForSelector('#right .in');
    await send(page, 'right', 'hello left');
    await page.waitForSelector('#left .in');

    // THEN
    expect(await page.textContent('#right .in')).toBe('hello <b>right</b>');
    expect(await page.textContent('#left .in')).toBe('hello left');
    expect(await page.locator('[role=log] p').count()).toBe(4);
    await page.waitForFunction('document.querySelectorAll(".out:not(.pending)").length === 2');
  }));

  browserTest('a client whose connection is closed connects again by itself', () => withClients(async (page) => {
    // GIVEN
    const before = await page.textContent('#left [role=status]');

    // WHEN
    const waiting = await page.evaluate(`new Promise((resolve) => {
      const side = document.querySelector('#left');
      const look = () => { if (side.dataset.state === 'waiting') resolve(side.querySelector('[role=status]').textContent); };
      new MutationObserver(look).observe(side, { attributes: true, childList: true, subtree: true });
      left.socket.close();
    })`);
    await page.waitForSelector('#left[data-state=connected]');

    // THEN
    expect(waiting).toBe('closed with 1005; connecting again in 1 s');
    expect(await page.textContent('#left [role=status]')).not.toBe(before);
    await send(page, 'right', 'back again?');
    await page.waitForSelector('#left .in');
  }));

  browserTest('a client that was disconnected stays so until it is told to connect', () => withClients(async (page) => {
    // WHEN
    await page.click('#right header button');
    await send(page, 'left', 'anybody?');

    // THEN
    expect(await page.textContent('#right [role=status]')).toBe('disconnected');
    expect(await page.isDisabled('#right form button')).toBe(true);
    expect(await page.textContent('#left .note')).toBe('The other client is not connected.');
    await page.click('#right header button');
    await page.waitForSelector('#right[data-state=connected]');
  }));

  browserTest('it fits a phone: long words wrap, and the newest message is in view', () => withClients(async (page) => {
    // WHEN
    for (let i = 0; i < 10; i++) await send(page, 'left', `${i} ${'long'.repeat(40)}`);
    await page.waitForFunction('document.querySelectorAll("#right .in").length === 10');

    // THEN
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight')).toBe(true);
    for (const side of ['left', 'right']) {
      expect(await page.evaluate(`(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(${side}.log)`)).toBe(true);
    }
  }, { width: 375, height: 667 }));
});

/** What wscat prints until it matches; its input stays open, as a terminal's does. */
function wscat(expected: RegExp, args: string[] = []): Promise<string> {
  const client = spawn(WSCAT, ['--connect', gateway, '--wait', '60', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [client.stdout, client.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (expected.test(output)) client.kill();
    });
  }
  return new Promise((resolve) => client.on('exit', () => resolve(output)));
}
