import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { LIBRARY_FOLDER } from './library-folder';

/** A fault about one value: what is wrong with it, and the way out. */
export interface Fault {
  readonly reason: string;
  readonly remedy: string;
}

/** The error for a bad value: construct path, property, value, reason and remedy. */
export function problem(scope: IConstruct, property: string, value: unknown, fault: Fault): never {
  return fail(scope, [describe(property, value, fault)]);
}

/** The message of `problem`, without the construct. */
export function describe(property: string, value: unknown, { reason, remedy }: Fault): string {
  return `${property}: ${show(value)} ${reason}; ${remedy}`;
}

/**
 * Throws one error for several bad values.
 *
 * Its stack begins at the line of the user that called the library.
 */
export function fail({ node }: IConstruct, descriptions: readonly string[]): never {
  const error = new Error(descriptions.map((text) => `${node.path}: ${text}`).join('\n'));
  thrown.set(error, descriptions);
  error.stack = fromUser(error, fail);
  throw unquoted('node-do-not-add-exception-line', error);
}

/** Throws an error of aws-cdk-lib again. Its stack, ten calls of aws-cdk-lib and of this library, begins at the line of the user, too. */
export function rethrow(error: unknown): never {
  if (error instanceof Error && !thrown.has(error)) {
    // aws-cdk-lib says there which construct it is.
    const [construct = ''] = /\nRelates to construct:[^]*$/.exec(String(error.stack)) ?? [];
    error.stack = `${fromUser(error, rethrow)}${construct}`;
  }
  throw unquoted('node-do-not-add-exception-line', error);
}

/**
 * Node.js prints the line that throws above an error that nobody catches, and it would be one of ours. A line with this word is not
 * printed; in a comment the word would not survive bundling.
 */
function unquoted(_word: 'node-do-not-add-exception-line', error: unknown): unknown {
  return error;
}

/** Not a property of the errors, since Node.js would print it with them. */
const thrown = new WeakMap<object, readonly string[]>();

/** Runs all steps, and throws the problems of several as one error. */
export function takeAll<T>(scope: IConstruct, steps: ReadonlyArray<() => T>): T[] {
  const faults: string[] = [];
  const results = steps.flatMap((step) => {
    try {
      return [step()];
    } catch (error) {
      const descriptions = thrown.get(error as object);
      if (!descriptions) throw error;
      faults.push(...descriptions);
      return [];
    }
  });
  if (faults.length > 0) fail(scope, faults);
  return results;
}

/**
 * Runs a method that adds to a construct. If it throws, synthesis fails with the same error, even if the app catches it: what was made is
 * incomplete.
 */
export function failSynthesisWith<T>({ node }: IConstruct, method: () => T): T {
  try {
    return method();
  } catch (error) {
    node.addValidation({ validate: () => [error instanceof Error ? error.message : String(error)] });
    throw error; // node-do-not-add-exception-line
  }
}

const OURS = `${LIBRARY_FOLDER}${path.sep}`;

/** Frames between the user's code and the library: of aws-cdk-lib and of Node.js. */
const BETWEEN = /[\\/]node_modules[\\/](aws-cdk-lib|constructs)[\\/]|\(<anonymous>\)|\(node:|\(native\)/;

/** The stack without the frames of this library. */
function fromUser(error: Error, caller: (...args: never[]) => unknown): string | undefined {
  const { stackTraceLimit } = Error;
  // The default of ten frames may all be ours.
  Error.stackTraceLimit = Infinity;
  Error.captureStackTrace(error, caller);
  const { stack } = error;
  Error.stackTraceLimit = stackTraceLimit;
  // Who has an Error.prepareStackTrace may make anything of it.
  if (typeof stack !== 'string') return stack;
  const calls = stack.slice(stack.lastIndexOf(error.message) + error.message.length).split('\n').slice(1).filter((line) => !line.includes(OURS));
  const first = calls.findIndex((line) => !BETWEEN.test(line));
  return [`${error.name}: ${error.message}`, ...calls.slice(Math.max(first, 0), Math.max(first, 0) + stackTraceLimit)].join('\n');
}

/** A value as its author would recognise it. */
export function show(value: unknown): string {
  if (value === undefined) return '(not set)';
  if (Construct.isConstruct(value)) return value.node.path;
  if (value instanceof Duration) return value.toHumanString();
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const kind = Object.getPrototypeOf(value) === Object.prototype ? '' : `${value.constructor?.name || 'object'} `;
  const keys = Object.keys(value);
  return `${kind}${keys.length > 0 ? `{ ${keys.join(', ')} }` : '{}'}`;
}

/** `a, b and c` */
export function list(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items[items.length - 1]}`;
}
