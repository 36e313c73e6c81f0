import * as fs from 'fs';
import { types } from 'util';

/*
 * The globals that the bootstrap uses, as they are before a handler's code is loaded: that may replace, freeze or extend every one of
 * them. After that, the bootstrap calls no method of a string, an array or an object of Node.js but by these.
 */

type Method = (this: never, ...args: never[]) => unknown;
type Unbound<F extends Method> = (self: ThisParameterType<F>, ...args: Parameters<F>) => ReturnType<F>;

/** The method as a function whose first argument is `this`. It keeps working if a handler replaces `Function.prototype.call`. */
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

/** Sets an own element, without calling a setter that a handler put on `Array.prototype`. */
export function append<T>(list: T[], value: T): void {
  defineProperty(list, list.length, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}
