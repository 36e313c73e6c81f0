import * as path from 'path';
import type { HandlerError } from './lines';
import { append, defineProperty, includes, isNativeError, NativeError, slice, split, toText } from './primordials';

const ERROR_UNREADABLE = 'callback called with Error argument, but there was a problem while retrieving one or more of its '
  + 'message, name, and stack';
/** In a stack, what called the handler is below the first frame of this folder. */
const OWN_FILES = __dirname + path.sep;
/** Characters of a message, and of a stack, that are sent to the gateway. */
const LONGEST = 262_144;

/** An error of Lambda's runtime: `Runtime.<name>`. */
export function runtimeError(name: string, message: string, stack?: string): Error {
  return namedError(`Runtime.${name}`, message, stack ?? `Runtime.${name}: ${message}`);
}

/** Defines instead of assigns, since `Error.prototype` may be frozen. */
export function namedError(name: string, message: string, stack: string): Error {
  const error = new NativeError(message);
  define(error, 'name', name);
  define(error, 'stack', stack);
  return error;
}

function define(error: Error, key: string, value: string): void {
  defineProperty(error, key, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor);
}

/** What a handler threw, as Lambda's runtime clients report it. */
export function reported(error: unknown): HandlerError {
  try {
    if (!isNativeError(error) && !(error instanceof NativeError)) {
      return { errorType: typeof error, errorMessage: shortened(error), trace: [] };
    }
    return { errorType: shortened(error.name), errorMessage: shortened(error.message), trace: traceOf(error) };
  } catch {
    return { errorType: 'handled', errorMessage: ERROR_UNREADABLE, trace: [] };
  }
}

function traceOf(error: Error): string[] {
  const lines = split(shortened(error.stack ?? ''), '\n');
  const trace: string[] = [];
  for (let index = 0; index < lines.length && !includes(lines[index], OWN_FILES); index++) {
    if (lines[index] !== '') append(trace, lines[index]);
  }
  return trace;
}

function shortened(value: unknown): string {
  const whole = toText(value);
  return whole.length > LONGEST ? `${slice(whole, 0, LONGEST)}...` : whole;
}

/** Like `String(value)`, but never throws. */
export function textOf(value: unknown): string {
  try {
    return toText(value);
  } catch {
    return typeof value;
  }
}
