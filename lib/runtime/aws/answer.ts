import { RuntimeErrorCode, runtimeError, WebsocketError } from '../error';

/** An answer of AWS. */
export interface Answer {
  readonly status: number;
  /** `LimitExceededException` and the like; empty for a success. */
  readonly type: string;
  readonly body: string;
  /** Of a failure. */
  readonly date?: string;
}

export function isPassing({ status }: Answer): boolean {
  return status === 429 || status >= 500;
}

export function codeOf({ status }: Answer): RuntimeErrorCode | undefined {
  if (status === 403) return 'FORBIDDEN';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'THROTTLED';
  return status >= 500 ? 'TIMEOUT' : undefined;
}

/** `<who> answered 403 AccessDeniedException User: ... is not authorized ...` */
export function described(who: string, { status, type, body }: Answer): string {
  const { message, Message = message } = objectIn(body) ?? {};
  return [who, 'answered', status, type, Message].filter(Boolean).join(' ');
}

export function refusal(who: string, answer: Answer): WebsocketError {
  return runtimeError(codeOf(answer) ?? 'CONFIGURATION', described(who, answer));
}

/** What a text holds as JSON; `undefined` where it is no object. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object') return value as Record<string, unknown> ?? undefined;
  } catch {
    // Falls through: no JSON and no object are the same.
  }
  return undefined;
}
