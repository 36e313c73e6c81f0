import type { Address } from './address';
import { codeOf, described } from './aws/answer';
import { hashOf } from './aws/signature';
import { runtimeError } from './error';
import { callConnection, Frame } from './management-api';

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

/** Why a post failed. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What became of a post. */
export type Outcome = 'delivered' | 'gone' | 'pending' | Failure;

/** What API Gateway sends, in bytes. */
const MOST_BYTES = 131_072;

/** Never fails: a reason is an outcome, too. */
export async function post({ connectionId, at }: Recipient, address: Address, deadline: number, frame: Frame): Promise<Outcome> {
  try {
    const answer = await callConnection('POST', connectionId, address, deadline, frame);
    const { status, type } = answer;
    if (status < 300) return 'delivered';
    if (status !== 410) return { code: codeOf(answer) ?? (type || `HTTP_${status}`), message: described(nameOf(address), answer) };
    return isYoung(at) ? 'pending' : 'gone';
  } catch (error) {
    return failureIn(error);
  }
}

/** API Gateway answers 410 until `$connect` has returned. For longer than this, a 410 means that a connection is gone. */
export function isYoung(at: number | undefined): boolean {
  return Date.now() - at! < 30_000;
}

/** Who answers, for a text. */
export function nameOf({ endpoint: { host, path } }: Address): string {
  return host + path;
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

export function prepared(data: unknown): Frame {
  const frame = frameOf(data);
  // Bytes may change before their last attempt.
  const body = typeof frame === 'string' ? frame : Uint8Array.from(frame);
  return { body, hash: hashOf(body) };
}
