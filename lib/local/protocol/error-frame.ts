import { UNVERIFIED } from './unverified';

/** What the sender of a message is told when it cannot be answered (4.4). */
export type FrameMessage =
  | 'Forbidden'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Invalid request body'
  | typeof UNVERIFIED.throttledFrame
  | typeof UNVERIFIED.oversizedResponse;

/** The text that the client gets, in the spacing of AWS (4.4); ids and messages hold nothing to escape. */
export function errorFrame(message: FrameMessage, connectionId: string, requestId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
