import { indexOf, parseJson, slice, toJson, toNumber } from './primordials';

/*
 * The lines of UTF-8 that the gateway and a handler's process exchange on file descriptor 3. Both ends use this file; python_lines.py has
 * the same for Python. The first character is the kind of a line:
 *
 * To the process, after a first line with the `ProcessSetup` as JSON:
 *   I<request id><lease> <event>            run this when what was sent before is done; in-flight.ts says what a lease is
 *   C<request id><lease> <length> <client context><event>
 *                                           the same with a client context: JSON of `length` characters, which are ASCII
 *
 * From the process:
 *   S                                       the handler is loaded
 *   F<error>                                the handler cannot be loaded
 *   R<request id><milliseconds> <result>    an invocation succeeded
 *   E<request id><milliseconds> <error>     an invocation failed
 *   X<request id><milliseconds> <error>     an invocation failed, and the process ends
 *   B<count>                                a lease is over: of the `count` invocations received so far, all unstarted ones are returned
 *   O[stream, request id or null, text]     the handler printed this
 *   N[...]                                  a note on a call to AWS (node-network.ts writes it, aws-calls.ts reads it)
 *
 * Events and results cross as the JSON that they are: neither end parses or quotes what it only hands on.
 * A handler can write to the descriptor too; the gateway ends its process after any other line.
 */

/** The file descriptor. */
export const CHANNEL = 3;

/** Lambda's limit for a result, in bytes. */
export const RESPONSE_LIMIT = 6_291_556;

/** The most bytes of a line from the process: the largest result, and what stands before it. */
export const LINE_LIMIT = RESPONSE_LIMIT + 100;

/** The first line to the process. */
export interface ProcessSetup {
  /** `index.send` */
  readonly handler: string;
  readonly arn: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** 24 of `nodejs24.x`, 3 of `python3.13`. */
  readonly runtimeMajor: number;
  /** Where ES modules, which ignore NODE_PATH, find packages that their own folders lack. */
  readonly fallbackDirectory?: string;
  /** Port on 127.0.0.1 that debuggers attach to. */
  readonly inspectorPort?: number;
}

/** An error as Lambda's runtimes report it. */
export interface HandlerError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type OutputStream = 'stdout' | 'stderr';

/** A line from the process. */
export type ProcessMessage =
  | { readonly type: 'loaded' }
  | { readonly type: 'not-loaded'; readonly error: HandlerError }
  | { readonly type: 'result'; readonly requestId: string; readonly duration: number; readonly payload: string }
  /** `last`: the process ends. */
  | { readonly type: 'error'; readonly requestId: string; readonly duration: number; readonly error: HandlerError; readonly last: boolean }
  | { readonly type: 'returned'; readonly count: number }
  | { readonly type: 'output'; readonly stream: OutputStream; readonly requestId?: string; readonly text: string }
  /** Informative only: malformed facts are ignored. */
  | { readonly type: 'note'; readonly facts: unknown };

const KIND = {
  invocation: 'I',
  withContext: 'C',
  loaded: 'S',
  notLoaded: 'F',
  result: 'R',
  error: 'E',
  lastError: 'X',
  returned: 'B',
  output: 'O',
  note: 'N',
} as const;

/** Where the 36 characters of a request id end. */
const ID_END = 37;

export function encodeSetup(setup: ProcessSetup): string {
  return JSON.stringify(setup);
}

/**
 * @param lease `systemTime` after which the process must not start this invocation; if absent, it always may
 * @param clientContext JSON
 */
export function encodeInvocation(requestId: string, event: string, lease?: number, clientContext?: string): string {
  // In JSON, a line feed can only be white space.
  const text = event.includes('\n') ? event.replaceAll('\n', ' ') : event;
  if (clientContext === undefined) return `${KIND.invocation}${requestId}${lease ?? ''} ${text}`;
  const context = asciiJson(clientContext);
  return `${KIND.withContext}${requestId}${lease ?? ''} ${context.length} ${context}${text}`;
}

/** In ASCII, as Python counts other characters than JavaScript. */
function asciiJson(json: string): string {
  return JSON.stringify(JSON.parse(json)).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Decodes a line from the process, which is untrusted.
 *
 * @returns undefined if the line is malformed
 */
export function decodeMessage(line: string): ProcessMessage | undefined {
  switch (line[0]) {
    case KIND.result:
    case KIND.error:
    case KIND.lastError: return decodeEnd(line);
    case KIND.output: return decodeOutput(parsed(line.slice(1)));
    case KIND.returned: return COUNT.test(line.slice(1)) ? { type: 'returned', count: Number(line.slice(1)) } : undefined;
    case KIND.note: return { type: 'note', facts: parsed(line.slice(1)) };
    case KIND.loaded: return line === KIND.loaded ? { type: 'loaded' } : undefined;
    case KIND.notLoaded: {
      const error = decodeError(line.slice(1));
      return error && { type: 'not-loaded', error };
    }
    default: return undefined;
  }
}

const COUNT = /^\d{1,15}$/;
/** Milliseconds with as many digits as a double holds. */
const DURATION = /^\d{1,12}(?:\.\d{1,6})?$/;
const LONGEST_DURATION = 20;

function decodeEnd(line: string): ProcessMessage | undefined {
  const space = line.slice(0, ID_END + LONGEST_DURATION).indexOf(' ');
  const milliseconds = line.slice(ID_END, space);
  if (space < ID_END || !DURATION.test(milliseconds)) return undefined;
  const requestId = line.slice(1, ID_END);
  const duration = Number(milliseconds);
  const text = line.slice(space + 1);
  // The result is not parsed: Python writes `NaN`, which is not JSON.
  if (line[0] === KIND.result) return { type: 'result', requestId, duration, payload: text };
  const error = decodeError(text);
  return error && { type: 'error', requestId, duration, error, last: line[0] === KIND.lastError };
}

function decodeError(text: string): HandlerError | undefined {
  const { errorType, errorMessage, trace } = (parsed(text) ?? {}) as Partial<Record<keyof HandlerError, unknown>>;
  if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined;
  return Array.isArray(trace) && trace.every((line) => typeof line === 'string') ? { errorType, errorMessage, trace } : undefined;
}

function decodeOutput(value: unknown): ProcessMessage | undefined {
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

/*
 * The end of the process. A handler may have replaced any global by now, so these functions use primordials.ts only.
 */

export function decodeSetup(line: string): ProcessSetup {
  return parseJson(line) as ProcessSetup;
}

export function decodeInvocation(line: string): {
  readonly requestId: string; readonly event: string; readonly clientContext?: string; readonly lease?: number;
} {
  const space = indexOf(line, ' ', ID_END);
  const lease = space === ID_END ? undefined : toNumber(slice(line, ID_END, space));
  const requestId = slice(line, 1, ID_END);
  if (line[0] === KIND.invocation) return { requestId, event: slice(line, space + 1), lease };
  const begin = indexOf(line, ' ', space + 1) + 1;
  const end = begin + toNumber(slice(line, space + 1, begin - 1));
  return { requestId, event: slice(line, end), clientContext: slice(line, begin, end), lease };
}

export function encodeLoaded(): string {
  return KIND.loaded;
}

export function encodeNotLoaded(error: HandlerError): string {
  return `${KIND.notLoaded}${encodeHandlerError(error)}`;
}

/** @param result as JSON */
export function encodeResult(requestId: string, duration: number, result: string): string {
  return `${KIND.result}${requestId}${duration} ${result}`;
}

/** @param last the process ends */
export function encodeError(requestId: string, duration: number, error: HandlerError, last: boolean): string {
  return `${last ? KIND.lastError : KIND.error}${requestId}${duration} ${encodeHandlerError(error)}`;
}

export function encodeReturned(count: number): string {
  return `${KIND.returned}${count}`;
}

export function encodeOutput(stream: OutputStream, requestId: string | undefined, text: string): string {
  return `${KIND.output}["${stream}",${requestId === undefined ? 'null' : `"${requestId}"`},${toJson(text)}]`;
}

export function encodeNote(facts: readonly unknown[]): string {
  return `${KIND.note}${toJson(facts)}`;
}

/** Built from strings: `JSON.stringify` of an object would call a `toJSON` that the handler put on `Object.prototype`. */
function encodeHandlerError({ errorType, errorMessage, trace }: HandlerError): string {
  let lines = '';
  for (let index = 0; index < trace.length; index++) lines += `${index === 0 ? '' : ','}${toJson(trace[index])}`;
  return `{"errorType":${toJson(errorType)},"errorMessage":${toJson(errorMessage)},"trace":[${lines}]}`;
}
