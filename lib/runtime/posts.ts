import type { Address } from './address';
import { hashOf } from './aws/signature';
import { runtimeError } from './error';
import { callConnection, Failure, failureOf, Frame } from './management-api';

/** A connection that something is sent to. */
export interface Recipient {
  readonly connectionId: string;
  /** By default that of the current invocation. */
  readonly stage?: string;
  /** When it was connected, in milliseconds since 1970. */
  readonly at?: number;
  /** Whether it receives the quiet frame, and does not count. */
  readonly quiet?: boolean;
}

/** What API Gateway sends, in bytes. */
const MOST_BYTES = 131_072;

/** What became of a post. */
export type Outcome = 'delivered' | 'gone' | 'pending' | Failure;

/** Never fails: a reason is an outcome, too. */
export async function post({ connectionId, at }: Recipient, address: Address, deadline: number, frame: Frame): Promise<Outcome> {
  try {
    const answer = await callConnection('POST', connectionId, address, deadline, frame);
    if (answer.status < 300) return 'delivered';
    if (answer.status !== 410) return failureOf(answer, address);
    // API Gateway answers 410 until $connect has returned.
    return isYoung(at) ? 'pending' : 'gone';
  } catch (error) {
    return failureIn(error);
  }
}

/** For longer than this, a 410 means that a connection is gone. */
export function isYoung(at: number | undefined): boolean {
  return Date.now() - at! < 30_000;
}

export function failureIn(error: unknown): Failure {
  const { code, name, message } = error as Error & { code?: unknown };
  return { code: typeof code === 'string' ? code : name, message };
}

/** What is sent for `data`: text and bytes as they are, the rest as JSON. Fails with TOO_LARGE for what nobody can be sent. */
export function frameOf(data: unknown): string | Uint8Array {
  const frame = typeof data === 'string' || data instanceof Uint8Array ? data : JSON.stringify(data) ?? 'null';
  const size = Buffer.byteLength(frame);
  if (size <= MOST_BYTES) return frame;
  const sizes = `a message has at most ${MOST_BYTES} bytes (128 KB), this one ${size}`;
  throw runtimeError('TOO_LARGE', `${sizes}: send parts, or a link. Nothing was sent`);
}

export function prepared(data: string | Uint8Array): Frame {
  const frame = frameOf(data);
  // Bytes may change before their last attempt.
  const body = typeof frame === 'string' ? frame : Uint8Array.from(frame);
  return { body, hash: hashOf(body) };
}
