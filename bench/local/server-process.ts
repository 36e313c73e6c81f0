import { ChildProcess, spawn } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import { WebSocket } from 'ws';
import { cleanEnvironment } from '../synthesis';
import { alive, descendants, memoryOf, Memory } from './processes';

/** How a server is started; ports are free ones. */
export interface Program {
  readonly folder: string;
  /** Arguments of node. */
  readonly args: (ports: readonly number[]) => string[];
  readonly ports: number;
  /** Of the first port. */
  readonly path: string;
  /** What it prints goes there: a terminal of which nobody knows how fast it is would be measured too. */
  readonly log: string;
}

/** Seconds. */
const START_PATIENCE = 60;
const STOP_PATIENCE = 10;

/** A server in its process. */
export class ServerProcess {
  /** Starts a server; fulfilled with the first connection that it accepts. */
  public static async start(program: Program): Promise<ServerProcess> {
    const ports = await freePorts(program.ports);
    const log = fs.openSync(program.log, 'w');
    const startedAt = performance.now();
    const child = spawn(process.execPath, program.args(ports), { cwd: program.folder, env: cleanEnvironment(), stdio: ['ignore', log, log] });
    fs.closeSync(log);
    const end = (): boolean => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const url = `ws://127.0.0.1:${ports[0]}${program.path}`;
    await firstConnection(url, child, program.log);
    return new ServerProcess(url, child, performance.now() - startedAt);
  }

  private constructor(
    public readonly url: string,
    private readonly child: ChildProcess,
    /** Milliseconds from its start to the first connection. */
    public readonly startTime: number,
  ) {}

  public get memory(): Memory {
    return memoryOf(this.child.pid!);
  }

  /** The ids of the processes that it started. */
  public get children(): number[] {
    return descendants(this.child.pid!);
  }

  /** Ends it as Ctrl-C does; returns the ids of processes that it left behind, after ending them too. */
  public async stop(): Promise<number[]> {
    const pids = [this.child.pid!, ...this.children];
    const exited = this.child.exitCode === null && new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await Promise.race([exited, pause(STOP_PATIENCE * 1000)]);
    // A process that was told to end may need a moment after its parent has gone.
    await pause(100);
    const left = alive(pids);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    return left;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function firstConnection(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + START_PATIENCE * 1000;
  while (!await accepts(url)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${child.spawnargs.join(' ')}: no connection at ${url}\n${fs.readFileSync(log, 'utf8')}`);
    }
    await pause(1);
  }
}

function accepts(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('error', () => resolve(false));
    socket.on('open', () => {
      resolve(true);
      socket.close(1000);
    });
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
