/**
 * The members of an object of options, own and inherited. Options may be an object with getters or an `Object.create(defaults)`, whose
 * members a spread would lose.
 */
export function entriesOf(object: object): Array<[string, unknown]> {
  const names = [...Object.keys(object), ...inheritedNames(Object.getPrototypeOf(object) as object | null)];
  return [...new Set(names)].map((name) => [name, (object as Record<string, unknown>)[name]]);
}

/** A copy whose members are all its own, so that it can be spread. */
export function ownMembers<T extends object>(object: T): T {
  return Object.fromEntries(entriesOf(object)) as T;
}

/** Methods do not count, nor do members of `Object.prototype`. */
function inheritedNames(prototype: object | null): string[] {
  const next = prototype && Object.getPrototypeOf(prototype) as object | null;
  if (!prototype || !next) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, { get, enumerable, value }]) => get !== undefined || (enumerable && typeof value !== 'function'));
  return [...own.map(([name]) => name), ...inheritedNames(next)];
}

/**
 * The members that are not `undefined`.
 *
 * A property injector usually spreads the given props over its own, where a member that is `undefined` would hide the injector's.
 */
export function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(entriesOf(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function emptyAsUndefined<T extends object>(object: T): T | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
