import { spawnSync } from 'child_process';
import * as fs from 'fs';
import { AddressInfo } from 'net';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which this repository has
import { buildSync } from 'esbuild';
import { WebSocketServer } from 'ws';
import { browserTest, withPage } from '../_helpers/browser';

const ROOT = path.join(__dirname, '..', '..');
const REACT = path.join(ROOT, 'examples', 'react');

/** What an author of a page writes. */
const PAGE = `
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Chat } from './chat';
const root = createRoot(document.body.appendChild(document.createElement('div')));
window.show = (room) => root.render(createElement(StrictMode, null, room && createElement(Chat, { url: window.address, room })));
`;

function bundle(): string {
  return buildSync({
    stdin: { contents: PAGE, resolveDir: REACT },
    bundle: true,
    write: false,
    jsx: 'automatic',
    // StrictMode mounts twice in development only.
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: { 'cdk-websocket-service/client': path.join(ROOT, 'lib', 'client', 'index.ts') },
  }).outputFiles[0].text;
}

interface Frame { readonly action: string; readonly room: string; readonly id?: number; readonly text?: string }

/** Answers as the handlers of examples/chat do. */
async function server(): Promise<{ port: number; opened: () => number; open: () => number; frames: Frame[]; close: () => Promise<void> }> {
  const frames: Frame[] = [];
  let opened = 0;
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  sockets.on('connection', (socket) => {
    opened++;
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      frames.push(frame);
      const { action, room, id, text } = frame;
      const joined = { members: [{ connectionId: 'a' }, { connectionId: 'b' }], more: false, seq: 0, missed: false, void: [] };
      if (id !== undefined) socket.send(JSON.stringify({ id, data: action === 'join' ? joined : true }));
      if (action === 'say') socket.send(JSON.stringify({ event: 'said', room, data: { from: 'ann', text }, seq: frames.length }));
    });
  });
  await new Promise((resolve) => sockets.once('listening', resolve));
  return {
    port: (sockets.address() as AddressInfo).port,
    opened: () => opened,
    open: () => sockets.clients.size,
    frames,
    close: async () => {
      sockets.clients.forEach((client) => client.terminate());
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

browserTest('a component joins, shows what comes, and leaves nothing behind', async () => {
  const chat = await server();
  try {
    await withPage(async (page) => {
      // GIVEN
      await page.setContent('<body></body>');
      await page.evaluate((address) => { Object.assign(globalThis, { address }); }, `ws://127.0.0.1:${chat.port}`);
      await page.addScriptTag({ content: bundle() });
      const show = (room?: string) => page.evaluate((name) => (globalThis as unknown as { show(room?: string): void }).show(name), room);
      const said = () => page.locator('li').allTextContents();
      const until = async (is: () => boolean) => { while (!is()) await page.waitForTimeout(20); };

      // WHEN it is mounted, which StrictMode does twice
      await show('lobby');
      await page.getByText('open, 2 here').waitFor();

      // THEN there is one socket, and one member of the room
      expect([chat.opened(), chat.open(), chat.frames.map(({ action, room }) => `${action} ${room}`)]).toEqual([1, 1, ['join lobby']]);

      // WHEN somebody writes twice, so that the list is that of the latest render
      for (const text of ['hi', '<b>all</b>']) {
        await page.getByLabel('Message').fill(text);
        await page.keyboard.press('Enter');
        await page.getByText(`ann: ${text}`).waitFor();
      }
      expect(await said()).toEqual(['ann: hi', 'ann: <b>all</b>']);

      // WHEN the room is another
      await show('news');
      await until(() => chat.frames.some(({ action, room }) => action === 'join' && room === 'news'));

      // THEN the first is left, on the same socket
      await until(() => chat.frames.some(({ action, room }) => action === 'leave' && room === 'lobby'));
      expect([chat.opened(), chat.open()]).toEqual([1, 1]);

      // WHEN it is unmounted
      await show();

      // THEN the socket is closed
      await until(() => chat.open() === 0);
      expect(chat.opened()).toBe(1);
    });
  } finally {
    await chat.close();
  }
});

test('the hooks are 40 lines at most', () => {
  expect(fs.readFileSync(path.join(REACT, 'hooks.ts'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});

test('the component has the types of the server', () => {
  // GIVEN
  const { compilerOptions } = JSON.parse(fs.readFileSync(path.join(REACT, 'tsconfig.json'), 'utf8')) as { compilerOptions: Record<string, unknown> };
  // Where the types of React are found.
  const folder = fs.mkdtempSync(path.join(ROOT, 'node_modules', '.cache', 'react-'));
  const paths = { 'cdk-websocket-service/*': [path.join(ROOT, 'lib', '*', 'index.ts')] };
  const source = fs.readFileSync(path.join(REACT, 'chat.tsx'), 'utf8')
    .replace("'./hooks'", JSON.stringify(path.join(REACT, 'hooks'))).replace("'../chat/src/rooms'", JSON.stringify(path.join(REACT, '../chat/src/rooms')));
  const compile = (text: string) => {
    fs.writeFileSync(path.join(folder, 'chat.tsx'), text);
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'], paths }, include: ['*.tsx'] }));
    return spawnSync(process.execPath, [path.join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc'), '-p', folder], { encoding: 'utf8', cwd: folder }).stdout;
  };

  try {
    expect(compile(source)).toBe('');
    const mistakes = compile(source.replace("action: 'say'", "action: 'sya'").replace("room, 'said'", "room, 'sayd'"));
    expect([...mistakes.matchAll(/^chat\.tsx\(\d+,\d+\): error (TS\d+): .*?"(\w+)"/gm)].map(([, code, text]) => `${code} ${text}`)).toEqual(['TS2345 sayd', 'TS2322 sya']);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
