import * as fs from 'fs';
import * as path from 'path';
import { main, type Host } from './command/main';
import { startPatiently } from './gateway';
import { whenOrphaned } from './launcher';
import { migration } from './migrate';
import { replay } from './replay';
import { isColoured } from './terminal/output';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds that the process gets to end by itself, once everything is closed. */
const LINGER = 300;

/** Runs the command line tool in this process: the entry point of `bin/`. */
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
    replay,
    migration,
    exit: (code) => process.exit(code),
  };
  void main(process.argv.slice(2), host).then((code) => {
    process.exitCode = code;
    // Everything is closed and the output is flushed, so nothing that still keeps the process alive matters.
    setTimeout(() => stdout.write('', () => process.exit(code)), LINGER).unref();
  });
}

function packageVersion(): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

function onStop(listener: () => void, env: NodeJS.ProcessEnv): () => void {
  let isStopping = false;
  const stop = (): void => {
    isStopping = true;
    listener();
  };
  STOP_SIGNALS.forEach((signal) => process.on(signal, stop));
  // After a signal, the end of the launcher is not a second request to stop: the launcher may have forwarded the signal and ended with it.
  const endWatch = whenOrphaned(env, () => { if (!isStopping) stop(); });
  return () => {
    endWatch();
    STOP_SIGNALS.forEach((signal) => process.off(signal, stop));
  };
}
