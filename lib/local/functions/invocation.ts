import type { InvocationResult } from './invoker';

/** An event on its way through a function. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  /** The version of its function on arrival: it runs on that code or later code, if that is ready in time. */
  readonly version: number;
  /** Milliseconds of `performance.now()`. */
  readonly queuedAt: number;
  /** It starts to run; again if the process gave it back. */
  readonly onStart?: () => void;
  readonly end: (result: InvocationResult) => void;
}
