import * as os from 'os';
import { Versions } from './packages';

/** What ran, and where. */
export function machineFacts(versions: Versions): string {
  const cpus = os.cpus();
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  return [
    `${cpus.length} cores (${cpus[0]?.model.trim() ?? 'unknown'}), ${gibibytes} GiB, ${os.platform()} ${os.arch()}, Node.js ${process.version}`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', '),
  ].join('\n');
}

/** How busy the machine was in the last minute. */
export function load(): string {
  return os.loadavg()[0].toFixed(1);
}
