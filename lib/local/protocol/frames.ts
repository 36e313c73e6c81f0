import { UNVERIFIED } from './unverified';

/** The texts of error frames, for messages that cannot be answered (4.4). */
export type FrameMessage =
  | 'Forbidden'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Invalid request body'
  | typeof UNVERIFIED.throttledFrame
  | typeof UNVERIFIED.oversizedResponse;

/** The text of an error frame, with the spaces of AWS (4.4); ids and messages need no escaping. */
export function errorFrame(message: FrameMessage, connectionId: string, requestId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}

/** How a connection ends, for the client and for `$disconnect`. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** The closes that the gateway starts (7.3). */
export const CLOSES = {
  /** 7.2.2: no message for too long. */
  idle: { code: 1001, reason: 'Going away' },
  duration: UNVERIFIED.durationClose,
  deployed: UNVERIFIED.deploymentClose,
  deleted: UNVERIFIED.deletedClose,
  binary: UNVERIFIED.binaryClose,
  tooBig: UNVERIFIED.tooBigClose,
  shutdown: UNVERIFIED.shutdownClose,
} as const satisfies Record<string, Close>;

/** RFC 6455 7.1.5: a close frame without a code, and no close frame at all. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;

/**
 * The code and reason that `$disconnect` gets when the gateway did not start the close (7.3).
 *
 * @param code as the socket reports it; 1005 and 1006 are never sent
 */
export function disconnectOf(code: number, reason: string): Close {
  if (code === ABNORMAL) return UNVERIFIED.lostClose;
  if (code === NO_STATUS) return { code, reason: 'Client-side close frame status not set' };
  return { code, reason };
}
