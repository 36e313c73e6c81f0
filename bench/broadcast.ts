// One process posts to all connections of a gateway: `npx tsx bench/broadcast.ts [--connections 10000] [--rounds 2] [--observe] [--inspector] [--http]`
import { ChildProcess, fork } from 'child_process';
import * as crypto from 'crypto';
import * as fs from 'fs';
import * as http from 'http';
import * as https from 'https';
import * as os from 'os';
import * as path from 'path';
import { parseArgs } from 'util';
import { WebSocket } from 'ws';
import { count, loadAverage, machineFacts, table } from './figures';
import { startGateway } from '../lib/local';

/** What the gateway does besides. */
interface Load {
  /** Whether it emits its events, as the command line has them. */
  readonly observe?: boolean;
  /** Whether it keeps what passes for its page, as the command line does. */
  readonly inspector?: boolean;
}

/** A gateway with open connections, in processes of their own: what posts to them shares no event loop with either. */
export class Audience {
  public static async open(connections: number, load: Load = {}): Promise<Audience> {
    const gateway = new Role('gateway', [JSON.stringify(load)]);
    const clients = new Role('clients');
    const { url, callbackUrl, certificate } = await gateway.ask<{ url: string; callbackUrl: string; certificate: string }>('start');
    await clients.ask('open', { url, total: connections });
    const ids = await gateway.ask<string[]>('ids');
    return new Audience(callbackUrl, certificate, ids, gateway, clients);
  }

  private constructor(
    /** `https://localhost:40001/dev` */
    public readonly callbackUrl: string,
    /** PEM. */
    public readonly certificate: string,
    public readonly ids: readonly string[],
    private readonly gateway: Role,
    private readonly clients: Role,
  ) {}

  /** Milliseconds of processor time that the gateway has used. */
  public gatewayTime(): Promise<number> {
    return this.gateway.ask('time');
  }

  /** Resident memory of the gateway in MiB. */
  public gatewayMemory(): Promise<number> {
    return this.gateway.ask('memory');
  }

  /** Waits until each connection has this text; how many have it, and how many more than once. */
  public heard(text: string): Promise<{ readonly once: number; readonly more: number }> {
    return this.clients.ask('heard', { text });
  }

  public close(): void {
    this.clients.end();
    this.gateway.end();
  }
}

/** A child process of this file. */
class Role {
  private readonly child: ChildProcess;

  public constructor(name: string, args: readonly string[] = []) {
    this.child = fork(__filename, [`--role=${name}`, '--', ...args]);
  }

  public ask<T>(command: string, argument?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('a process of the benchmark ended'));
      this.child.once('exit', ended);
      this.child.once('message', ({ result, error }: { result: T; error?: string }) => {
        this.child.off('exit', ended);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      this.child.send({ command, argument });
    });
  }

  public end(): void {
    this.child.disconnect();
  }
}

type Commands = Readonly<Record<string, (argument: Record<string, unknown>) => unknown>>;

function answer(commands: Commands): void {
  process.on('message', ({ command, argument }: { command: string; argument: Record<string, unknown> }) => {
    void Promise.resolve(commands[command](argument)).then(
      (result) => process.send!({ result: result ?? null }), (error: Error) => process.send!({ error: error.message }),
    );
  });
  process.on('disconnect', () => process.exit());
}

async function gatewayRole({ observe, inspector }: Load): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'broadcast-'));
  process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }));
  const ApiId = { Ref: 'Api' };
  fs.writeFileSync(path.join(home, 'manifest.json'), JSON.stringify({
    artifacts: { Test: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Test.json' } } },
  }));
  fs.writeFileSync(path.join(home, 'Test.json'), JSON.stringify({
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET', Name: 'Bench' } },
      Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId, StageName: 'dev', AutoDeploy: true } },
    },
  }));
  const gateway = await startGateway({ app: home, directory: home, inspector, onEvent: observe ? () => undefined : undefined });
  answer({
    start: () => ({ url: gateway.url, callbackUrl: gateway.callbackUrl, certificate: gateway.certificate }),
    ids: () => gateway.connections.map(({ connectionId }) => connectionId),
    time: processorTime,
    memory: () => process.memoryUsage().rss / 2 ** 20,
  });
}

/** Milliseconds without any message after which those that are missing are lost. */
const PATIENCE = 5_000;

function clientsRole(): void {
  const sockets: WebSocket[] = [];
  /** For each text, how often each connection has got it. */
  const heard = new Map<string, Map<WebSocket, number>>();
  let lastAt = performance.now();
  const listen = (socket: WebSocket): void => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      const counts = heard.get(text) ?? new Map<WebSocket, number>();
      heard.set(text, counts.set(socket, (counts.get(socket) ?? 0) + 1));
      lastAt = performance.now();
    });
  };
  const open = (url: string): Promise<void> => new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', resolve).once('error', reject);
    listen(socket);
    sockets.push(socket);
  });
  answer({
    open: async ({ url, total }) => {
      while (sockets.length < Number(total)) {
        await Promise.all(Array.from({ length: Math.min(100, Number(total) - sockets.length) }, () => open(String(url))));
      }
    },
    heard: async ({ text }) => {
      lastAt = performance.now();
      const counts = (): number[] => [...heard.get(String(text))?.values() ?? []];
      while (counts().length < sockets.length && performance.now() - lastAt < PATIENCE) await new Promise((resolve) => setTimeout(resolve, 20));
      const found = counts();
      heard.clear();
      return { once: found.filter((times) => times === 1).length, more: found.filter((times) => times > 1).length };
    },
  });
}

/** Posts the text to all connections by kept-alive sockets, so many at a time, with as little work as a signature needs. */
async function broadcast(audience: Audience, text: string, atOnce: number, secure: boolean): Promise<number> {
  const endpoint = new URL(secure ? audience.callbackUrl : audience.callbackUrl.replace('https:', 'http:'));
  const { request, Agent } = secure ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, scheduling: 'lifo' });
  const ids = audience.ids.values();
  let errors = 0;
  const post = (id: string): Promise<void> => new Promise((resolve) => {
    const body = Buffer.from(text);
    const outgoing = request({
      agent,
      host: '127.0.0.1',
      port: endpoint.port,
      method: 'POST',
      path: `${endpoint.pathname}/@connections/${encodeURIComponent(id)}`,
      headers: { 'host': endpoint.host, 'x-amz-date': '20261130T000000Z', 'authorization': SIGNATURE, 'content-length': body.length },
      ...secure && { ca: audience.certificate, servername: 'localhost' },
    }, (response) => {
      if (response.statusCode !== 200) errors++;
      response.resume().on('end', resolve);
    });
    outgoing.on('error', () => {
      errors++;
      resolve();
    });
    outgoing.end(body);
  });
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const id of ids) await post(id);
  }));
  agent.destroy();
  return errors;
}

/** The gateway checks the form only. */
const SIGNATURE = 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261130/eu-west-1/execute-api/aws4_request, '
  + `SignedHeaders=host;x-amz-date, Signature=${crypto.createHash('sha256').digest('hex')}`;

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'connections': { type: 'string', default: '10000' },
      'rounds': { type: 'string', default: '2' },
      'at-once': { type: 'string', default: '50' },
      'observe': { type: 'boolean', default: false },
      'inspector': { type: 'boolean', default: false },
      'http': { type: 'boolean', default: false },
    },
  });
  const connections = count('--connections', values.connections);
  const atOnce = count('--at-once', values['at-once']);
  console.log(`${machineFacts({})}\nload average before: ${loadAverage()}`);
  const audience = await Audience.open(connections, values);
  const rows: string[][] = [];
  for (let round = 1; round <= count('--rounds', values.rounds); round++) {
    const text = JSON.stringify({ event: 'said', data: { text: 'x'.repeat(60) }, round: String(round).padStart(6, '0') });
    const [before, startedAt] = [await audience.gatewayTime(), performance.now()];
    const errors = await broadcast(audience, text, atOnce, !values.http);
    const seconds = (performance.now() - startedAt) / 1000;
    const time = await audience.gatewayTime() - before;
    const { once, more } = await audience.heard(text);
    if (errors > 0 || more > 0 || once !== connections) process.exitCode = 1;
    const memory = await audience.gatewayMemory();
    rows.push([round, (time / connections).toFixed(3), seconds.toFixed(1), errors, once, more, memory.toFixed(0)].map(String));
  }
  console.log(table(['round', 'gateway CPU ms a post', 'seconds', 'errors', 'heard once', 'more than once', 'gateway MiB'], rows));
  console.log(`load average after: ${loadAverage()}`);
  audience.close();
}

const role = process.argv.find((arg) => arg.startsWith('--role='))?.slice('--role='.length);
if (role === 'gateway') void gatewayRole(JSON.parse(process.argv.at(-1)!) as Load);
else if (role === 'clients') clientsRole();
else if (require.main === module) void measure();
