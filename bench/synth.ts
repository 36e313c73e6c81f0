// Measures the synthesis of whole apps: `npm run bench:synth -- [--routes 1,10,50,100] [--rounds 6] [--no-osls]`
import * as fs from 'fs';
import * as path from 'path';
import { parseArgs } from 'util';
import { temporaryFolder } from './app';
import { count, loadAverage, machineFacts } from './figures';
import { Osls } from './peers';
import { Measurements, report, targetLines } from './synth-report';
import { Subject, SynthesizedApp, Variant } from './synthesis';

interface Options {
  /** How many routes the measured services have. */
  readonly routes: number[];
  /** How often the quick variants run; the slow ones run less often. */
  readonly rounds: number;
  /** Whether `osls package` is measured too. */
  readonly osls: boolean;
}

const options = readOptions(process.argv.slice(2));
const folder = temporaryFolder();
try {
  bench(folder, options);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      'routes': { type: 'string', default: '1,10,50,100' },
      'rounds': { type: 'string', default: '6' },
      'no-osls': { type: 'boolean', default: false },
    },
  });
  const routes = values.routes.split(',').map((text) => count('--routes', text));
  return {
    routes: [...new Set(routes)].sort((a, b) => a - b),
    rounds: count('--rounds', values.rounds),
    osls: !values['no-osls'],
  };
}

function bench(home: string, wanted: Options): void {
  const start = performance.now();
  const app = new SynthesizedApp(path.join(home, 'app'), Math.max(...wanted.routes));
  const packager = wanted.osls ? Osls.install(path.join(home, 'osls'), app.folder, app.versions) : 'not wanted (--no-osls)';
  const osls = packager instanceof Osls ? packager : undefined;
  console.log(`${machineFacts({ ...app.versions, ...osls?.versions })}\nload average before: ${loadAverage()}`);
  if (!(packager instanceof Osls)) console.log(`osls: not measured: ${packager}`);

  const measurements = measure(app, wanted, osls);
  console.log(`load average after: ${loadAverage()}; ${((performance.now() - start) / 60_000).toFixed(1)} minutes in all\n`);
  console.log(`${report(measurements, wanted.routes)}\n`);
  console.log(targetLines(measurements).join('\n'));
}

function measure(app: SynthesizedApp, wanted: Options, osls: Osls | undefined): Measurements {
  const measurements = new Measurements();
  const run = ({ variant, ...subject }: Subject): number => (
    variant === 'osls' ? osls!.package(subject.routes) : app.synthesize({ variant, ...subject })
  );
  // One run of each that does not count, so that no variant is the one that reads its files from the disk.
  const variants: Variant[] = ['plain', 'service', 'floor', ...(osls ? ['osls' as const] : [])];
  for (const variant of variants) run({ variant, routes: 1, validation: variant !== 'osls' });

  for (const { round, subject } of schedule(wanted, variants)) {
    const seconds = run(subject);
    measurements.add(subject, round, seconds);
    const { variant, routes, validation } = subject;
    console.error(`round ${round + 1}: ${routes} routes, validation ${validation ? 'on' : 'off'}, ${variant}: ${seconds.toFixed(2)} s`);
  }
  return measurements;
}

interface ScheduledRun {
  readonly round: number;
  readonly subject: Subject;
}

/** Every round has all variants next to each other, forwards and backwards in turn, so that all meet the same noise. */
function schedule({ routes, rounds }: Options, variants: Variant[]): ScheduledRun[] {
  const runs: ScheduledRun[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const routeCount of routes) {
      for (const validation of [false, true]) {
        const subjects = variants.map((variant): Subject => ({ variant, routes: routeCount, validation }));
        const due = subjects.filter((subject) => round < roundsOf(subject, rounds));
        runs.push(...(round % 2 ? due.reverse() : due).map((subject) => ({ round, subject })));
      }
    }
  }
  return runs;
}

/** Slow subjects run less often. */
function roundsOf({ variant, routes, validation }: Subject, rounds: number): number {
  if (variant === 'osls') return validation ? 0 : Math.ceil(rounds / 3);
  const quick = validation ? Math.ceil(rounds / 2) : rounds;
  if (variant !== 'plain') return quick;
  if (routes <= 10) return Math.ceil(quick / 2);
  return Math.max(1, Math.round(quick / (routes <= 50 ? 4 : 8)));
}
