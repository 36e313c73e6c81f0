import { WebSocket } from 'ws';
import { Exchanged, Load, LoadProcess } from './load';
import type { Figures } from './local-report';
import { pause, ServerProcess, VersionRoute, writeVersion } from './servers';

/** How much is measured. */
export interface Extent {
  /** How long messages are exchanged at a time, in seconds. */
  readonly seconds: number;
  /** Whether 5,000 connections are opened, too. */
  readonly many: boolean;
}

/** The result of one step for one server. */
export interface StepResult {
  readonly figures: Figures;
  readonly exchanged?: Exchanged;
}

/** One measurement of one server, while the others idle. */
export type Step = (server: ServerProcess, load: LoadProcess, extent: Extent) => Promise<StepResult>;

const [SOME, MANY] = [1_000, 5_000];

/** Connections that are opened at the same time. */
const AT_ONCE = 10;

/** Milliseconds in which a server comes to rest. */
const REST = 1_500;

/** Milliseconds between two questions which code runs. */
const INTERVAL = 5;

/** Milliseconds between an answer and the next save: the watcher must not take two saves for one. */
const BETWEEN_SAVES = 500;

/** Seconds after a save in which the new code must run. */
const RELOAD_PATIENCE = 10;

/** The steps of a round that take long. */
export const SLOW_STEPS: readonly Step[] = [
  async (server) => {
    await pause(REST);
    return { figures: memory(server, 'idle') };
  },
  async (server, load, { many }) => {
    const { connections, seconds } = await load.open(server.url, SOME, AT_ONCE);
    await pause(REST);
    const figures = { ...memory(server, 'some'), connects: connections / seconds };
    if (!many) return closed(load, figures);
    await load.open(server.url, MANY, AT_ONCE);
    await pause(REST);
    return closed(load, { ...figures, ...memory(server, 'many') });
  },
];

/** A step without figures, after which code is compiled and processes run. Its errors count. */
export const WARM_UP: Step = exchange({ clients: 100, window: 1 }, () => ({}));

/** The quick steps, which a round repeats. */
export const MESSAGE_STEPS: readonly Step[] = [
  exchange({ clients: 1, window: 1 }, ({ p50, p99 }) => ({ '1-p50': p50, '1-p99': p99 })),
  exchange({ clients: 100, window: 1 }, ({ p50, p99, echoes, seconds }) => (
    { '100-p50': p50, '100-p99': p99, '100-rate': echoes / seconds })),
  exchange({ clients: 10, window: 10 }, ({ echoes, seconds }) => ({ 'pipelined-rate': echoes / seconds })),
];

/** Measures how soon saved code runs, by a connection that stays open while the code changes. */
export class Reloads {
  private lastVersion = 0;

  public constructor(private readonly folder: string) {}

  /** Saves a handler so many times; milliseconds from each save to the first answer of the new code. */
  public async measure(url: string, route: VersionRoute, times: number): Promise<number[]> {
    const socket = await connected(url);
    const latencies: number[] = [];
    await ask(socket, route);
    for (let i = 0; i < times; i++) {
      await pause(BETWEEN_SAVES);
      const version = ++this.lastVersion;
      const savedAt = performance.now();
      writeVersion(this.folder, route, version);
      while (await ask(socket, route) !== String(version)) {
        if (performance.now() - savedAt > RELOAD_PATIENCE * 1000) {
          throw new Error(`${url}: ${route} runs the old code ${RELOAD_PATIENCE} s after the save`);
        }
        await pause(INTERVAL);
      }
      latencies.push(performance.now() - savedAt);
    }
    socket.close(1000);
    return latencies;
  }
}

function exchange(wanted: Load, figures: (exchanged: Exchanged) => Figures): Step {
  return async ({ url }, load, { seconds }) => {
    await load.open(url, wanted.clients, AT_ONCE);
    const exchanged = await load.exchange({ ...wanted, seconds });
    await load.close();
    return { figures: figures(exchanged), exchanged };
  };
}

function memory(server: ServerProcess, state: 'idle' | 'some' | 'many'): Figures {
  const { server: own, children } = server.memory;
  return { [`${state}-memory`]: own, [`${state}-children`]: children };
}

async function closed(load: LoadProcess, figures: Figures): Promise<StepResult> {
  await load.close();
  return { figures };
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
    const closedEarly = (code: number): void => reject(new Error(`${socket.url}: closed with ${code} while the code changed`));
    socket.once('close', closedEarly);
    socket.once('message', (data: Buffer) => {
      socket.off('close', closedEarly);
      resolve(data.toString());
    });
    socket.send(JSON.stringify({ action }));
  });
}
