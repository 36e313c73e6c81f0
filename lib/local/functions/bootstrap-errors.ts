import * as path from 'path';
import { types } from 'util';
import type { HandlerError } from './failures';

const ERROR_UNREADABLE = 'callback called with Error argument, but there was a problem while retrieving one or more of its '
  + 'message, name, and stack';
/** What called the handler: the bootstrap is beside this file, or this file is bundled into it. */
const OWN_FILES = path.join(__dirname, 'bootstrap');

/** An error of Lambda's runtime: `Runtime.<name>`. */
export function runtimeError(name: string, message: string, stack?: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = stack ?? `${error.name}: ${message}`;
  return error;
}

/** As Lambda's runtime clients report what a handler threw. */
export function reported(error: unknown): HandlerError {
  try {
    if (!types.isNativeError(error) && !(error instanceof Error)) {
      return { errorType: typeof error, errorMessage: String(error), trace: [] };
    }
    return { errorType: error.name, errorMessage: error.message, trace: traceOf(error) };
  } catch {
    return { errorType: 'handled', errorMessage: ERROR_UNREADABLE, trace: [] };
  }
}

function traceOf(error: Error): string[] {
  const lines = String(error.stack ?? '').split('\n').filter((line) => line !== '');
  const caller = lines.findIndex((line) => line.includes(OWN_FILES));
  return caller === -1 ? lines : lines.slice(0, caller);
}
