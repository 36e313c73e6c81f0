import * as http from 'http';
import type { AddressInfo } from 'net';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';
import type { Page } from 'playwright-core';
import { browserTest, withPage } from '../_helpers/browser';
import { scriptedServer, ScriptedServer, until } from './_helpers/scripted-server';

const INDEX = path.join(__dirname, '..', '..', 'lib', 'client', 'index.ts');

/** The client as a script of a page: `window.client`. */
const script = buildSync({ entryPoints: [INDEX], bundle: true, format: 'iife', globalName: 'client', target: 'es2022', write: false }).outputFiles[0].text;

let server: ScriptedServer;
let pages: http.Server;
let address: string;

beforeEach(async () => {
  server = await scriptedServer(({ action, id, room, since }, peer) => {
    if (action === 'ping') peer.send({ message: 'pong' });
    if (action !== 'join') return;
    if (since !== undefined) peer.send({ event: 'said', room, seq: 11, data: 'meanwhile' });
    peer.send({ id, data: { seq: since === undefined ? 10 : 11, missed: false, void: [], members: [] } });
  });
  pages = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(request.url === '/other' ? '<!doctype html><title>other</title>' : `<!doctype html><title>page</title><script>${script}
      window.states = []; window.said = []; window.asked = 0;
      window.socket = client.connect({ url: () => { asked++; return ${JSON.stringify(server.url)}; }, backoff: { base: 0.05, cap: 0.2 } });
      socket.on('state', (state) => states.push(state));
      socket.join({ action: 'join', room: 'lobby' }).on('said', (data) => said.push(data));
    </script>`);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
});

afterEach(async () => {
  pages.closeAllConnections();
  await new Promise((resolve) => pages.close(resolve));
  await server.close();
});

interface Shown { states: string[]; said: string[]; asked: number; socket: { state: string } }

/** What the page has. */
const shown = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const { states, said, asked, socket } = globalThis as unknown as Shown;
    return { states, said, asked, socket: { state: socket.state } };
  });

async function stateIs(page: Page, state: string): Promise<void> {
  await page.waitForFunction((wanted) => (globalThis as unknown as Shown).socket.state === wanted, state);
}

async function opened(page: Page): Promise<void> {
  await page.goto(address);
  await stateIs(page, 'open');
  await until(() => server.peers[0]?.got.length === 1);
}

browserTest('while offline nothing is tried; online, at once', () => withPage(async (page) => {
  // GIVEN
  await opened(page);
  await page.context().setOffline(true);
  server.peers[0].cut();
  await stateIs(page, 'waiting');
  const { asked } = await shown(page);

  // WHEN
  await page.waitForTimeout(500);
  expect((await shown(page)).asked).toBe(asked);
  await page.context().setOffline(false);

  // THEN
  await stateIs(page, 'open');
  await page.waitForFunction(() => (globalThis as unknown as Shown).said.length === 1);
  expect((await shown(page)).said).toEqual(['meanwhile']);
}));

browserTest('a frozen page has no socket, and one again when it resumes', () => withPage(async (page) => {
  // GIVEN
  await opened(page);

  // WHEN (a page under focus emulation is never hidden, so that `Page.setWebLifecycleState` freezes none)
  await page.evaluate('document.dispatchEvent(new Event("freeze"))');
  await until(() => server.peers[0].socket.readyState === 3);
  await stateIs(page, 'waiting');
  await page.evaluate('document.dispatchEvent(new Event("resume"))');

  // THEN
  await stateIs(page, 'open');
  await page.waitForFunction(() => (globalThis as unknown as Shown).said.length === 1);
  expect((await shown(page)).said).toEqual(['meanwhile']);
}));

browserTest('a page that is left has no socket, and one again when the user comes back', () => withPage(async (page) => {
  // GIVEN
  await opened(page);

  // WHEN
  await page.goto(`${address}/other`);
  await until(() => server.peers[0].socket.readyState === 3);
  await page.goBack();

  // THEN
  await stateIs(page, 'open');
  await until(() => server.peers.length === 2);
}));

browserTest('a page that becomes visible asks whether the connection is alive', () => withPage(async (page) => {
  // GIVEN
  await opened(page);
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 60_000;
  });

  // WHEN
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))');

  // THEN
  await until(() => server.peers[0].got.some(({ action }) => action === 'ping'));
}));
