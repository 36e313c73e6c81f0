/** The name that a misspelt name was most likely meant to be: it differs in case, or in up to two letters. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  // Each letter more is an edit, and a comparison with a text of a megabyte takes seconds.
  const near = names.filter((each) => Math.abs(each.length - name.length) <= 2);
  const found = near.length > 0 ? closest(name, near) : '';
  return found !== '' && distance(name, found) <= Math.min(2, found.length / 2) ? found : undefined;
}

/** The most similar name, however different. */
export function closest(name: string, names: readonly string[]): string {
  return [...names].sort((a, b) => distance(name, a) - distance(name, b))[0];
}

/** The edit distance, ignoring case; a swap of two neighbours counts as one edit. */
function distance(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  let above: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const isSwapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = isSwapped ? above[j - 2] + 1 : Infinity;
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1), swapped));
    }
    [above, row] = [row, next];
  }
  return row[right.length];
}
