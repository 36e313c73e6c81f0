/** The items in the order of their keys: nothing that is made depends on the order in which they were given. */
export function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  return [...items].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}
