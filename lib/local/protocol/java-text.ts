/**
 * A JSON value as text, as Java's `toString` has it: that is how AWS makes text of what a selection expression finds (4.1.3).
 * `[chat, 1, null]`, `{room=a, size=2}`.
 */
export function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value).map(([key, member]) => `${key}=${javaText(member)}`).join(', ')}}`;
}
