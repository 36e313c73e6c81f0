/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The longest part of a client's or an app's text that a message quotes, in characters. */
const LONGEST_QUOTE = 100;

/** Parsed JSON; `undefined` if the text is not JSON. */
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
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    // Nested too deeply or in itself, or a BigInt.
    return typeof value === 'object' ? 'an object that cannot be shown as JSON' : shortened(String(value));
  }
}

/** An own property of an object: not `length` of an array, and nothing inherited. */
export function member(holder: unknown, name: string): unknown {
  return isRecord(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/**
 * A JSON value as Java's `toString` writes it: `[chat, 1]`, `{room=a, size=2}`. AWS makes text of what a selection expression finds in this
 * way (4.1.3).
 */
export function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value).map(([key, of]) => `${key}=${javaText(of)}`).join(', ')}}`;
}

/** The beginning of a text that may be of any length. */
export function shortened(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
}
