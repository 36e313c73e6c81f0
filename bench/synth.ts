// Measures the synthesis of whole apps: `npm run bench:synth -- [--routes 1,10,50,100] [--rounds 6] [--no-osls]`
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Equivalence } from './equivalence';
import { load, machineFacts } from './machine';
import { Measurements, Subject } from './measurements';
import { Options, readOptions } from './options';
import { Osls } from './osls';
import { providePackages, Versions } from './packages';
import { report } from './report';
import { schedule } from './schedule';
import { compileApps, synthesize } from './synthesis';
import { targetLines } from './targets';
import { writeWorkload } from './workload';

const options = readOptions(process.argv.slice(2));
const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cdk-websocket-service-bench-'));
try {
  bench(folder, options);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function bench(home: string, { routes, rounds, osls }: Options): void {
  const start = performance.now();
  const app = path.join(home, 'app');
  writeWorkload(app, Math.max(...routes));
  const versions = providePackages(app);
  compileApps(app);
  const packager = osls ? Osls.install(path.join(home, 'osls'), path.join(app, 'src'), versions) : 'not wanted (--no-osls)';

  const installed = packager instanceof Osls ? packager : undefined;
  console.log(`${machineFacts({ ...versions, ...installed?.versions })}\nload average before: ${load()}`);
  if (!(packager instanceof Osls)) console.log(`osls: not measured: ${packager}`);

  const measurements = measure(app, { routes, rounds, osls }, versions, installed);
  console.log(`load average after: ${load()}; ${((performance.now() - start) / 60_000).toFixed(1)} minutes in all\n`);
  console.log(`${report(measurements, routes)}\n`);
  console.log(targetLines(measurements).join('\n'));
}

function measure(app: string, wanted: Options, versions: Versions, osls: Osls | undefined): Measurements {
  const measurements = new Measurements();
  const equivalence = new Equivalence(versions['aws-cdk-lib']);
  const run = (subject: Subject): number => {
    if (subject.variant === 'osls') return osls!.package(subject.routes);
    const { seconds, assembly } = synthesize(app, subject);
    equivalence.check(subject, assembly);
    return seconds;
  };

  // Once unmeasured, so that no variant is the one that reads files from the disk for the first time.
  const variants: Subject['variant'][] = ['plain', 'service', 'floor', ...(osls ? ['osls' as const] : [])];
  for (const variant of variants) run({ variant, routes: 1, validation: variant !== 'osls' });

  for (const { round, subject } of schedule(wanted, variants)) {
    const seconds = run(subject);
    measurements.add(subject, round, seconds);
    const { variant, routes, validation } = subject;
    console.error(`round ${round + 1}: ${routes} routes, validation ${validation ? 'on' : 'off'}, ${variant}: ${seconds.toFixed(2)} s`);
  }
  return measurements;
}
