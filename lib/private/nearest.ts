/** The name that a misspelt one stands for most likely: the same letters in another case, or up to two of them wrong. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const spelled = name.toLowerCase();
  const distances = names.map((known) => ({ known, distance: distance(spelled, known.toLowerCase()) }));
  const [best] = distances.filter((found) => found.distance <= Math.min(2, found.known.length / 2)).sort((a, b) => a.distance - b.distance);
  return best?.known;
}

/** Levenshtein's: how many letters to add, drop or replace. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length];
}
