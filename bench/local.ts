// Measures the local gateway: `npm run bench:local -- [--quick] [--rounds 6] [--seconds 1] [--no-offline]`
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { LoadProcess } from './local/load-process';
import { installOffline } from './local/offline';
import { Options, readOptions } from './local/options';
import { writePrograms } from './local/programs';
import { failureLines, faultless, report } from './local/report';
import { Rounds } from './local/rounds';
import { targetLines } from './local/targets';
import { load, machineFacts } from './machine';

const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cdk-websocket-service-bench-'));
void bench(folder, readOptions(process.argv.slice(2))).finally(() => fs.rmSync(folder, { recursive: true, force: true }));

async function bench(home: string, options: Options): Promise<void> {
  const start = performance.now();
  const { versions, ...programs } = writePrograms(home);
  const offline = options.offlineRounds > 0 ? installOffline(path.join(home, 'offline')) : 'not wanted (--no-offline)';
  const installed = typeof offline === 'string' ? undefined : offline;
  if (!installed) console.log(`serverless-offline: not measured: ${offline}`);
  console.log(`${machineFacts({ ...versions, ...installed?.versions })}\nload average before: ${load()}`);

  const generator = new LoadProcess();
  const results = await new Rounds({ ...programs, offline: installed?.program }, options, generator).run().finally(() => generator.end());
  console.log(`load average after: ${load()}; ${((performance.now() - start) / 60_000).toFixed(1)} minutes in all\n`);
  console.log(`${report(results)}\n\n${failureLines(results).join('\n')}\n\n${targetLines(results).join('\n')}`);
  // Figures are reported and fail nothing: machines differ. Replies that are missing do.
  if (!faultless(results, 'bare') || !faultless(results, 'gateway')) process.exitCode = 1;
}
