import type { Json, JsonObject } from './template';

/** An object that is still being built. */
export type OpenObject = Record<string, Json>;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below a name, or an empty one: for options that are optional at each level. */
export function objectAt(owner: JsonObject, name: string): JsonObject {
  const value = owner[name];
  return isObject(value) ? value : {};
}

/** Without the entries that are not there. */
export function defined(entries: Readonly<Record<string, Json | undefined>>): OpenObject {
  const object: OpenObject = {};
  for (const [name, value] of Object.entries(entries)) {
    if (value !== undefined) object[name] = value;
  }
  return object;
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
