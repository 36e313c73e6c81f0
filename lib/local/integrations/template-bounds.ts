import { javaText } from '../protocol/json';
import { bounded, Stopwatch } from '../protocol/thread-time';
import { UNVERIFIED } from '../protocol/unverified';

/** Characters that one rendering may produce in all, of output and of intermediate values; a message has 128 KB. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** The most items of one list. */
export const MOST_ITEMS = 100_000;

/** The deepest nesting of macros, blocks and strings. */
const DEEPEST = 100;

/** Values that are counted before the clock is read again. */
const FEW_VALUES = 4_096;

/** The characters that a value counts as, besides its text. */
const CHARACTERS_OF_VALUE = 8;

/** Characters of a text that any method processes quickly. */
const SHORT_TEXT = 64 * 1024;

/** Methods that make a new value; the others return an existing one. */
const MAKERS = new Set([
  'concat', 'replace', 'replaceAll', 'replaceFirst', 'split', 'toLowerCase', 'toUpperCase', 'toString', 'subList', 'keySet', 'values',
  'entrySet', 'json', 'escapeJavaScript', 'urlEncode', 'urlDecode', 'base64Encode', 'base64Decode',
]);

/** Methods that change a value: quick, and not to be repeated. */
const CHANGERS = new Set(['add', 'addAll', 'set', 'put', 'putAll', 'remove']);

/** Limits the work of one rendering of a mapping template: the template is the app's, but a client may decide how often it loops. */
export class TemplateBounds {
  private readonly stopwatch = new Stopwatch();
  private characters = 0;
  private depth = 0;
  private steps = 0;

  /** Counts one step of the template. */
  public step(): void {
    // Reading the clock takes time too.
    if (++this.steps % 16 === 0) this.stopwatch.check();
  }

  /** Calls a method; the first of its values is the object that has the method. */
  public call(name: string, values: readonly unknown[], method: () => unknown): unknown {
    this.stopwatch.check();
    const isLong = !CHANGERS.has(name) && values.some((text) => typeof text === 'string' && text.length > SHORT_TEXT);
    const result = isLong ? bounded(method) : method();
    return MAKERS.has(name) ? this.made(result) : result;
  }

  /** Counts the value that a step made. */
  public made<T>(value: T): T {
    if (typeof value === 'string') this.characters += value.length;
    else if (Array.isArray(value)) this.characters += value.length * CHARACTERS_OF_VALUE;
    checkCharacters(this.characters);
    return value;
  }

  /** Renders a block, macro or string of the template. */
  public within<T>(work: () => T): T {
    if (this.depth >= DEEPEST) throw new Error(`its macros, blocks and strings are nested deeper than ${DEEPEST} levels`);
    this.depth++;
    try {
      return work();
    } finally {
      this.depth--;
    }
  }

  /** @param iteration counted from 0 */
  public iterate(iteration: number): void {
    const most = UNVERIFIED.foreachIterations;
    if (iteration >= most) throw new Error(`a #foreach has more than ${most} iterations, the quota of API Gateway`);
  }
}

export function checkCharacters(count: number): void {
  if (count > MOST_CHARACTERS) throw new Error(`it makes more than ${MOST_CHARACTERS} characters`);
}

export function checkItems<T extends { readonly length: number }>(list: T): T {
  if (list.length > MOST_ITEMS) throw new Error(`it makes a list of more than ${MOST_ITEMS} items`);
  return list;
}

/** A value as text, after `checkSize`: a value that a template made may contain the same list many times, and itself. */
export function templateText(value: unknown): string {
  checkSize(value);
  return javaText(value);
}

/** Throws if the text of a value would be too long. */
export function checkSize(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const pending: unknown[] = [value];
  let [size, seen] = [0, 0];
  let stopwatch: Stopwatch | undefined;
  while (pending.length > 0) {
    const next = pending.pop();
    size += CHARACTERS_OF_VALUE + (typeof next === 'string' ? next.length : 0);
    checkCharacters(size);
    if (++seen % FEW_VALUES === 0) (stopwatch ??= new Stopwatch()).check();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) size += Object.keys(next).join('').length;
    for (const member of Object.values(next) as readonly unknown[]) pending.push(member);
  }
}
