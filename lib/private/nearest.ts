/** The name that a misspelt one stands for most likely: the same letters in another case, or up to two of them wrong. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const found = closest(name, names);
  return distance(name, found) <= Math.min(2, found.length / 2) ? found : undefined;
}

/** The name that is the least different, however much that is. */
export function closest(name: string, names: readonly string[]): string {
  return [...names].sort((a, b) => distance(name, a) - distance(name, b))[0];
}

/** How many letters have to be added, left out or changed, whatever their case. */
function distance(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length];
}
