import { createHash } from 'crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * An id of the shape that AWS gives, the same in every run.
 *
 * @param of whose: `<stack>/<logical id>`
 */
export function localId(of: string, length: number): string {
  const bytes = createHash('sha512').update(of).digest();
  return Array.from({ length }, (_, index) => LETTERS[bytes[index] % LETTERS.length]).join('');
}
