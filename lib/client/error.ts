/** An error of the client, or of the server's reply to a request. */
export class SocketError extends Error {
  public override readonly name = 'SocketError';

  public constructor(
    /** `TIMEOUT`, `CONNECTION_LOST`, `CLOSED`, `TOO_LARGE`; or the code of the reply, such as `INVALID_BODY`. */
    public readonly code: string,
    message: string,
    /** What the server's schema finds wrong with the message. */
    public readonly issues?: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[],
  ) {
    super(message);
  }
}
