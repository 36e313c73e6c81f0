/**
 * `npm run demo`: serves two of the examples as API Gateway would, and the page of one of them to browsers. Ctrl-C ends it.
 * It takes three ports from 3000 on; `npm run demo -- 4000` takes others.
 */
import { spawn } from 'child_process';
import * as fs from 'fs';
import * as http from 'http';
import * as path from 'path';

const COMMAND = path.join(__dirname, '..', 'bin', 'cdk-websocket-service');
const PAGE = path.join(__dirname, 'chat', 'page', 'index.html');
const FIRST_PORT = Number(process.argv[2] ?? 3000);

/** Serves an example as a developer would from its folder. */
function serve(example: string, port: number): Promise<number | null> {
  const gateway = spawn(process.execPath, [COMMAND, 'local', '--port', String(port)], {
    cwd: path.join(__dirname, example), stdio: ['ignore', 'inherit', 'inherit'],
  });
  // Ctrl-C in a terminal reaches the gateways by itself; a signal to this process alone does not.
  process.on('SIGTERM', () => gateway.kill('SIGTERM'));
  return new Promise((resolve) => gateway.on('exit', resolve));
}

async function main(): Promise<void> {
  const page = http.createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    fs.createReadStream(PAGE).pipe(response);
  });
  page.listen(FIRST_PORT, '127.0.0.1');
  process.on('SIGINT', () => undefined);

  const gateways = [serve('serverless-ws-test', FIRST_PORT + 1), serve('chat', FIRST_PORT + 2)];
  const url = `http://localhost:${FIRST_PORT}/?url=ws://localhost:${FIRST_PORT + 2}/dev`;
  console.log(`Two clients that talk to each other: open ${url} in a browser\n`);
  const codes = await Promise.all(gateways);
  page.close();
  process.exitCode = Math.max(...codes.map((code) => code ?? 1));
}

void main();
