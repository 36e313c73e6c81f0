/** An error that says what to do about it, in one line. `code` is stable and listed in docs/local.md. */
export class GatewayError extends Error {
  public constructor(public readonly code: GatewayErrorCode, message: string) {
    super(message);
    this.name = 'GatewayError';
  }
}

export type GatewayErrorCode =
  /** The folder has no assembly, or a file of the assembly cannot be read. */
  | 'ASSEMBLY_NOT_FOUND'
  | 'ASSEMBLY_BROKEN'
  /** The assembly has no WebSocket API, or no stack of the name that an option gives. */
  | 'NO_WEBSOCKET_API'
  | 'NO_SUCH_STACK'
  /** An asset that a function or a nested stack needs is not in the assembly. */
  | 'ASSET_NOT_FOUND'
  /** A value that routing depends on is known only after deployment. */
  | 'UNRESOLVABLE'
  | 'PORT_IN_USE'
  | 'PORT_REFUSED'
  | 'HOST_NOT_FOUND'
  | 'ENV_FILE_UNREADABLE'
  /** Another gateway uses the folder of `--data`. */
  | 'DATA_IN_USE'
  /** The file of `--record` is something else, or cannot be written. */
  | 'RECORDING_REFUSED'
  /** The file to replay is not a recording, is broken, or was written by a later version. */
  | 'RECORDING_BROKEN'
  /** An option of `startGateway` or of the command line has a value that it does not take. */
  | 'INVALID_OPTION'
  /** The command `token` found no gateway, or one that makes no such token. */
  | 'NO_TOKEN'
  /** A fault has an argument that it does not take, or names a connection or a route that is not there. */
  | 'INVALID_FAULT'
  /** A service of Serverless cannot be taken over as it is. */
  | 'SERVICE_REFUSED'
  /** The app could not be synthesized; the message is its own. */
  | 'APP_FAILED';
