/** Of our errors: whether the runtime threw it. A mark, since `import` and `require` load two copies of the class. */
const MARK = /* @__PURE__ */ Symbol.for('cdk-websocket-service.error');

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
    Object.defineProperty(this, MARK, { value: false, writable: true });
  }
}

/** The codes of errors that the runtime itself throws; docs/runtime.md explains each. */
export type RuntimeErrorCode =
  | 'TOO_LARGE' | 'NO_ENDPOINT' | 'NO_STORE' | 'BAD_NAME' | 'BAD_CLAIMS' | 'FORBIDDEN' | 'THROTTLED' | 'TIMEOUT' | 'NOT_CONNECTED'
  | 'TOO_MANY_ROOMS' | 'TOO_MANY_MEMBERS' | 'TOO_MANY_TO_ANNOUNCE' | 'STORE_FAILED' | 'CONFIGURATION';

interface Marked {
  [MARK]?: boolean;
}

/** An error of the runtime. Its text may hold ARNs and names of tables, so that no client is shown it. */
export function runtimeError(code: RuntimeErrorCode, message: string, cause?: unknown): WebsocketError {
  const error: WebsocketError & Marked = new WebsocketError(code, message, cause ? { cause } : undefined);
  error[MARK] = true;
  return error;
}

export function isRuntimeError(error: unknown): boolean {
  return (error as Marked | null | undefined)?.[MARK] === true;
}

/** Whether a client may see its code and text: the handler's own code made it. */
export function isForClients(error: unknown): error is WebsocketError {
  return (error as Marked | null | undefined)?.[MARK] === false;
}
