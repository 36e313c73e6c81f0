import { ChildProcess, spawn, SpawnOptions, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as path from 'path';
import { WebSocket } from 'ws';
import { cleanEnvironment, compileApps, providePackages, Versions, wallSeconds, writeProject } from './app';

/** How a server is started, on free ports. */
export interface Program {
  readonly folder: string;
  /** Arguments of node. */
  readonly args: (ports: readonly number[]) => string[];
  /** How many ports the program needs. */
  readonly ports: number;
  /** Of the URL that clients connect to, on the first port. */
  readonly path: string;
  /** Where the output goes: the speed of a terminal would be measured too. */
  readonly log: string;
}

/** The bare `ws` server and the gateway with its app. */
export interface Programs {
  readonly bare: Program;
  readonly gateway: Program;
  /** The gateway with the same app, but for the `$connect` function. */
  readonly unguarded: Program;
  readonly versions: Versions;
}

/** Resident memory in MiB. */
export interface Memory {
  readonly server: number;
  /** Of all processes that the server started, directly or not. */
  readonly children: number;
}

/** Routes whose function answers with the version in its source, so that a client can ask which code runs. */
export const VERSION_ROUTES = ['version', 'versionWithSdk'] as const;

export type VersionRoute = typeof VERSION_ROUTES[number];

const COMMAND = path.resolve(__dirname, '../bin/cdk-websocket-service');

/** Seconds. */
const START_PATIENCE = 60;
const STOP_PATIENCE = 10;

const VERSION_FILES: Record<VersionRoute, string> = { version: 'version', versionWithSdk: 'version-with-sdk' };

/** Writes the app and synthesizes it, so that the gateway is measured without synthesis. */
export function writePrograms(home: string): Programs {
  const folder = path.join(home, 'app');
  writeProject(folder);
  writeHandlers(folder);
  const versions = providePackages(folder, ['ws']);
  compileApps(folder);
  const guard = { $connect: { handler: 'src/connect.handler' } };
  return {
    bare: { folder, args: ([port]) => ['bare.js', String(port)], ports: 1, path: '/dev', log: path.join(home, 'bare.log') },
    gateway: gateway(home, 'cdk.out', guard),
    unguarded: gateway(home, 'unguarded.out', {}),
    versions,
  };
}

/** Writes the handlers that the gateway and serverless-offline run. */
export function writeHandlers(folder: string): void {
  fs.mkdirSync(path.join(folder, 'src'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'src', 'connect.ts'), CONNECT);
  fs.writeFileSync(path.join(folder, 'src', 'echo.ts'), ECHO);
  for (const route of VERSION_ROUTES) writeVersion(folder, route, 0);
}

/** Saves a handler that answers with this version. */
export function writeVersion(folder: string, route: VersionRoute, version: number): void {
  const source = `export const handler = async () => ({ statusCode: 200, body: '${version}' });\n`;
  fs.writeFileSync(path.join(folder, 'src', `${VERSION_FILES[route]}.ts`), route === 'versionWithSdk' ? SDK + source : source);
}

/** A server in its process. */
export class ServerProcess {
  /** Starts a server; resolves with the first connection that the server accepts. */
  public static async start(program: Program): Promise<ServerProcess> {
    const ports = await freePorts(program.ports);
    const log = fs.openSync(program.log, 'w');
    const startedAt = performance.now();
    const options: SpawnOptions = { cwd: program.folder, env: cleanEnvironment(), stdio: ['ignore', log, log] };
    const child = spawn(process.execPath, program.args(ports), options);
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
    /** Milliseconds from the start of the process to the first connection. */
    public readonly startTime: number,
  ) {}

  public get memory(): Memory {
    return memoryOf(this.child.pid!);
  }

  /** The ids of the processes below the server's. */
  public get children(): number[] {
    return descendants(this.child.pid!);
  }

  /** Ends the server as Ctrl-C does; returns the ids of processes that were left behind, and kills them. */
  public async stop(): Promise<number[]> {
    const pids = [this.child.pid!, ...this.children];
    const exited = this.child.exitCode === null && new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await Promise.race([exited, pause(STOP_PATIENCE * 1000)]);
    // Processes that are about to end may outlive their parent for a moment.
    await pause(100);
    const left = alive(pids);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    return left;
  }
}

/** The ids of the processes that a process started, directly or not. */
export function descendants(pid: number): number[] {
  return below(pid, running());
}

/** The ids of the processes that still run. */
export function alive(pids: readonly number[]): number[] {
  return running().map(({ pid }) => pid).filter((pid) => pids.includes(pid));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function gateway(home: string, assembly: string, guard: object): Program {
  const folder = path.join(home, 'app');
  const twoWay = (file: string): object => ({ handler: `src/${file}.handler`, returnResponse: true });
  const versions = VERSION_ROUTES.map((route) => [route, twoWay(VERSION_FILES[route])]);
  const routes = { ...guard, echo: twoWay('echo'), ...Object.fromEntries(versions) as object };
  wallSeconds(folder, ['service.js'], { ROUTES: JSON.stringify(routes), CDK_OUTDIR: path.join(folder, assembly), CDK_VALIDATION: 'false' });
  return {
    folder,
    args: ([port]) => [COMMAND, 'local', '--app', assembly, '--port', String(port)],
    ports: 1,
    path: '/dev',
    // In the folder of the app, the log would be one of the files that the gateway watches.
    log: path.join(home, 'gateway.log'),
  };
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

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly kibibytes: number;
}

function memoryOf(pid: number): Memory {
  const rows = running();
  const children = below(pid, rows);
  const mebibytes = (pids: number[]): number => (
    rows.filter((row) => pids.includes(row.pid)).reduce((sum, { kibibytes }) => sum + kibibytes / 1024, 0)
  );
  return { server: mebibytes([pid]), children: mebibytes(children) };
}

function below(pid: number, rows: Row[]): number[] {
  return rows.filter(({ parent }) => parent === pid).flatMap((row) => [row.pid, ...below(row.pid, rows)]);
}

/** All processes but zombies and the one that lists them. */
function running(): Row[] {
  const { pid: own, stdout, error } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,stat='], { encoding: 'utf8' });
  if (error) throw error;
  return stdout.trim().split('\n').map((line) => line.trim().split(/\s+/))
    .filter(([pid, , , state]) => Number(pid) !== own && !state.startsWith('Z'))
    .map(([pid, parent, kibibytes]) => ({ pid: Number(pid), parent: Number(parent), kibibytes: Number(kibibytes) }));
}

const CONNECT = `
export const handler = async () => ({ statusCode: 200 });
`;

const ECHO = `
export const handler = async (event: { readonly body: string }) => ({ statusCode: 200, body: event.body });
`;

const SDK = `
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

export const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });
`;
