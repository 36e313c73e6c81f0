/**
 * `npm run demo`: serves two of the examples as API Gateway would, and the page of one of them to browsers. Ctrl-C ends it.
 * It takes three ports from 3000 on; `npm run demo -- 4000` takes others.
 */
import { spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as http from 'http';
import * as path from 'path';

const COMMAND = path.join(__dirname, '..', 'bin', 'cdk-websocket-service');
const PAGE = path.join(__dirname, 'chat', 'page', 'index.html');
const FIRST_PORT = Number(process.argv[2] ?? 3000);

interface Example {
  /** Resolves as soon as clients can connect, or the gateway has ended without that. */
  readonly ready: Promise<unknown>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

/** Serves an example as a developer would from its folder. */
function serve(example: string, port: number): Example {
  const gateway = spawn(process.execPath, [COMMAND, 'local', '--port', String(port)], {
    cwd: path.join(__dirname, example),
    stdio: ['ignore', 'pipe', 'inherit'],
    // Its output passes through here, so the gateway sees no terminal.
    env: { ...process.env, ...process.stdout.isTTY && !process.env.NO_COLOR && { FORCE_COLOR: '1' } },
  });
  gateway.stdout.pipe(process.stdout, { end: false });
  // Ctrl-C in a terminal reaches the gateways by itself; a signal to this process alone does not.
  process.on('SIGTERM', () => gateway.kill('SIGTERM'));
  const ended = once(gateway, 'exit').then(([code]) => (code as number | null) ?? 1);
  const connectable = new Promise<void>((resolve) => {
    gateway.stdout.on('data', (chunk: Buffer) => chunk.includes(`ws://localhost:${port}/`) && resolve());
  });
  return { ready: Promise.race([connectable, ended]), ended };
}

async function main(): Promise<void> {
  const page = http.createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    fs.createReadStream(PAGE).pipe(response);
  });
  page.listen(FIRST_PORT, '127.0.0.1');
  await once(page, 'listening');
  process.on('SIGINT', () => undefined);

  const examples = [serve('serverless-ws-test', FIRST_PORT + 1), serve('chat', FIRST_PORT + 2)];
  void Promise.all(examples.map(({ ready }) => ready)).then(() => {
    console.log(`\nTwo clients that talk to each other: http://localhost:${FIRST_PORT}/?url=ws://localhost:${FIRST_PORT + 2}/dev`);
    console.log(`A client in a terminal: npx wscat -c ws://localhost:${FIRST_PORT + 1}/dev -H "token: abc" -x '{"action":"foo"}'\n`);
  });
  const codes = await Promise.all(examples.map(({ ended }) => ended));
  page.close();
  process.exitCode = Math.max(...codes);
}

main().catch((error: Error) => {
  console.error(`${error.message}; npm run demo -- 4000 takes the ports from 4000 on`);
  process.exitCode = 1;
});
