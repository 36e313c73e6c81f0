import * as fs from 'fs';
import { types } from 'util';

/*
 * Own copies of the globals that the runtime uses, taken before the handler's code is loaded: that code may replace, freeze or extend every
 * global. From then on, the runtime calls methods of strings, arrays and Node.js objects through these copies only.
 */

type Method = (this: never, ...args: never[]) => unknown;
type Unbound<F extends Method> = (self: ThisParameterType<F>, ...args: Parameters<F>) => ReturnType<F>;

/** The method as a function whose first argument is `this`; it does not depend on `Function.prototype.call` later. */
function unbound<F extends Method>(method: F): Unbound<F> {
  return Function.prototype.call.bind(method) as Unbound<F>;
}

type TextMethod<K extends keyof string> = string[K] extends (...args: infer A) => infer R ? (this: string, ...args: A) => R : never;
const text = String.prototype as unknown as { [K in keyof string]: TextMethod<K> };

export const slice = unbound(text.slice);
export const indexOf = unbound(text.indexOf as (this: string, searched: string, position?: number) => number);
export const includes = unbound(text.includes);
export const startsWith = unbound(text.startsWith);
export const endsWith = unbound(text.endsWith);
export const inHexadecimal = unbound(Number.prototype.toString as (this: number, radix: 16) => string);

export const toText = String;
export const toNumber = Number;
export const { parse: parseJson, stringify: toJson } = JSON;
export const { round, floor } = Math;
export const { defineProperty } = Object;
export const { isNativeError } = types;
export const { Error: NativeError, SyntaxError: NativeSyntaxError, Promise: NativePromise } = globalThis;

export const now = Date.now;
export const elapsed = performance.now.bind(performance);
export const later = setImmediate;
export const nextTick = process.nextTick.bind(process);
export const exit = process.exit.bind(process);
export const sleep = Atomics.wait;

const { bigint: monotonicTime } = process.hrtime;

/** Milliseconds of a clock that all processes of a machine share, and that only goes forward. */
export function systemTime(): number {
  return toNumber(monotonicTime()) / 1e6;
}

export const { existsSync, readFileSync, writeSync } = fs;
export const bytesOf = Buffer.from as (content: string | Uint8Array) => Buffer;
export const decode = unbound(Buffer.prototype.toString as (this: Buffer, encoding: 'utf8') => string);
export const byteLength = Buffer.byteLength as (text: string) => number;

/** Like `text.split(separator)`. */
export function split(whole: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let end = indexOf(whole, separator); end !== -1; end = indexOf(whole, separator, start)) {
    append(parts, slice(whole, start, end));
    start = end + separator.length;
  }
  append(parts, slice(whole, start));
  return parts;
}

/** Like `list.push(value)`, but calls no setter that a handler put on `Array.prototype`. */
export function append<T>(list: T[], value: T): void {
  defineProperty(list, list.length, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
