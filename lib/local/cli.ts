import * as fs from 'fs';
import * as path from 'path';
import type { Host } from './command/local';
import { main } from './command/main';
import { startPatiently } from './gateway';
import { whenOrphaned } from './launcher';
import { isColoured } from './terminal/output';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds that an idle process gets to end by itself. */
const LINGER = 300;

/** The entry point of `bin/`: the command line tool in this process. */
export function cli(): void {
  const { stdout, stderr, env } = process;
  const host: Host = {
    version: packageVersion(),
    stdout,
    stderr,
    coloured: isColoured(stdout, env),
    now: () => performance.now(),
    onStop: (listener) => onStop(listener, env),
    start: startPatiently,
    exit: (code) => process.exit(code),
  };
  void main(process.argv.slice(2), host).then((code) => {
    process.exitCode = code;
    // Everything is closed and the output is flushed, so whatever still keeps the process alive does not matter.
    setTimeout(() => stdout.write('', () => process.exit(code)), LINGER).unref();
  });
}

function packageVersion(): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

function onStop(listener: () => void, env: NodeJS.ProcessEnv): () => void {
  let isAsked = false;
  const ask = (): void => {
    isAsked = true;
    listener();
  };
  STOP_SIGNALS.forEach((signal) => process.on(signal, ask));
  // Not a second request: a launcher that ended with a signal may have forwarded it.
  const endWatch = whenOrphaned(env, () => { if (!isAsked) ask(); });
  return () => {
    endWatch();
    STOP_SIGNALS.forEach((signal) => process.off(signal, ask));
  };
}
