/** What a client is told of a message that went wrong. */
export type FrameMessage =
  | 'Forbidden'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Invalid request body'
  | 'Too Many Requests';

/** The text that the client gets, in the spacing of AWS (4.4); ids and messages hold nothing to escape. */
export function errorFrame(message: FrameMessage, connectionId: string, requestId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
