const FROM_RUNTIME = /* @__PURE__ */ Symbol.for('cdk-websocket-service.runtime-error');
const WEBSOCKET_ERROR = /* @__PURE__ */ Symbol.for('cdk-websocket-service.websocket-error');

/**
 * An error with a code. A handler that throws one of its own answers the message with its code and text; any other error is answered
 * with `INTERNAL` and without its text.
 *
 * @example throw new WebsocketError('ROOM_CLOSED', 'the room lobby is closed until Monday');
 */
export class WebsocketError extends Error {
  public override readonly name = 'WebsocketError';

  public constructor(public readonly code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    Object.defineProperty(this, WEBSOCKET_ERROR, { value: true });
  }
}

/** The codes of errors that the runtime itself throws; docs/runtime.md explains each. */
export type RuntimeErrorCode =
  | 'TOO_LARGE' | 'NO_ENDPOINT' | 'NO_STORE' | 'BAD_NAME' | 'BAD_CLAIMS' | 'FORBIDDEN' | 'THROTTLED' | 'TIMEOUT' | 'NOT_CONNECTED'
  | 'TOO_MANY_ROOMS' | 'TOO_MANY_MEMBERS' | 'TOO_MANY_TO_ANNOUNCE' | 'STORE_FAILED' | 'CONFIGURATION';

/** An error of the runtime. Its text may hold ARNs and names of tables, so that no client is shown it. */
export function runtimeError(code: RuntimeErrorCode, message: string, cause?: unknown): WebsocketError {
  const error = new WebsocketError(code, message, cause === undefined ? undefined : { cause });
  Object.defineProperty(error, FROM_RUNTIME, { value: true });
  return error;
}

/** Whether the runtime threw it. By a mark, since `import` and `require` load two copies of this module. */
export function isRuntimeError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && FROM_RUNTIME in error;
}

/** Whether a client may see its code and text: the handler's own code made it. */
export function isForClients(error: unknown): error is WebsocketError {
  return typeof error === 'object' && error !== null && WEBSOCKET_ERROR in error && !isRuntimeError(error);
}
