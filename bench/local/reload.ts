import { WebSocket } from 'ws';
import { pause } from './server-process';
import { VersionRoute, writeVersion } from './sources';

/** Milliseconds between two questions. */
const INTERVAL = 5;
/** Seconds. */
const PATIENCE = 10;

/** A connection that asks which code answers; it stays open while the code changes. */
export class Reloads {
  private lastVersion = 0;

  public constructor(private readonly folder: string) {}

  /** Saves a handler so often; milliseconds from each save to the first answer of the new code. */
  public async measure(url: string, route: VersionRoute, times: number): Promise<number[]> {
    const socket = await connected(url);
    const latencies: number[] = [];
    await ask(socket, route);
    for (let i = 0; i < times; i++) {
      // The watcher shall not take two saves for one.
      await pause(500);
      const version = ++this.lastVersion;
      const savedAt = performance.now();
      writeVersion(this.folder, route, version);
      while (await ask(socket, route) !== String(version)) {
        if (performance.now() - savedAt > PATIENCE * 1000) throw new Error(`${url}: ${route} is the old code ${PATIENCE} s after the save`);
        await pause(INTERVAL);
      }
      latencies.push(performance.now() - savedAt);
    }
    socket.close(1000);
    return latencies;
  }
}

function connected(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('error', reject);
    socket.on('open', () => resolve(socket));
  });
}

function ask(socket: WebSocket, action: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const closed = (code: number): void => reject(new Error(`${socket.url}: closed with ${code} while the code changed`));
    socket.once('close', closed);
    socket.once('message', (data: Buffer) => {
      socket.off('close', closed);
      resolve(data.toString());
    });
    socket.send(JSON.stringify({ action }));
  });
}
