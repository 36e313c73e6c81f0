/** An error with a way out; `code` is stable and listed in docs/local.md, the message is one line. */
export class GatewayError extends Error {
  public constructor(public readonly code: GatewayErrorCode, message: string) {
    super(message);
    this.name = 'GatewayError';
  }
}

export type GatewayErrorCode =
  /** There is no assembly where one was expected, or it cannot be read. */
  | 'ASSEMBLY_NOT_FOUND'
  | 'ASSEMBLY_BROKEN'
  /** The assembly has no WebSocket API, or not the stack that was asked for. */
  | 'NO_WEBSOCKET_API'
  | 'NO_SUCH_STACK'
  /** An asset that a function or a nested stack needs is not in the assembly. */
  | 'ASSET_NOT_FOUND'
  /** A value that routing depends on is known after deployment only. */
  | 'UNRESOLVABLE'
  | 'PORT_IN_USE'
  | 'PORT_REFUSED'
  | 'HOST_NOT_FOUND'
  | 'ENV_FILE_UNREADABLE'
  /** An option of `startGateway` or of the command that makes no sense. */
  | 'INVALID_OPTION'
  /** The app could not be synthesized; the message is its own. */
  | 'APP_FAILED';
