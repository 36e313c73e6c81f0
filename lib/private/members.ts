/**
 * The members that are there.
 *
 * A property injector usually puts its props below those that are given: one that is there and `undefined` would hide what it has.
 */
export function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** An object that has members; nothing if it has none. */
export function emptyAsUndefined<T extends object>(object: T): T | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
