import type { InvocationFault } from './invocation-fault';
import type { HandlerError } from './runtime/lines';

/** Runs functions; `wire/` and `integrations/` know nothing else of this folder. */
export interface Invoker {
  /**
   * Invokes a function: first in, first out, and one event at a time in each of its processes. Never rejects.
   *
   * @param functionId `LambdaFunction.id`
   * @param event the event as JSON
   * @param onStart called when a process starts the invocation, which may have waited; once more if it has to start again
   */
  invoke(functionId: string, event: string, onStart?: OnStart, options?: InvokeOptions): Promise<InvocationResult>;

  /** The number of invocations of a function that are pending or in flight. */
  load(functionId: string): number;
}

/** @param isColdStart whether the invocation had to wait for a new process, and is the first one in it */
export type OnStart = (isColdStart?: boolean) => void;

/** What only Lambda's own Invoke knows of an invocation. */
export interface InvokeOptions {
  /**
   * Lambda's request id; a repeated invocation has that of the first one.
   * @default a new one
   */
  readonly requestId?: string;
  /** JSON for `context.clientContext`. */
  readonly clientContext?: string;
  /** Called with each line that the handler prints. */
  readonly onOutput?: (text: string) => void;
  readonly fault?: InvocationFault;
}

/** An event on its way through a function: first in the queue, then in flight to a process. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  /** JSON for `context.clientContext`. */
  readonly clientContext?: string;
  /** The version of the function's code on arrival: this or later code runs the invocation, if it is ready in time. */
  readonly version: number;
  /** `performance.now()` */
  readonly queuedAt: number;
  readonly onStart?: OnStart;
  readonly fault?: InvocationFault;
  readonly end: (result: InvocationResult) => void;
}

export type InvocationResult = InvocationSuccess | InvocationFailure;

export interface InvocationSuccess {
  readonly ok: true;
  /** What the handler returned, as JSON; `null` for `undefined`, as on Lambda. */
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

/** A reason to fail, applied to one invocation: the texts of Lambda contain the request id, unless that is empty. */
export type Failure = (requestId: string, duration: number) => InvocationFailure;

/** The handler threw, or its module could not be loaded. */
export function reportedFailure(kind: 'error' | 'init', { errorType, errorMessage, trace }: HandlerError): Failure {
  return (requestId, duration) => ({ ok: false, kind, errorType, errorMessage, stackTrace: trace, requestId, duration });
}

/** The process ended while an invocation ran, or before the process was ready. */
export function exitFailure(kind: 'exit' | 'init', code: number | null, signal: NodeJS.Signals | null): Failure {
  return plainFailure(kind, 'Runtime.ExitError', (requestId) => withRequestId(requestId, exitReason(code, signal)));
}

/** @param limit milliseconds */
export function timeoutFailure(kind: 'timeout' | 'init', limit: number): Failure {
  const text = `Task timed out after ${(limit / 1000).toFixed(2)} seconds`;
  return plainFailure(kind, 'Sandbox.Timedout', (requestId) => (
    requestId === '' ? text : `${new Date().toISOString()} ${requestId} ${text}`
  ));
}

/** Nothing on this machine can run the function. */
export function unservedFailure(reason: string): Failure {
  return plainFailure('none', 'Local.FunctionNotServed', () => reason);
}

/** `ReservedConcurrentExecutions: 0` turns the function off. */
export function throttledFailure(): Failure {
  return plainFailure('error', 'TooManyRequestsException', () => 'Rate Exceeded.');
}

/** The gateway ended the function. */
export function closedFailure(reason: string): Failure {
  return plainFailure('exit', 'Local.FunctionEnded', (requestId) => withRequestId(requestId, reason));
}

/** The text of a failure without an invocation. */
export function reasonOf(failure: Failure): string {
  return failure('', 0).errorMessage;
}

function plainFailure(kind: InvocationFailure['kind'], errorType: string, message: (requestId: string) => string): Failure {
  return (requestId, duration) => (
    { ok: false, kind, errorType, errorMessage: message(requestId), stackTrace: [], requestId, duration });
}

function withRequestId(requestId: string, reason: string): string {
  return requestId === '' ? reason : `RequestId: ${requestId} Error: ${reason}`;
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal}`;
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
}

/** The words of Go, in which Lambda's supervisor is written. */
const SIGNAL_NAMES: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};
