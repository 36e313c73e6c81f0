import type { Writable } from 'stream';
import type { Command } from './arguments';
import { errorText, exitCode } from './errors';
import type { GatewayOptions } from '../gateway-options';
import { Output } from '../terminal/output';
import { jsonReporter, TextReporter } from '../terminal/reporter';
import type { Reporter } from '../terminal/reporter';
import type { Served } from '../terminal/served';

/** The world of the command line tool: a process, or a test. */
export interface Host {
  /** The version of this package. */
  readonly version: string;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether `stdout` shows colours. */
  readonly coloured: boolean;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Calls the listener when the process is asked to end. @returns a function that removes the listener */
  readonly onStop: (listener: () => void) => () => void;
  readonly start: (options: GatewayOptions) => Promise<RunningGateway>;
  /** Ends the process now. */
  readonly exit: (code: number) => void;
}

export interface RunningGateway extends Served {
  close(): Promise<void>;
}

/** Milliseconds within which signals count as one: npx forwards the Ctrl-C that the terminal has already sent to its child. */
const SAME_SIGNAL = 500;

/** By convention, the exit code of a process that SIGINT ended. */
const ENDED_BY_SIGNAL = 130;

type LocalCommand = Extract<Command, { readonly name: 'local' }>;

/** Runs `local`: serves until the process is asked to stop. @returns the exit code */
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
    // A start that was aborted has not failed.
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

/** The first request to stop closes the gateway, a second one ends the process. */
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
  // The reader of the output has gone (`| head`).
  host.stdout.on('error', stop);
  const dispose = host.onStop(() => {
    if (first !== undefined && host.now() - first > SAME_SIGNAL) host.exit(ENDED_BY_SIGNAL);
    stop();
  });
  return { signal: controller.signal, requested, dispose };
}
