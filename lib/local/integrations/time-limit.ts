import type { Integration } from '../assembly/model';
import type { InvocationResult } from '../functions/invoker';
import { LIMITS } from '../protocol/limits';

export const TIMED_OUT = Symbol('timed out');
type TimedResult = InvocationResult | typeof TIMED_OUT;

/** Milliseconds that an invocation waits for a process at most: no client of AWS ever waits longer than that. */
const LONGEST_WAIT = LIMITS.integrationTimeoutMs;

/** Milliseconds: what the integration asks for, at most what API Gateway gives (4.4.5). */
export function timeLimit({ timeout }: Integration): number {
  return Math.min(timeout, LIMITS.integrationTimeoutMs);
}

/**
 * What the invocation comes to, or `TIMED_OUT`: the function goes on then (4.4.5). Only the time that it runs counts: for what
 * waits here for a process, AWS has room. Who waits is told in the end all the same.
 */
export function withinTime(milliseconds: number, invoke: (onStart: () => void) => Promise<InvocationResult>): Promise<TimedResult> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, time, TIMED_OUT);
    };
    const invocation = invoke(() => limit(milliseconds));
    if (!timer) limit(LONGEST_WAIT);
    void invocation.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
