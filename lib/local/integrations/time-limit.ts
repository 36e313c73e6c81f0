import type { Integration } from '../assembly/model';
import { LIMITS } from '../protocol/limits';

export const TIMED_OUT = Symbol('timed out');

/** Milliseconds: what the integration asks for, at most what API Gateway gives (4.4.5). */
export function timeLimit({ timeout }: Integration): number {
  return Math.min(timeout, LIMITS.integrationTimeoutMs);
}

/** What the work comes to, or `TIMED_OUT`: the work goes on then (4.4.5). The work never rejects. */
export function withinTime<T>(work: Promise<T>, milliseconds: number): Promise<T | typeof TIMED_OUT> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, TIMED_OUT);
    void work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
