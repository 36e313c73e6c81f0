/**
 * `npm run demo`: serves two of the examples as API Gateway would, and the page of one of them to browsers. Ctrl-C ends the demo.
 * The demo uses three ports from 3000 on; `npm run demo -- 4000` uses others, and `npm run demo -- 0` any that are free.
 */
import { spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as http from 'http';
import { AddressInfo } from 'net';
import * as path from 'path';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which is there
import { buildSync } from 'esbuild';
import { tokenFor } from './chat/login';

const COMMAND = path.join(__dirname, '..', 'bin', 'cdk-websocket-service');
const PAGE = path.join(__dirname, 'chat', 'page');
const FIRST_PORT = Number(process.argv[2] ?? 3000);

interface Example {
  /** Resolves with the URL as soon as clients can connect, or with nothing if the gateway ends before. */
  readonly url: Promise<string | undefined>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

/** Serves an example as a developer would from its folder. */
function serve(example: string, port: number): Example {
  const gateway = spawn(process.execPath, [COMMAND, 'local', '--port', String(port)], {
    cwd: path.join(__dirname, example),
    stdio: ['ignore', 'pipe', 'inherit'],
    // The output of the gateway passes through this process, so the gateway sees no terminal.
    env: { ...process.env, ...process.stdout.isTTY && !process.env.NO_COLOR && { FORCE_COLOR: '1' } },
  });
  gateway.stdout.pipe(process.stdout, { end: false });
  // Ctrl-C in a terminal reaches the gateways by itself; a signal to this process alone does not.
  process.on('SIGTERM', () => gateway.kill('SIGTERM'));
  const ended = once(gateway, 'exit').then(([code]) => (code as number | null) ?? 1);
  const connectable = new Promise<string>((resolve) => {
    let printed = '';
    gateway.stdout.on('data', (chunk: Buffer) => {
      const [url] = /ws:\/\/localhost:\d+\/\w+(?=\W)/.exec(printed += chunk) ?? [];
      if (url) resolve(url);
    });
  });
  return { url: Promise.race([connectable, ended.then(() => undefined)]), ended };
}

async function main(): Promise<void> {
  const [{ text: script }] = buildSync({ entryPoints: [path.join(PAGE, 'page.ts')], bundle: true, format: 'esm', write: false }).outputFiles;
  const page = http.createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const send = (type: string, text: string): void => void response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(text);
    if (pathname === '/token') send('text/plain', tokenFor(searchParams.get('user') ?? 'ann'));
    else if (pathname === '/page.js') send('text/javascript', script);
    else send('text/html', fs.readFileSync(path.join(PAGE, 'index.html'), 'utf8'));
  });
  page.listen(FIRST_PORT, '127.0.0.1');
  await once(page, 'listening');
  process.on('SIGINT', () => undefined);

  const examples = ['serverless-ws-test', 'chat'].map((example, index) => serve(example, FIRST_PORT && FIRST_PORT + 1 + index));
  void Promise.all(examples.map(({ url }) => url)).then(([first, chat]) => {
    console.log(`\nThree clients in a room: http://localhost:${(page.address() as AddressInfo).port}/?url=${chat}`);
    console.log(`A client in a terminal: npx wscat -c ${first} -H "token: abc" -x '{"action":"foo"}'\n`);
  });
  const codes = await Promise.all(examples.map(({ ended }) => ended));
  page.close();
  process.exitCode = Math.max(...codes);
}

main().catch((error: Error) => {
  console.error(`${error.message}; npm run demo -- 4000 uses the ports from 4000 on`);
  process.exitCode = 1;
});
