// Many connections and messages through the command as users run it: `npm run soak -- [--connections 1000] [--messages 100000]`
import * as fs from 'fs';
import { parseArgs } from 'util';
import { temporaryFolder } from './app';
import { count, loadAverage, machineFacts, table } from './figures';
import { LoadProcess } from './load';
import { Memory, pause, ServerProcess, writePrograms } from './servers';

/** Parts of the soak, each with its figures. The first warms up: then code is compiled and processes run. */
const PARTS = 10;

/** Memory is flat if the least of the last parts is less than this many times the least of those after the warm-up. */
const FLAT = 1.15;

/** Milliseconds in which the server comes to rest. */
const REST = 1_000;

interface Part {
  readonly echoes: number;
  readonly errors: number;
  readonly lost: number;
  readonly memory: Memory;
  readonly processes: number;
}

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000' }, messages: { type: 'string', default: '100000' } },
});
const connections = count('--connections', values.connections);
const messages = count('--messages', values.messages);

const home = temporaryFolder();
void soak().finally(() => fs.rmSync(home, { recursive: true, force: true }));

async function soak(): Promise<void> {
  const { gateway, versions } = writePrograms(home);
  console.log(`${machineFacts(versions)}\nload average before: ${loadAverage()}`);
  const start = performance.now();
  const server = await ServerProcess.start(gateway);
  const generator = new LoadProcess();
  try {
    await generator.open(server.url, connections, 10);
    const parts: Part[] = [];
    for (let i = 0; i < PARTS; i++) parts.push(await part(server, generator));
    await generator.close();
    const left = await server.stop();
    console.log(`load average after: ${loadAverage()}; ${((performance.now() - start) / 1000).toFixed(0)} seconds in all\n`);
    judge(parts, left);
  } finally {
    generator.end();
    await server.stop();
  }
}

async function part(server: ServerProcess, generator: LoadProcess): Promise<Part> {
  const { echoes, errors, lost } = await generator.exchange({ clients: connections, window: 1, messages: Math.ceil(messages / PARTS) });
  await pause(REST);
  return { echoes, errors, lost, memory: server.memory, processes: server.children.length };
}

function judge(parts: readonly Part[], left: readonly number[]): void {
  const head = ['part', 'replies', 'errors', 'lost', 'gateway MiB', 'its children MiB', 'children'];
  console.log(table(head, parts.map(({ echoes, errors, lost, memory, processes }, i) => (
    [i + 1, echoes, errors, lost, memory.server.toFixed(0), memory.children.toFixed(0), processes].map(String)
  ))));
  const sum = (figure: (part: Part) => number): number => parts.reduce((total, one) => total + figure(one), 0);
  const growth = (figure: (part: Part) => number): number => least(parts.slice(-3), figure) / least(parts.slice(1, 4), figure);
  const grown = { gateway: growth(({ memory }) => memory.server), children: growth(({ memory }) => memory.children) };
  const processes = growth((one) => one.processes);
  const lost = messages - sum(({ echoes }) => echoes);
  console.log(`
${connections} connections, ${messages} messages: ${Math.max(0, lost)} lost replies, ${sum(({ errors }) => errors)} errors
memory after it, times that after the warm-up: gateway ${grown.gateway.toFixed(2)}, children ${grown.children.toFixed(2)}
child processes left behind: ${left.length}`);
  const flat = grown.gateway < FLAT && grown.children < FLAT && processes <= 1;
  if (lost > 0 || left.length > 0 || !flat) process.exitCode = 1;
}

/** Uncollected garbage comes and goes; a leak raises the least figure, too. */
function least(parts: readonly Part[], figure: (part: Part) => number): number {
  return Math.min(...parts.map(figure));
}
