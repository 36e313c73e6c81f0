// Measures what a handler pays to send: `npm run bench:runtime -- [--quick] [--rounds 5] [--posts 3000]`
import { ChildProcess, execFileSync, spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as path from 'path';
import { createInterface } from 'readline';
import { parseArgs } from 'util';
// eslint-disable-next-line import/no-extraneous-dependencies -- an optional dependency, which this repository has
import { buildSync } from 'esbuild';
import { temporaryFolder } from './app';
import { count, loadAverage, machineFacts, middle, ratio, Series, spread, table, targetLine } from './figures';

const REPOSITORY = path.resolve(__dirname, '..');

/** How handlers send. Each has `post(id)` for one message, and `broadcast(ids)`. */
const PROGRAMS = {
  ours: `
    import { connection } from './lib/runtime/connection';
    import { deliver } from './lib/runtime/delivery';
    process.env.WEBSOCKET_CALLBACK_URL = process.env.ENDPOINT;
    export const post = (id) => connection({ id, stage: 'dev', connectedAt: new Date(0) }).send(DATA);
    export const broadcast = (ids) => deliver({
      recipients: ids.map((connectionId) => ({ connectionId, stage: 'dev' })), frame: DATA, postsPerSecond: 1e6,
    });`,
  sdk: `
    import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
    const client = new ApiGatewayManagementApiClient({ endpoint: process.env.ENDPOINT });
    export const post = (ConnectionId) => client.send(new PostToConnectionCommand({ ConnectionId, Data: DATA }));
    export const broadcast = (ids) => Promise.all(ids.map(post));`,
};

type Variant = keyof typeof PROGRAMS;
type Metric = 'load' | 'first' | 'post-1' | 'post-50' | 'broadcast' | 'broadcast-wall' | 'memory';

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
  const ids = (n) => Array.from({ length: n }, (_, i) => 'connection' + i + '=');
  async function measured(total, width, post) {
    const start = process.cpuUsage();
    let next = 0;
    const worker = async () => { while (next < total) await post('connection' + next++ + '='); };
    await Promise.all(Array.from({ length: width }, worker));
    return cpu(start) / total;
  }
  (async () => {
    const begin = process.cpuUsage();
    const { post, broadcast } = require(process.argv[2]);
    const load = cpu(begin);
    await post('first=');
    const first = cpu(begin);
    const [, , , mode, posts] = process.argv;
    if (mode === 'first') return console.log(JSON.stringify({ load, first }));
    if (mode === 'posts') {
      await measured(200, 1, post);
      return console.log(JSON.stringify({ 'post-1': await measured(posts / 3, 1, post), 'post-50': await measured(+posts, 50, post) }));
    }
    const [start, clock] = [process.cpuUsage(), performance.now()];
    await broadcast(ids(+posts));
    const wall = performance.now() - clock;
    console.log(JSON.stringify({ broadcast: cpu(start) / posts, 'broadcast-wall': wall, memory: process.resourceUsage().maxRSS / 1024 }));
  })();`;

interface Options {
  readonly rounds: number;
  readonly posts: number;
  readonly members: number;
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args, options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, posts: { type: 'string' }, members: { type: 'string' } },
  });
  return {
    rounds: count('--rounds', values.rounds ?? (values.quick ? '2' : '5')),
    posts: count('--posts', values.posts ?? (values.quick ? '900' : '3000')),
    members: count('--members', values.members ?? '5000'),
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

async function bench(home: string, { rounds, posts, members }: Options): Promise<void> {
  console.log(`${machineFacts({})}\nload average before: ${loadAverage()}`);
  const main = path.join(home, 'main.js');
  fs.writeFileSync(main, MAIN);
  const files = Object.fromEntries(VARIANTS.map((variant) => [variant, bundle(home, variant)])) as Record<Variant, string>;
  const { server, url, file } = await startServer(home);
  const environment = {
    ...process.env,
    ENDPOINT: url,
    NODE_EXTRA_CA_CERTS: file,
    NODE_NO_WARNINGS: '1',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    // As long as those of Lambda.
    AWS_SESSION_TOKEN: 't'.repeat(800),
  };
  const results = new Map<string, Map<number, number>>();
  const run = (variant: Variant, round: number, ...args: string[]): void => {
    const text = execFileSync(process.execPath, [main, files[variant], ...args], { env: environment, encoding: 'utf8' });
    for (const [metric, value] of Object.entries(JSON.parse(text) as Record<string, number>)) {
      const name = `${variant} ${metric}`;
      if (!results.has(name)) results.set(name, new Map());
      results.get(name)!.set(round, value);
    }
  };
  try {
    // Side by side, in changing order, so that both meet the same noise.
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 ? [...VARIANTS].reverse() : VARIANTS;
      for (const variant of order) run(variant, round, 'first');
      for (const variant of order) run(variant, round, 'posts', String(posts));
      for (const variant of order) run(variant, round, 'broadcast', String(members));
    }
  } finally {
    server.kill();
  }
  report((variant, metric) => results.get(`${variant} ${metric}`)!, members);
  console.log(`load average after: ${loadAverage()}`);
}

function report(of: (variant: Variant, metric: Metric) => Series, members: number): void {
  const row = (label: string, metric: Metric, digits: number): string[] => [
    label, spread(of('ours', metric), digits), spread(of('sdk', metric), digits), middle(ratio(of('sdk', metric), of('ours', metric)), 1),
  ];
  const bytes = { ours: handlerBytes(HANDLERS.ours), sdk: handlerBytes(HANDLERS.sdk) };
  console.log(`\n${table(['', 'runtime', 'SDK v3', 'SDK / runtime'], [
    row('CPU to load, ms', 'load', 0),
    row('CPU to load and send the first one, ms', 'first', 0),
    row('CPU a post, one at a time, ms', 'post-1', 2),
    row('CPU a post, 50 at a time, ms', 'post-50', 2),
    row(`CPU a post, broadcast to ${members} (SDK: Promise.all), ms`, 'broadcast', 2),
    row('the same, wall time in all, ms', 'broadcast-wall', 0),
    row('the same, memory, MiB', 'memory', 0),
    ['bundle of a handler that only sends, bytes', String(bytes.ours), String(bytes.sdk), (bytes.sdk / bytes.ours).toFixed(0)],
  ])}\n`);
  const saved = new Map([...of('sdk', 'first')].map(([round, value]) => [round, value - of('ours', 'first').get(round)!]));
  console.log([
    targetLine('at least 3 times less CPU a post, one at a time', ratio(of('sdk', 'post-1'), of('ours', 'post-1')), (value) => value >= 3),
    targetLine('at most 0.5 ms of CPU a post, 50 at a time', of('ours', 'post-50'), (value) => value <= 0.5),
    targetLine('at least 80 ms of CPU less to load and send the first one', saved, (value) => value >= 80),
    targetLine(`broadcast to ${members}: at most 0.45 ms of CPU a post`, of('ours', 'broadcast'), (value) => value <= 0.45),
    targetLine(`broadcast to ${members}: at most 200 MB`, of('ours', 'memory'), (value) => value <= 190),
    targetLine('at most 6 KB of bundle', new Map([[0, bytes.ours]]), (value) => value <= 6_144),
  ].join('\n'));
}

const folder = temporaryFolder();
void bench(folder, readOptions(process.argv.slice(2))).finally(() => fs.rmSync(folder, { recursive: true, force: true }));
