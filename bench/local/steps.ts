import { Exchanged, Load } from './exchange';
import { LoadProcess } from './load-process';
import { Figures } from './metrics';
import { pause, ServerProcess } from './server-process';

/** How much is measured. */
export interface Extent {
  /** How long messages are exchanged at a time, in seconds. */
  readonly seconds: number;
  /** Whether 5,000 connections are opened, too. */
  readonly many: boolean;
}

/** What one step found out about one server. */
export interface Found {
  readonly figures: Figures;
  readonly exchanged?: Exchanged;
}

/** One measurement of one server; others idle meanwhile. */
export type Step = (server: ServerProcess, load: LoadProcess, extent: Extent) => Promise<Found>;

const [SOME, MANY] = [1_000, 5_000];

/** Connections that are opened at the same time. */
const AT_ONCE = 10;

/** Milliseconds in which a server comes to rest. */
const REST = 1_500;

export const ONCE: readonly Step[] = [
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

/** Unmeasured: what is compiled, and which processes run, is settled then. Its errors count. */
export const warmUp: Step = exchange({ clients: 100, window: 1 }, () => ({}));

export const MESSAGES: readonly Step[] = [
  exchange({ clients: 1, window: 1 }, ({ p50, p99 }) => ({ '1-p50': p50, '1-p99': p99 })),
  exchange({ clients: 100, window: 1 }, ({ p50, p99, echoes, seconds }) => ({ '100-p50': p50, '100-p99': p99, '100-rate': echoes / seconds })),
  exchange({ clients: 10, window: 10 }, ({ echoes, seconds }) => ({ 'pipelined-rate': echoes / seconds })),
];

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

async function closed(load: LoadProcess, figures: Figures): Promise<Found> {
  await load.close();
  return { figures };
}
