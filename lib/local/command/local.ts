import type { Command } from './arguments';
import { errorText, exitCode } from './errors';
import type { Host, RunningGateway } from './host';
import { Output } from '../terminal/output';
import { jsonReporter, TextReporter } from '../terminal/reporter';
import type { Reporter } from '../terminal/reporter';

/** npx sends its child the Ctrl-C that the terminal has sent it already: signals that arrive so fast are one, in milliseconds. */
const SAME_SIGNAL = 500;

/** By convention the code of a process that SIGINT ended. */
const ENDED_BY_SIGNAL = 130;

type LocalCommand = Extract<Command, { readonly name: 'local' }>;

/** Serves until it is asked to stop; returns the exit code. */
export async function serve({ options, json }: LocalCommand, host: Host): Promise<number> {
  const write = (text: string) => output.write(text);
  const reporter = json ? jsonReporter(write) : new TextReporter(write, host.coloured);
  const output = new Output(host.stdout, (count) => reporter.dropped(count));
  const stop = stopRequests(host, reporter);
  let gateway: RunningGateway | undefined;
  try {
    gateway = await host.start({ ...options, signal: stop.signal, onEvent: (event) => reporter.event(event) });
    if (!stop.signal.aborted) reporter.ready(gateway);
    await stop.requested;
    await gateway.close();
    return 0;
  } catch (error) {
    // A start that was broken off has not failed.
    if (stop.signal.aborted && !gateway) return 0;
    host.stderr.write(errorText(error, json));
    return exitCode(error);
  } finally {
    reporter.flush();
    await output.flush();
    stop.dispose();
  }
}

interface StopRequests {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  dispose(): void;
}

/** The first request ends the gateway in order, a second one the process. */
function stopRequests(host: Host, reporter: Reporter): StopRequests {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  let first: number | undefined;
  const stop = () => {
    if (first !== undefined) return;
    first = host.now();
    reporter.stopping();
    controller.abort();
  };
  // Whoever read what is printed has gone (`| head`).
  host.stdout.on('error', stop);
  const dispose = host.onStop(() => {
    if (first !== undefined && host.now() - first > SAME_SIGNAL) host.exit(ENDED_BY_SIGNAL);
    stop();
  });
  return { signal: controller.signal, requested, dispose };
}
