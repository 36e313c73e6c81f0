/**
 * The members that are there.
 *
 * A property injector usually puts its props below those that are given: one that is there and `undefined` would hide what it has.
 */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
