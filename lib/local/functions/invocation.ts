import type { InvocationResult } from './invoker';

/** An event on its way through a function. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  /** Milliseconds of `performance.now()`. */
  readonly queuedAt: number;
  readonly end: (result: InvocationResult) => void;
}
