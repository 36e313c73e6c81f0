import type { Mutable, MutableObject } from './reading/origins';
import type { Json, JsonObject } from './template';

/** An object that is still being built. */
export type OpenObject = Record<string, Json>;

export function isObject(value: Mutable | undefined): value is MutableObject;
export function isObject(value: Json | undefined): value is JsonObject;
export function isObject(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below a name, or an empty one: for options that are optional at each level. */
export function objectAt(owner: JsonObject, name: string): JsonObject {
  const value = owner[name];
  return isObject(value) ? value : {};
}

/** Without the members that are undefined. */
export function defined<T extends object>(members: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as ReturnType<typeof defined<T>>;
}

/** Whether both have the same members in the same order. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** `Tags` of most resources: a list of pairs. */
export function tagList(tags: JsonObject): JsonObject[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** What an object holds below these names would change objects that have nothing to do with it. */
const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

export function isUnsafeName(name: string): boolean {
  return UNSAFE_NAMES.has(name);
}
