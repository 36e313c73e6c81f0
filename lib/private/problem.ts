import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { LIBRARY_FOLDER } from './library-folder';

/** What is wrong with a value, and how to fix it. */
export interface Fault {
  readonly reason: string;
  readonly remedy: string;
}

/** The error for a bad value: construct path, property, value, reason and remedy. */
export function problem(scope: IConstruct, property: string, value: unknown, fault: Fault): never {
  return fail(scope, [describe(property, value, fault)]);
}

/** The message of `problem`, without the construct path. */
export function describe(property: string, value: unknown, { reason, remedy }: Fault): string {
  return `${property}: ${show(value)} ${reason}; ${remedy}`;
}

/**
 * Throws one error for several bad values. Its stack begins at the user's line that called the library.
 */
export function fail({ node }: IConstruct, descriptions: readonly string[]): never {
  const error = new Error(descriptions.map((text) => `${node.path || 'App'}: ${text}`).join('\n'));
  thrown.set(error, descriptions);
  error.stack = fromUser(error, fail);
  throw unquoted('node-do-not-add-exception-line', error);
}

/** Rethrows an error of aws-cdk-lib, whose ten frames may all be of libraries, with a stack that begins at the user's line. */
export function rethrow(error: unknown): never {
  if (error instanceof Error && !thrown.has(error)) {
    // aws-cdk-lib names the construct at the end of the stack.
    const [construct = ''] = /\nRelates to construct:[^]*$/.exec(String(error.stack)) ?? [];
    error.stack = `${fromUser(error, rethrow)}${construct}`;
  }
  throw unquoted('node-do-not-add-exception-line', error);
}

/**
 * Above an uncaught error, Node.js prints the line that throws, which would be a line of ours. Node.js omits a line that contains this
 * string. In a comment, the string would not survive bundling.
 */
function unquoted(_word: 'node-do-not-add-exception-line', error: unknown): unknown {
  return error;
}

/** The descriptions of each error. As a property of the error, Node.js would print them. */
const thrown = new WeakMap<object, readonly string[]>();

/** Runs all steps, and throws the faults of all of them as one error. */
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
 * Runs a method that adds to a construct. If the method throws, synthesis fails with the same error, even if the app catches it, since the
 * construct is incomplete.
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

/** Frames of aws-cdk-lib and of Node.js. */
const BETWEEN = /[\\/]node_modules[\\/](aws-cdk-lib|constructs)[\\/]|\(<anonymous>\)|\(node:|\(native\)/;

/** The stack from the user's code on, without frames of this library. */
function fromUser(error: Error, caller: (...args: never[]) => unknown): string | undefined {
  const { stackTraceLimit } = Error;
  // The default limit of ten frames may not reach the user's code.
  Error.stackTraceLimit = Infinity;
  Error.captureStackTrace(error, caller);
  const { stack } = error;
  Error.stackTraceLimit = stackTraceLimit;
  // With an `Error.prepareStackTrace`, the stack may be of any type.
  if (typeof stack !== 'string') return stack;
  const frames = stack.slice(stack.lastIndexOf(error.message) + error.message.length).split('\n').slice(1);
  const others = frames.filter((line) => !line.includes(OURS));
  const first = Math.max(others.findIndex((line) => !BETWEEN.test(line)), 0);
  return [`${error.name}: ${error.message}`, ...others.slice(first, first + stackTraceLimit)].join('\n');
}

/** A value as the user recognizes it. */
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
