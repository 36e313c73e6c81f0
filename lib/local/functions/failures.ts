import type { InvocationFailure } from './invoker';

/** Why an invocation fails, told for one invocation: Lambda's texts hold its request id, if it is not empty. */
export type Failure = (requestId: string, duration: number) => InvocationFailure;

/** An error as Lambda's runtimes report it. */
export interface HandlerError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** The handler threw, or its module could not be loaded. */
export function reportedFailure(kind: 'error' | 'init', error: HandlerError): Failure {
  const { errorType, errorMessage, trace } = error;
  return (requestId, duration) => ({ ok: false, kind, errorType, errorMessage, stackTrace: trace, requestId, duration });
}

/** The process ended: while an invocation ran, or before it could take one. */
export function exitFailure(kind: 'exit' | 'init', code: number | null, signal: NodeJS.Signals | null): Failure {
  return plainFailure(kind, 'Runtime.ExitError', (requestId) => withRequestId(requestId, exitReason(code, signal)));
}

/** @param limit milliseconds */
export function timeoutFailure(kind: 'timeout' | 'init', limit: number): Failure {
  const text = `Task timed out after ${(limit / 1000).toFixed(2)} seconds`;
  return plainFailure(kind, 'Sandbox.Timedout', (requestId) => requestId === '' ? text : `${new Date().toISOString()} ${requestId} ${text}`);
}

/** There is nothing that could run the function here. */
export function unservedFailure(reason: string): Failure {
  return plainFailure('none', 'Local.FunctionNotServed', () => reason);
}

/** `ReservedConcurrentExecutions: 0` turns a function off. */
export function throttledFailure(): Failure {
  return plainFailure('error', 'TooManyRequestsException', () => 'Rate Exceeded.');
}

export function closedFailure(reason: string): Failure {
  return plainFailure('exit', 'Local.FunctionEnded', (requestId) => withRequestId(requestId, reason));
}

/** Why it fails, apart from any invocation. */
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

/** As Lambda's supervisor, a Go program, words them. */
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
