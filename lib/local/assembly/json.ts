import { isRecord } from '../protocol/json';
import { shortened } from '../protocol/quote';

/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a key, and never what every object inherits: a template may have a resource called `constructor`. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The object behind a key; an empty one if there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isRecord(value) ? value : {};
}

/** The text behind a key, if it is one. */
export function textAt(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** A scalar as CloudFormation writes it into text; `undefined` for lists, objects and null. */
export function scalarText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A value as its author would recognise it, on one line. */
export function show(value: unknown): string {
  return shortened(JSON.stringify(value) ?? String(value));
}
