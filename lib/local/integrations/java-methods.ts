import { checkCharacters, checkItems, MOST_ITEMS, templateText as javaText } from './template-bounds';
import { isRecord } from '../protocol/json';
import { boundedMatch, Stopwatch } from '../protocol/thread-time';

/** The methods that a template may call on a value: those of Java that templates use, and no others. */
type Methods<T> = Readonly<Record<string, (value: T, ...args: readonly unknown[]) => unknown>>;

/** An object of the gateway in a template, such as `$input`, with these methods and properties only. */
export class TemplateObject {
  // Private, so that printing the object shows nothing.
  readonly #methods: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  readonly #properties: Readonly<Record<string, unknown>>;

  public constructor(
    methods: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>,
    properties: Readonly<Record<string, unknown>> = {},
  ) {
    this.#methods = methods;
    this.#properties = properties;
  }

  public call(name: string, args: readonly unknown[]): unknown {
    return Object.hasOwn(this.#methods, name) ? this.#methods[name](...args) : undefined;
  }

  public read(name: string): unknown {
    return Object.hasOwn(this.#properties, name) ? this.#properties[name] : undefined;
  }
}

/** Calls a method of a template; `undefined` if the value has no such method. */
export function callMethod(value: unknown, name: string, args: readonly unknown[]): unknown {
  if (value instanceof TemplateObject) return value.call(name, args);
  if (typeof value === 'string') return called(STRING, value, name, args);
  if (Array.isArray(value)) return called(LIST, value, name, args);
  if (isRecord(value)) return called(MAP, value, name, args);
  return typeof value === 'number' || typeof value === 'boolean' ? called(SCALAR, value, name, args) : undefined;
}

/** Reads a property of a template; `undefined` if the value has none of its own. */
export function readProperty(value: unknown, key: unknown): unknown {
  if (value instanceof TemplateObject) return value.read(javaText(key));
  if (Array.isArray(value)) return property(LIST, value, key, typeof key === 'number' ? value.at(key) : undefined);
  if (isRecord(value)) return property(MAP, value, key, ownValue(value, key));
  return typeof value === 'string' ? property(STRING, value, key, undefined) : undefined;
}

/** As in Velocity, `.empty` calls `isEmpty()`. */
function property<T>(methods: Methods<T>, value: T, key: unknown, own: unknown): unknown {
  return own === undefined && key === 'empty' ? methods.isEmpty(value) : own;
}

/** A value as a number. A list is NaN: JavaScript would first convert it to text of any length. */
export function numberOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? NaN : Number(value);
}

function called<T>(methods: Methods<T>, value: T, name: string, args: readonly unknown[]): unknown {
  return Object.hasOwn(methods, name) ? methods[name](value, ...args) : undefined;
}

const SCALAR = {
  toString: (value: unknown) => javaText(value),
  equals: (value: unknown, other: unknown) => javaText(value) === javaText(other),
  intValue: (value: unknown) => Math.trunc(numberOf(value)),
};

const STRING: Methods<string> = {
  ...SCALAR,
  length: (text) => text.length,
  isEmpty: (text) => text === '',
  charAt: (text, index) => text.charAt(numberOf(index)),
  concat: (text, other) => text + javaText(other),
  contains: (text, other) => text.includes(javaText(other)),
  startsWith: (text, other) => text.startsWith(javaText(other)),
  endsWith: (text, other) => text.endsWith(javaText(other)),
  equalsIgnoreCase: (text, other) => text.toLowerCase() === javaText(other).toLowerCase(),
  indexOf: (text, other) => text.indexOf(javaText(other)),
  lastIndexOf: (text, other) => text.lastIndexOf(javaText(other)),
  matches: (text, pattern) => boundedMatch(`^(?:${javaText(pattern)})$`, (expression) => expression.test(text)),
  replace: (text, old, fresh) => {
    const literal = javaText(fresh);
    return text.replaceAll(javaText(old), counted(() => literal));
  },
  replaceAll: (text, pattern, fresh) => replaced(text, pattern, fresh, 'g'),
  replaceFirst: (text, pattern, fresh) => replaced(text, pattern, fresh),
  split: (text, pattern) => checkItems(boundedMatch(javaText(pattern), (expression) => text.split(expression, MOST_ITEMS + 1))),
  substring: (text, start, end) => text.substring(numberOf(start), end === undefined ? undefined : numberOf(end)),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
};

function replaced(text: string, pattern: unknown, fresh: unknown, flags?: string): string {
  const made = counted(replacement(javaText(fresh)));
  return boundedMatch(javaText(pattern), (expression) => text.replace(expression, made), flags);
}

type Replacer = (...match: readonly unknown[]) => string;

/** The replacement of a match: `$0` is the match, `$1` its first group. */
function replacement(fresh: string): Replacer {
  if (!fresh.includes('$')) return () => fresh;
  return (...match) => {
    // The argument after the groups is the index of the match.
    const groups = match.slice(0, match.findIndex((value) => typeof value === 'number'));
    return fresh.replace(/\$([$\d])/g, (found, name: string) => {
      if (name === '$') return name;
      return Number(name) < groups.length ? String(groups[Number(name)] ?? '') : found;
    });
  };
}

/** A replacer that throws if all its replacements together are too long, or take too long. */
function counted(replacer: Replacer): Replacer {
  const stopwatch = new Stopwatch();
  let characters = 0;
  return (...match) => {
    stopwatch.check();
    const text = replacer(...match);
    characters += text.length;
    checkCharacters(characters);
    return text;
  };
}

const LIST: Methods<unknown[]> = {
  ...SCALAR,
  size: (list) => list.length,
  // The mapping template reference has `$input.path('$.pets').count()`.
  count: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  get: (list, index) => list[numberOf(index)],
  contains: (list, item) => list.includes(item),
  indexOf: (list, item) => list.indexOf(item),
  subList: (list, start, end) => list.slice(numberOf(start), numberOf(end)),
  add: (list, item) => checkItems(list).push(item) > 0,
  addAll: (list, items) => {
    if (!Array.isArray(items)) return false;
    // A copy, since a list may be added to itself.
    for (const item of [...items as readonly unknown[]]) checkItems(list).push(item);
    return true;
  },
  set: (list, index, item) => {
    const [old] = list.splice(numberOf(index), 1, item);
    return old;
  },
  remove: (list, index) => list.splice(numberOf(index), 1)[0],
};

const MAP: Methods<Record<string, unknown>> = {
  ...SCALAR,
  size: (map) => Object.keys(map).length,
  isEmpty: (map) => Object.keys(map).length === 0,
  get: (map, key) => ownValue(map, key),
  getOrDefault: (map, key, other) => ownValue(map, key) ?? other,
  containsKey: (map, key) => Object.hasOwn(map, javaText(key)),
  containsValue: (map, value) => Object.values(map).includes(value),
  keySet: (map) => Object.keys(map),
  values: (map) => Object.values(map),
  entrySet: (map) => Object.entries(map).map(entry),
  put: (map, key, value) => put(map, javaText(key), value),
  putAll: (map, others) => void (isRecord(others) && Object.keys(others).forEach((key) => put(map, key, others[key]))),
  remove: (map, key) => {
    const old = ownValue(map, key);
    delete map[javaText(key)];
    return old;
  },
};

function entry([key, value]: readonly [string, unknown]): TemplateObject {
  return new TemplateObject({ getKey: () => key, getValue: () => value }, { key, value });
}

function ownValue(map: Record<string, unknown>, key: unknown): unknown {
  const name = javaText(key);
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Sets an own property, even one named `__proto__`; returns the old value. */
export function put(map: Record<string, unknown>, key: string, value: unknown): unknown {
  const old = ownValue(map, key);
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
  return old;
}
