/**
 * `npx tsx bench/client.ts`: what `cdk-websocket-service/client` weighs in a page, and how soon it is back after a cut, beside partysocket, each with
 * its defaults.
 */
import { once } from 'events';
import * as path from 'path';
import { gzipSync } from 'zlib';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which a build has
import { buildSync } from 'esbuild';
import PartySocket from 'partysocket/ws';
import { AddressInfo, WebSocket, WebSocketServer } from 'ws';
import { connect } from '../lib/client';

const ROOT = path.join(__dirname, '..');
const CUTS = 30;

function report(name: string, module: string): void {
  const { outputFiles: [{ contents }] } = buildSync({
    stdin: { contents: module, resolveDir: ROOT }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false,
  });
  console.log(`${name}: ${contents.length} bytes minified, ${gzipSync(contents, { level: 9 }).length} gzipped`);
}

/** How long a client that has just connected takes to be back after a cut. */
async function measure(name: string, open: (url: string) => { close(): unknown }): Promise<void> {
  const server = new WebSocketServer({ port: 0 }).setMaxListeners(2 * CUTS);
  await once(server, 'listening');
  const times = await Promise.all(Array.from({ length: CUTS }, async (_, n) => {
    const own = `/${n}`;
    const arrives = (): Promise<WebSocket> => new Promise((resolve) => server.on('connection', (socket, { url }) => url === own && resolve(socket)));
    const first = arrives();
    const client = open(`ws://localhost:${(server.address() as AddressInfo).port}${own}`);
    const socket = await first;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const again = arrives();
    const start = performance.now();
    socket.terminate();
    await again;
    const time = performance.now() - start;
    await client.close();
    return time;
  }));
  times.sort((left, right) => left - right);
  console.log(`${name}: back after ${Math.round(times[CUTS / 2])} ms (${Math.round(times[0])} to ${Math.round(times[CUTS - 1])}), ${CUTS} clients`);
  server.close();
}

async function main(): Promise<void> {
  report('cdk-websocket-service/client', "export { connect, SocketError } from './lib/client/index.ts'");
  report('partysocket/ws', "export { default } from 'partysocket/ws'");
  await measure('cdk-websocket-service/client', (url) => connect({ url, WebSocket }));
  await measure('partysocket/ws', (url) => new PartySocket(url, [], { WebSocket }));
}

void main();
