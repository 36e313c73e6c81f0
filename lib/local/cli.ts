import * as fs from 'fs';
import * as path from 'path';
import type { Host } from './command/host';
import { main } from './command/main';
import { startPatiently } from './gateway';
import { isColoured } from './terminal/paint';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The entry point of `bin/`: the command line tool in this process. */
export function cli(): void {
  const { stdout, stderr, env } = process;
  const host: Host = {
    version: packageVersion(),
    stdout,
    stderr,
    coloured: isColoured(stdout, env),
    now: () => performance.now(),
    onStop: (listener) => {
      STOP_SIGNALS.forEach((signal) => process.on(signal, listener));
      return () => STOP_SIGNALS.forEach((signal) => process.off(signal, listener));
    },
    start: startPatiently,
    exit: (code) => process.exit(code),
  };
  void main(process.argv.slice(2), host).then((code) => {
    process.exitCode = code;
  });
}

function packageVersion(): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}
