import { shortened } from './quote';

/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parsed JSON; `undefined` if the text is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key, never an inherited one: a template may have a resource called `constructor`. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The object at a key; an empty one if there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isRecord(value) ? value : {};
}

/** The string at a key, if there is one. */
export function textAt(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** A scalar as text, as CloudFormation writes it; `undefined` for lists, objects and null. */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A value as its author would recognise it, on one line of limited length. */
export function show(value: unknown): string {
  return shortened(JSON.stringify(value) ?? String(value));
}
