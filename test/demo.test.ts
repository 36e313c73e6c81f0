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
/** Each test has a room of its own. */
let rooms = 0;

beforeAll(async () => {
  demo = spawn(TSX, ['examples/demo.ts', '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    demo.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /Three clients in a room: (\S+)\n.* -c (\S+) /.exec(printed);
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
  for (const { index } of gateways) expect(index).toBeLessThan(printed.indexOf('Three clients'));
});

/** Every button of the inspector. */
const FAULTS = [
  ...['idle', 'duration', 'deployment', 'delete', 'cut', 'half-open'].map((how) => ({ fault: 'end', how })),
  { fault: 'end', how: 'stall', seconds: 1 },
  { fault: 'refuse', status: 503, times: 1 },
  { fault: 'posts', status: 500, times: 1 },
  { fault: 'handler', route: 'say', delay: 100 },
  { fault: 'handler', route: 'say', kill: true },
  { fault: 'disconnect', lose: true },
  { fault: 'coldStart', milliseconds: 100 },
  { fault: 'throttle', perSecond: 1 },
  { fault: 'random', seed: 1 },
  { fault: 'advance', milliseconds: 7_200_000 },
];

describe('the page of examples/chat', () => {
  const USERS = ['ann', 'bob', 'cy'];

  /** Runs something with the page of three connected clients, in a room of their own. */
  function withClients(run: (page: Page) => Promise<void>, viewport = { width: 1280, height: 800 }): Promise<void> {
    return withPage(async (page) => {
      await page.setViewportSize(viewport);
      await page.goto(`${address}&room=${++rooms}`);
      for (const user of USERS) await connected(page, user);
      for (const user of USERS) await page.waitForSelector(`#${user} .members:text-is("here: Ann, Bob, Cy")`);
      await run(page);
    });
  }

  const connected = (page: Page, user: string) => page.waitForSelector(`#${user}[data-state=open]`);

  async function send(page: Page, user: string, text: string): Promise<void> {
    await page.fill(`#${user} input`, text);
    await page.click(`#${user} form button`);
  }

  /** The inspector of the gateway behind the page. */
  const inspector = (): string => `${new URL(new URL(address).searchParams.get('url')!.replace('ws:', 'http:')).origin}/_ws`;

  async function faults(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
    const init = { method, ...fault && { body: JSON.stringify(fault), headers: { 'content-type': 'application/json' } } };
    const answer = await fetch(`${inspector()}/faults`, init);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  }

  /** The id of a user's connection, as the inspector shows it. */
  async function connectionOf(user: string): Promise<string> {
    let text = '';
    for await (const chunk of (await fetch(`${inspector()}/events`)).body!) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const [, json = '[]'] = /event: connections\ndata: (.*)\n/.exec(text) ?? [];
      const connections = JSON.parse(json) as Array<{ user: string; connectionId: string }>;
      const found = connections.reverse().find((each) => each.user === user);
      if (found) return found.connectionId;
    }
    throw new Error(`the inspector shows no connection of ${user}`);
  }

  /** What a client shows of the others' messages. */
  const heard = (page: Page, user: string): Promise<string[]> => page.locator(`#${user} .in`).allTextContents();

  browserTest('what one says is heard by the others, once, and as text', () => withClients(async (page) => {
    // WHEN
    await send(page, 'ann', '  ');
    await send(page, 'ann', 'hello <b>all</b>');
    await page.waitForSelector('#bob .in');
    await page.waitForSelector('#cy .in');
    await send(page, 'bob', 'hello ann');
    await page.waitForSelector('#ann .in');
    await page.waitForFunction('document.querySelectorAll("#cy .in").length === 2');

    // THEN
    expect(await heard(page, 'ann')).toEqual(['bobhello ann']);
    expect(await heard(page, 'bob')).toEqual(['annhello <b>all</b>']);
    expect(await heard(page, 'cy')).toEqual(['annhello <b>all</b>', 'bobhello ann']);
    await page.waitForFunction('document.querySelectorAll(".out:not(.pending)").length === 2');
    expect(await page.locator('.error').count()).toBe(0);
  }));

  browserTest('the others see who is typing, and who comes and goes', () => withClients(async (page) => {
    // WHEN
    await page.type('#ann input', 'h');

    // THEN
    await page.waitForSelector('#bob .typing:text-is("ann is typing")');
    await page.waitForSelector('#cy .typing:text-is("ann is typing")');
    expect(await page.textContent('#ann .typing')).toBe('');

    // WHEN
    await page.click('#cy header button');

    // THEN
    await page.waitForSelector('#ann .note:text-is("Cy has left")');
    await page.waitForSelector('#bob .members:text-is("here: Ann, Bob")');
    await page.click('#cy header button');
    await page.waitForSelector('#ann .members:text-is("here: Ann, Bob, Cy")');
  }));

  browserTest('a client that was away gets what it has missed, in order and once', () => withClients(async (page) => {
    // GIVEN
    await send(page, 'ann', 'one');
    await page.waitForSelector('#cy .in');
    await faults('POST', { fault: 'refuse', status: 503 });
    await faults('POST', { fault: 'end', how: 'cut', connection: await connectionOf('cy') });
    await page.waitForSelector('#cy:not([data-state=open])');

    // WHEN
    for (const text of ['two', 'three']) await send(page, 'bob', text);
    await page.waitForFunction('document.querySelectorAll("#ann .in").length === 2');
    await faults('DELETE');
    await connected(page, 'cy');
    await send(page, 'ann', 'four');
    await page.waitForSelector('#cy .in:has-text("four")');

    // THEN
    expect(await heard(page, 'cy')).toEqual(['annone', 'bobtwo', 'bobthree', 'annfour']);
  }));

  browserTest('clients outlive every fault, and nothing that is said is lost', () => withClients(async (page) => {
    for (const [index, fault] of FAULTS.entries()) {
      // WHEN
      await faults('POST', fault);
      await send(page, 'bob', `${index}`);
      await faults('DELETE');
      // A message that was on its way is at most once on the server, so bob says it again if it is lost.
      await page.waitForFunction('document.querySelector("#bob .pending") === null');
    }

    // THEN
    for (const user of USERS) await connected(page, user);
    await send(page, 'bob', 'after all');
    for (const user of ['ann', 'cy']) await page.waitForSelector(`#${user} .in:has-text("after all")`);
    const heardByAnn = await heard(page, 'ann');
    expect(new Set(heardByAnn).size).toBe(heardByAnn.length);
    expect(await heard(page, 'cy')).toEqual(heardByAnn);
    expect(heardByAnn.length).toBeGreaterThan(FAULTS.length / 2);
  }));

  browserTest('it fits a phone: long words wrap, and the newest message is in view', () => withClients(async (page) => {
    // WHEN
    for (let i = 0; i < 10; i++) await send(page, 'ann', `${i} ${'long'.repeat(40)}`);
    await page.waitForFunction('document.querySelectorAll("#bob .in").length === 10');

    // THEN
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight')).toBe(true);
    for (const user of USERS) {
      expect(await page.evaluate(`(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)(document.querySelector('#${user} [role=log]'))`)).toBe(true);
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
