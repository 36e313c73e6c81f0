/**
 * The members of an object of options, its own and those that it inherits: a class with getters, or `Object.create(defaults)`, reads
 * like a literal wherever an option is read by its name, and must not lose any where all are.
 */
export function entriesOf(object: object): Array<[string, unknown]> {
  const names = [...Object.keys(object), ...inheritedNames(Object.getPrototypeOf(object) as object | null)];
  return [...new Set(names)].map((name) => [name, (object as Record<string, unknown>)[name]]);
}

/** The same as an object of its own, which can be spread. */
export function ownMembers<T extends object>(object: T): T {
  return Object.fromEntries(entriesOf(object)) as T;
}

/** Methods are no members, and what every object has is none either. */
function inheritedNames(prototype: object | null): string[] {
  const next = prototype && Object.getPrototypeOf(prototype) as object | null;
  if (!prototype || !next) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, { get, enumerable, value }]) => get !== undefined || (enumerable && typeof value !== 'function'));
  return [...own.map(([name]) => name), ...inheritedNames(next)];
}

/**
 * The members that are there.
 *
 * A property injector usually puts its props below those that are given: one that is there and `undefined` would hide what it has.
 */
export function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(entriesOf(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** An object that has members; nothing if it has none. */
export function emptyAsUndefined<T extends object>(object: T): T | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
