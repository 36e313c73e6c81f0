import { LoadProcess } from './load-process';
import { Metric, Variant } from './metrics';
import { Options } from './options';
import { Reloads } from './reload';
import { Results } from './results';
import { Program, ServerProcess } from './server-process';
import { VERSION_ROUTES } from './sources';
import { MESSAGES, ONCE, Step, warmUp } from './steps';

/** How often in a round what is quick is measured: starts, messages, saves. */
const REPEATS = 3;

/** What is started; serverless-offline does not install everywhere. */
export interface MeasuredPrograms extends Record<'bare' | 'gateway' | 'unguarded', Program> {
  readonly offline?: Program;
}

/** Measures the servers side by side: step by step all of them, so that noise meets all of them. */
export class Rounds {
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
    // Once unmeasured, so that no variant is the one that reads files from the disk for the first time.
    for (const variant of this.variants()) await (await ServerProcess.start(this.programs[variant]!)).stop();
    for (let round = 0; round < this.options.rounds; round++) await this.round(round);
    return this.results;
  }

  private async round(round: number): Promise<void> {
    const due = this.variants().filter((variant) => variant !== 'offline' || round < this.options.offlineRounds);
    const order = round % 2 ? due.reverse() : due;
    const servers = await this.start(order, round);
    try {
      for (const step of [...ONCE, warmUp]) await this.step(step, servers, round);
      for (const step of MESSAGES) {
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
