import { UNVERIFIED } from './unverified';

/** How a connection ends: what the client is sent and what `$disconnect` is told. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Why the gateway closes a connection: what it sends the client and what `$disconnect` is told (7.3). */
export const CLOSES = {
  /** 7.2.2 */
  idle: { code: 1001, reason: 'Going away' },
  duration: UNVERIFIED.durationClose,
  deleted: UNVERIFIED.deletedClose,
  binary: UNVERIFIED.binaryClose,
  tooBig: UNVERIFIED.tooBigClose,
  shutdown: UNVERIFIED.shutdownClose,
} as const satisfies Record<string, Close>;

/** RFC 6455 7.1.5: a close frame without a code. */
const NO_STATUS = 1005;
/** RFC 6455 7.1.5: no close frame at all. */
const ABNORMAL = 1006;

/**
 * What `$disconnect` is told of a connection that the gateway did not close (7.3).
 *
 * @param code as the socket gives it: 1005 and 1006 are never sent
 */
export function disconnectOf(code: number, reason: string): Close {
  if (code === ABNORMAL) return UNVERIFIED.lostClose;
  if (code === NO_STATUS) return { code, reason: 'Client-side close frame status not set' };
  return { code, reason };
}
