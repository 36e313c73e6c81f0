import type { Failure, HandlerError } from './failures';
import type { HandlerProcess } from './handler-process';
import type { Invocation } from './invocation';

/** What a process tells its function. */
export interface ProcessObserver {
  onReady(process: HandlerProcess): void;
  /** It ended before it was ready, unless it was told to. */
  onStartFailed(process: HandlerProcess, start: FailedStart): void;
  /** An invocation is over; what it took in milliseconds. */
  onFinished(process: HandlerProcess, duration: number): void;
  /** Invocations that have not started, in order; not those of `takeStuck`. */
  onReturned(invocations: readonly Invocation[]): void;
  /** It takes no more invocations. */
  onEnded(process: HandlerProcess): void;
}

export interface FailedStart {
  readonly failure: Failure;
  /** What the code threw. */
  readonly error?: HandlerError;
  /** A signal from elsewhere ended it: that need not be the fault of its code. */
  readonly killed: boolean;
}
