import type { Configuration } from './configuration';
import { nearest } from './nearest';
import type { Mutable, MutableObject, Path } from './origins';

/** A list with one scalar is the scalar: Serverless turns it into one. */
export function scalar(value: Mutable): Mutable {
  return Array.isArray(value) && value.length === 1 && typeof value[0] !== 'object' ? value[0] : value;
}

/** Notices keys that Serverless warns of or ignores. */
export function checkEventKeys(
  configuration: Configuration, value: MutableObject, known: readonly string[], path: Path, what: string): void {
  for (const key of Object.keys(value).filter((each) => !known.includes(each) && value[each] !== null)) {
    configuration.unknownKey([...path, key], what, nearest(key, known));
  }
}
