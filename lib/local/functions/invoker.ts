/** What runs the functions: the gateway knows this much of it. */
export interface Invoker {
  /**
   * Invokes a function, first in first out, at most one event at a time in each of its processes. Never rejects.
   *
   * @param functionId `LambdaFunction.id`
   * @param event the event as JSON
   * @param onStart a process begins with it, for which it may have waited; again if it has to begin anew
   */
  invoke(functionId: string, event: string, onStart?: () => void): Promise<InvocationResult>;
}

/** How an invocation ended. */
export type InvocationResult = InvocationSuccess | InvocationFailure;

export interface InvocationSuccess {
  readonly ok: true;
  /** What the handler returned, as JSON; `null` for `undefined`, as Lambda has it. */
  readonly payload: string;
  /** Lambda's request id. */
  readonly requestId: string;
  /** Milliseconds that the handler ran, without waiting and start-up. */
  readonly duration: number;
}

export interface InvocationFailure {
  readonly ok: false;
  /**
   * `error`: the handler threw; `timeout`: it ran longer than the function may; `exit`: its process ended; `init`: its module could
   * not be loaded; `none`: nothing can run it here (unknown runtime, no code).
   */
  readonly kind: 'error' | 'timeout' | 'exit' | 'init' | 'none';
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack, mapped to the sources if there are source maps. */
  readonly stackTrace: readonly string[];
  readonly requestId: string;
  readonly duration: number;
}
