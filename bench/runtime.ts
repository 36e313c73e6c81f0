// Measures what a handler pays to send: `npm run bench:runtime -- [--quick] [--rounds 5] [--posts 3000] [--audiences 100,1000,10000]`
import { ChildProcess, execFileSync, spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as path from 'path';
import { createInterface } from 'readline';
import { parseArgs } from 'util';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which this repository has
import { buildSync } from 'esbuild';
import { temporaryFolder } from './app';
import { Audience } from './broadcast';
import { count, loadAverage, machineFacts, paired, ratio, Series, spread, table, targetLine } from './figures';

const REPOSITORY = path.resolve(__dirname, '..');

/** How handlers send. Each has `post(id)` for one message, and `broadcast(ids, text)`: with the SDK as @aws-blocks/bb-realtime does. */
const PROGRAMS = {
  ours: `
    import { connection } from './lib/runtime/connection';
    import { deliver } from './lib/runtime/delivery';
    process.env.WEBSOCKET_CALLBACK_URL = process.env.ENDPOINT;
    export const post = (id) => connection({ id, stage: 'dev', connectedAt: new Date(0) }).send(DATA);
    export const broadcast = (ids, frame) => deliver({
      recipients: ids.map((connectionId) => ({ connectionId, stage: 'dev' })), frame, postsPerSecond: 1e6, deadline: Date.now() + 600e3,
    });`,
  sdk: `
    import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
    const client = new ApiGatewayManagementApiClient({ endpoint: process.env.ENDPOINT });
    export const post = (ConnectionId, Data = DATA) => client.send(new PostToConnectionCommand({ ConnectionId, Data }));
    export const broadcast = (ids, text) => Promise.all(ids.map((id) => post(id, text)));`,
};

type Variant = keyof typeof PROGRAMS;
type Metric = 'load' | 'first' | 'post-1' | 'post-1-wall' | 'post-50' | `${number} ${'cpu' | 'wall' | 'memory' | 'gateway'}`;

/** Handlers that only send, whose bundles are weighed. */
const HANDLERS: Readonly<Record<Variant, string>> = {
  ours: `
    import { connection } from './lib/runtime/index.mjs';
    export const handler = (event) => connection(event.requestContext.connectionId).send(event.body);`,
  sdk: `
    import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
    const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });
    export const handler = (event) => client.send(
      new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: event.body }));`,
};

const VARIANTS = Object.keys(PROGRAMS) as Variant[];

/** Runs in a process of its own: what it prints are milliseconds, and mebibytes. */
const MAIN = `
  const DATA = JSON.stringify({ event: 'said', data: { text: 'x'.repeat(60) } });
  const cpu = (since) => { const { user, system } = process.cpuUsage(since); return (user + system) / 1000; };
  async function measured(total, width, post) {
    const [start, clock] = [process.cpuUsage(), performance.now()];
    let next = 0;
    const worker = async () => { while (next < total) await post('connection' + next++ + '='); };
    await Promise.all(Array.from({ length: width }, worker));
    return [cpu(start) / total, (performance.now() - clock) / total];
  }
  (async () => {
    const begin = process.cpuUsage();
    const { post, broadcast } = require(process.argv[2]);
    const load = cpu(begin);
    const [, , , mode, argument, text] = process.argv;
    if (mode === 'first') {
      await post('first=');
      return console.log(JSON.stringify({ load, first: cpu(begin) }));
    }
    if (mode === 'posts') {
      await measured(200, 1, post);
      const [one, wall] = await measured(argument / 3, 1, post);
      const [many] = await measured(+argument, 50, post);
      return console.log(JSON.stringify({ 'post-1': one, 'post-1-wall': wall, 'post-50': many }));
    }
    const ids = JSON.parse(require('fs').readFileSync(argument, 'utf8'));
    const n = ids.length;
    const [start, clock] = [process.cpuUsage(), performance.now()];
    await broadcast(ids, text);
    const wall = performance.now() - clock;
    console.log(JSON.stringify({
      [n + ' cpu']: cpu(start) / n, [n + ' wall']: wall / 1000, [n + ' memory']: process.resourceUsage().maxRSS / 1024,
    }));
  })();`;

interface Options {
  readonly rounds: number;
  readonly posts: number;
  /** Numbers of connections to one local gateway that are posted to. */
  readonly audiences: readonly number[];
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, posts: { type: 'string' }, audiences: { type: 'string' } },
  });
  return {
    rounds: count('--rounds', values.rounds ?? (values.quick ? '2' : '5')),
    posts: count('--posts', values.posts ?? (values.quick ? '900' : '3000')),
    audiences: (values.audiences ?? (values.quick ? '100,1000' : '100,1000,5000,10000')).split(',').map((text) => count('--audiences', text)),
  };
}

/** Bundled as a construct would bundle it, with the SDK in it. */
function bundle(home: string, variant: Variant): string {
  const outfile = path.join(home, `${variant}.js`);
  const contents = `const DATA = JSON.stringify({ event: 'said', data: { text: 'x'.repeat(60) } });\n${PROGRAMS[variant]}`;
  buildSync({
    stdin: { contents, resolveDir: REPOSITORY, loader: 'ts' }, outfile, bundle: true, minify: true, platform: 'node', target: 'node20', format: 'cjs',
  });
  return outfile;
}

/** Bytes of a handler that sends to one connection, all included. */
function handlerBytes(contents: string): number {
  const options = { bundle: true, minify: true, platform: 'node', target: 'node20', format: 'esm', write: false } as const;
  return buildSync({ ...options, stdin: { contents, resolveDir: REPOSITORY, loader: 'js' } }).outputFiles[0].contents.length;
}

async function startServer(home: string): Promise<{ server: ChildProcess; url: string; file: string }> {
  const server = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'post-server.ts'), home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: server.stdout! }), 'line') as [string];
  const { port, file } = JSON.parse(line) as { port: number; file: string };
  return { server, url: `https://localhost:${port}/dev`, file };
}

class Bench {
  private readonly results = new Map<string, Map<number, number>>();
  private readonly main: string;
  private readonly files: Readonly<Record<Variant, string>>;

  public constructor(private readonly home: string, private readonly options: Options) {
    this.main = path.join(home, 'main.js');
    fs.writeFileSync(this.main, MAIN);
    this.files = Object.fromEntries(VARIANTS.map((variant) => [variant, bundle(home, variant)])) as Record<Variant, string>;
  }

  public async run(): Promise<void> {
    console.log(`${machineFacts({})}\nload average before: ${loadAverage()}`);
    await this.measurePosts();
    for (const size of this.options.audiences) await this.measureBroadcast(size);
    report((variant, metric) => this.results.get(`${variant} ${metric}`)!, this.options.audiences);
    console.log(`load average after: ${loadAverage()}`);
  }

  /** Against a server that does nothing else than answer. */
  private async measurePosts(): Promise<void> {
    const { server, url, file } = await startServer(this.home);
    try {
      await this.inTurn(this.options.rounds, (variant, round) => {
        this.measure(variant, round, url, file, 'first');
        this.measure(variant, round, url, file, 'posts', String(this.options.posts));
      });
    } finally {
      server.kill();
    }
  }

  /** To the connections of a gateway, which must all get it, once. */
  private async measureBroadcast(size: number): Promise<void> {
    const audience = await Audience.open(size);
    const [ids, certificate] = ['ids.json', 'gateway.pem'].map((name) => path.join(this.home, name));
    fs.writeFileSync(ids, JSON.stringify(audience.ids));
    fs.writeFileSync(certificate, audience.certificate);
    try {
      await this.inTurn(Math.min(this.options.rounds, 3), async (variant, round) => {
        const text = JSON.stringify({ event: 'said', data: { text: 'x'.repeat(60) }, by: `${variant} ${round}` });
        const before = await audience.gatewayTime();
        this.measure(variant, round, audience.callbackUrl, certificate, 'broadcast', ids, text);
        this.keep(variant, `${size} gateway`, round, (await audience.gatewayTime() - before) / size);
        const heard = await audience.heard(text);
        if (heard.once === size && heard.more === 0) return;
        console.log(`${variant}, ${size} connections: ${heard.once} heard it once, ${heard.more} more than once`);
        process.exitCode = 1;
      });
    } finally {
      audience.close();
    }
  }

  /** Side by side, in changing order, so that both meet the same noise. */
  private async inTurn(rounds: number, measure: (variant: Variant, round: number) => void | Promise<void>): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const variant of round % 2 ? [...VARIANTS].reverse() : VARIANTS) await measure(variant, round);
    }
  }

  private measure(variant: Variant, round: number, endpoint: string, certificate: string, ...args: string[]): void {
    const env = {
      ...process.env,
      ENDPOINT: endpoint,
      NODE_EXTRA_CA_CERTS: certificate,
      NODE_NO_WARNINGS: '1',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
      // As long as those of Lambda.
      AWS_SESSION_TOKEN: 't'.repeat(800),
    };
    // The SDK warns of many that wait for a socket.
    const text = execFileSync(process.execPath, [this.main, this.files[variant], ...args], { env, encoding: 'utf8', stdio: 'pipe' });
    for (const [metric, value] of Object.entries(JSON.parse(text) as Record<string, number>)) this.keep(variant, metric, round, value);
  }

  private keep(variant: Variant, metric: string, round: number, value: number): void {
    const name = `${variant} ${metric}`;
    this.results.set(name, (this.results.get(name) ?? new Map<number, number>()).set(round, value));
  }
}

function report(of: (variant: Variant, metric: Metric) => Series, audiences: readonly number[]): void {
  const times = (metric: Metric): Series => ratio(of('sdk', metric), of('ours', metric));
  const row = (label: string, metric: Metric, digits: number): string[] => [
    label, spread(of('ours', metric), digits), spread(of('sdk', metric), digits), spread(times(metric), 1),
  ];
  const bytes = { ours: handlerBytes(HANDLERS.ours), sdk: handlerBytes(HANDLERS.sdk) };
  console.log(`\n${table(['', 'runtime', 'SDK v3', 'SDK / runtime'], [
    row('CPU to load, ms', 'load', 0),
    row('CPU to load and send the first one, ms', 'first', 0),
    row('CPU a post, one at a time, ms', 'post-1', 2),
    row('wall time a post, one at a time, ms', 'post-1-wall', 2),
    row('CPU a post, 50 at a time, ms', 'post-50', 2),
    ...audiences.flatMap((size) => [
      row(`broadcast to ${size}, CPU a post, ms`, `${size} cpu`, 2),
      row('- wall time in all, s', `${size} wall`, 2),
      row('- memory, MiB', `${size} memory`, 0),
      row('- CPU of the gateway a post, ms', `${size} gateway`, 2),
    ]),
    ['bundle of a handler that only sends, bytes', String(bytes.ours), String(bytes.sdk), (bytes.sdk / bytes.ours).toFixed(0)],
  ])}\n`);
  const saved = paired(of('sdk', 'first'), of('ours', 'first'), (sdk, ours) => sdk - ours);
  console.log([
    targetLine('at least 3 times less CPU a post, 50 at a time', times('post-50'), (value) => value >= 3),
    targetLine('at most 0.5 ms of CPU a post, 50 at a time', of('ours', 'post-50'), (value) => value <= 0.5),
    targetLine('at least 80 ms of CPU less to load and send the first one', saved, (value) => value >= 80),
    ...audiences.includes(5_000) ? [
      targetLine('broadcast to 5000: at most 0.45 ms of CPU a post', of('ours', '5000 cpu'), (value) => value <= 0.45),
      targetLine('broadcast to 5000: at most 200 MB', of('ours', '5000 memory'), (value) => value <= 190),
    ] : [],
    ...audiences.includes(10_000) ? [
      targetLine('broadcast to 10000: at least 2 times faster', times('10000 wall'), (value) => value >= 2),
    ] : [],
    targetLine('at most 6 KB of bundle', new Map([[0, bytes.ours]]), (value) => value <= 6_144),
  ].join('\n'));
}

const folder = temporaryFolder();
void new Bench(folder, readOptions(process.argv.slice(2))).run().finally(() => fs.rmSync(folder, { recursive: true, force: true }));
