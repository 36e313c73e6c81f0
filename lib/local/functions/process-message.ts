import type { HandlerError } from './failures';

/** A parsed line of a handler's process; process-channel.ts documents the format. */
export type ProcessMessage =
  | { readonly type: 'loaded' }
  | { readonly type: 'not-loaded'; readonly error: HandlerError }
  | { readonly type: 'result'; readonly requestId: string; readonly duration: number; readonly payload: string }
  /** `last`: the process ends. */
  | { readonly type: 'error'; readonly requestId: string; readonly duration: number; readonly error: HandlerError; readonly last: boolean }
  | { readonly type: 'returned'; readonly count: number }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly requestId?: string; readonly text: string }
  /** Informative only: malformed facts are ignored (aws-calls.ts). */
  | { readonly type: 'aws-call'; readonly facts: unknown };

const REQUEST_ID_END = 37;
/** Digits of milliseconds, with three decimals at most: no more than a double holds. */
const DURATION = /^\d{1,12}(?:\.\d{1,6})?$/;
const LONGEST_DURATION = 20;
const COUNT = /^\d{1,15}$/;

/**
 * Parses a line. A handler can write to the descriptor too, so the line is untrusted.
 *
 * @returns undefined if it is malformed
 */
export function readMessage(line: string): ProcessMessage | undefined {
  switch (line[0]) {
    case 'R':
    case 'E':
    case 'X': return readEnd(line);
    case 'O': return readOutput(parsed(line.slice(1)));
    case 'B': return COUNT.test(line.slice(1)) ? { type: 'returned', count: Number(line.slice(1)) } : undefined;
    case 'N': return { type: 'aws-call', facts: parsed(line.slice(1)) };
    case 'S': return line === 'S' ? { type: 'loaded' } : undefined;
    case 'F': {
      const error = readError(line.slice(1));
      return error && { type: 'not-loaded', error };
    }
    default: return undefined;
  }
}

function readEnd(line: string): ProcessMessage | undefined {
  const space = line.slice(0, REQUEST_ID_END + LONGEST_DURATION).indexOf(' ');
  const milliseconds = line.slice(REQUEST_ID_END, space);
  if (space < REQUEST_ID_END || !DURATION.test(milliseconds)) return undefined;
  const requestId = line.slice(1, REQUEST_ID_END);
  const duration = Number(milliseconds);
  const text = line.slice(space + 1);
  // Not parsed here: Python writes `NaN`, which is not JSON.
  if (line[0] === 'R') return { type: 'result', requestId, duration, payload: text };
  const error = readError(text);
  return error && { type: 'error', requestId, duration, error, last: line[0] === 'X' };
}

function readError(text: string): HandlerError | undefined {
  const { errorType, errorMessage, trace } = (parsed(text) ?? {}) as Partial<Record<keyof HandlerError, unknown>>;
  if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined;
  return Array.isArray(trace) && trace.every((line) => typeof line === 'string') ? { errorType, errorMessage, trace } : undefined;
}

function readOutput(value: unknown): ProcessMessage | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [stream, requestId, text] = value as unknown[];
  if ((stream !== 'stdout' && stream !== 'stderr') || typeof text !== 'string') return undefined;
  if (requestId === null) return { type: 'output', stream, text };
  return typeof requestId === 'string' ? { type: 'output', stream, requestId, text } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
