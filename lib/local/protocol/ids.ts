import { randomFillSync } from 'crypto';

// One call of the system makes hundreds of ids.
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** An id as AWS makes them for connections, requests and messages (1.3.8): 11 bytes, 16 characters, the last is `=`. */
export function newId(): string {
  const start = take(11);
  return `${pool.toString('base64url', start, start + 11)}=`;
}

/** Whether it has the form of an id; of another form `@connections` says so (6.7). */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{15}=$/.test(text);
}

/**
 * A header `X-Amzn-Trace-Id` (1.3.4).
 *
 * @param now milliseconds since 1970
 */
export function newTraceId(now: number): string {
  const start = take(12);
  const second = Math.floor(now / 1000).toString(16).padStart(8, '0');
  return `Root=1-${second}-${pool.toString('hex', start, start + 12)}`;
}

/** Takes bytes that nobody had; says where they start. */
function take(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}
