// Measures the local gateway: `npm run bench:local -- [--quick] [--rounds 6] [--seconds 1] [--no-offline]`
import * as fs from 'fs';
import * as path from 'path';
import { parseArgs } from 'util';
import { temporaryFolder } from './app';
import { count, loadAverage, machineFacts } from './figures';
import { LoadProcess } from './load';
import { failureLines, faultless, Metric, report, Results, targetLines, Variant } from './local-report';
import { installOffline } from './peers';
import { Program, ServerProcess, VERSION_ROUTES, writePrograms } from './servers';
import { Extent, MESSAGE_STEPS, Reloads, SLOW_STEPS, Step, WARM_UP } from './steps';

interface Options extends Extent {
  readonly rounds: number;
  /** In how many of the rounds serverless-offline is measured; with 0, it is not installed. */
  readonly offlineRounds: number;
}

/** The servers that are measured; serverless-offline cannot be installed everywhere. */
interface MeasuredPrograms extends Record<'bare' | 'gateway' | 'unguarded', Program> {
  readonly offline?: Program;
}

/** How often a round repeats what is quick: starts, messages, saves. */
const REPEATS = 3;

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      'quick': { type: 'boolean', default: false },
      'rounds': { type: 'string' },
      'seconds': { type: 'string' },
      'no-offline': { type: 'boolean', default: false },
    },
  });
  const rounds = count('--rounds', values.rounds ?? (values.quick ? '2' : '6'));
  return {
    rounds,
    seconds: count('--seconds', values.seconds ?? '1'),
    many: !values.quick,
    // serverless-offline takes long, and its figures are far from ours.
    offlineRounds: values['no-offline'] ? 0 : Math.ceil(rounds / 3),
  };
}

async function bench(home: string, options: Options): Promise<void> {
  const start = performance.now();
  const { versions, ...programs } = writePrograms(home);
  const offline = options.offlineRounds > 0 ? installOffline(path.join(home, 'offline')) : 'not wanted (--no-offline)';
  const installed = typeof offline === 'string' ? undefined : offline;
  if (!installed) console.log(`serverless-offline: not measured: ${offline}`);
  console.log(`${machineFacts({ ...versions, ...installed?.versions })}\nload average before: ${loadAverage()}`);

  const generator = new LoadProcess();
  const results = await new Rounds({ ...programs, offline: installed?.program }, options, generator).run().finally(() => generator.end());
  console.log(`load average after: ${loadAverage()}; ${((performance.now() - start) / 60_000).toFixed(1)} minutes in all\n`);
  console.log(`${report(results)}\n\n${failureLines(results).join('\n')}\n\n${targetLines(results).join('\n')}`);
  // Missing replies fail the benchmark. Figures are only reported, since machines differ.
  if (!faultless(results, 'bare') || !faultless(results, 'gateway')) process.exitCode = 1;
}

/** Measures the servers side by side, each step with all of them, so that all meet the same noise. */
class Rounds {
  private readonly results = new Results();
  private readonly reloads: Reloads;

  public constructor(
    private readonly programs: MeasuredPrograms,
    private readonly options: Options,
    private readonly load: LoadProcess,
  ) {
    this.reloads = new Reloads(programs.gateway.folder);
  }

  public async run(): Promise<Results> {
    // One start of each that does not count, so that no variant is the one that reads its files from the disk.
    for (const variant of this.variants()) await (await ServerProcess.start(this.programs[variant]!)).stop();
    for (let round = 0; round < this.options.rounds; round++) await this.round(round);
    return this.results;
  }

  private async round(round: number): Promise<void> {
    const due = this.variants().filter((variant) => variant !== 'offline' || round < this.options.offlineRounds);
    const order = round % 2 ? due.reverse() : due;
    const servers = await this.start(order, round);
    try {
      for (const step of [...SLOW_STEPS, WARM_UP]) await this.step(step, servers, round);
      for (const step of MESSAGE_STEPS) {
        // Many short turns instead of a long one: both sides of a pair meet the same noise.
        for (let turn = 0; turn < REPEATS; turn++) await this.step(step, servers, REPEATS * round + turn);
      }
      await this.reload(servers.get('gateway')!, round);
    } finally {
      for (const [variant, server] of servers) await this.stop(variant, server);
    }
  }

  private variants(): Variant[] {
    return (['bare', 'gateway', 'offline'] as const).filter((variant) => this.programs[variant]);
  }

  private async step(step: Step, servers: ReadonlyMap<Variant, ServerProcess>, index: number): Promise<void> {
    for (const [variant, server] of servers) {
      const { figures, exchanged } = await step(server, this.load, { ...this.options, many: this.options.many && variant !== 'offline' });
      this.results.add(variant, index, figures);
      if (exchanged) this.results.addFailures(variant, exchanged);
    }
  }

  /** Starts every server some times, and leaves the last one of each variant running. */
  private async start(order: readonly Variant[], round: number): Promise<Map<Variant, ServerProcess>> {
    const servers = new Map<Variant, ServerProcess>();
    for (let turn = 0; turn < REPEATS; turn++) {
      const index = REPEATS * round + turn;
      for (const variant of order) {
        if (variant === 'gateway') await this.stop(variant, await this.startOne(variant, 'start', this.programs.unguarded, index));
        const before = servers.get(variant);
        if (before) await this.stop(variant, before);
        const metric = variant === 'bare' ? 'start' : 'guarded-start';
        servers.set(variant, await this.startOne(variant, metric, this.programs[variant]!, index));
      }
    }
    return servers;
  }

  private async startOne(variant: Variant, metric: Metric, program: Program, index: number): Promise<ServerProcess> {
    const server = await ServerProcess.start(program);
    this.results.add(variant, index, { [metric]: server.startTime });
    return server;
  }

  private async reload(gateway: ServerProcess, round: number): Promise<void> {
    for (const route of VERSION_ROUTES) {
      const latencies = await this.reloads.measure(gateway.url, route, REPEATS);
      latencies.forEach((latency, turn) => this.results.add('gateway', REPEATS * round + turn, { [route]: latency }));
    }
  }

  private async stop(variant: Variant, server: ServerProcess): Promise<void> {
    this.results.addLeaked(variant, (await server.stop()).length);
  }
}

const folder = temporaryFolder();
void bench(folder, readOptions(process.argv.slice(2))).finally(() => fs.rmSync(folder, { recursive: true, force: true }));
