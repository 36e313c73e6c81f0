import type { Writable } from 'stream';
import type { GatewayOptions } from '../gateway-options';
import type { Served } from '../terminal/served';

/** The world as the command line tool sees it: a process, or a test. */
export interface Host {
  /** Of this package. */
  readonly version: string;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether `stdout` shows colours. */
  readonly coloured: boolean;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Calls the listener when the process is asked to end; returns what removes it. */
  readonly onStop: (listener: () => void) => () => void;
  readonly start: (options: GatewayOptions) => Promise<RunningGateway>;
  /** Ends the process now. */
  readonly exit: (code: number) => void;
}

export interface RunningGateway extends Served {
  close(): Promise<void>;
}
