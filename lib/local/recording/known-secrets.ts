import { createHash } from 'crypto';
import { maskTokens } from './tokens';

/** From this length on, a secret is found within other words too. */
const LONG = 8;

/** Shorter secrets are found only where they are the whole text. */
const SHORTEST_WORD = 3;

/** The characters by which the index finds a secret. */
const START = 3;

/** The most values that are told apart: more are a load test, and would fill the memory. */
const MOST = 100_000;

/** What may be base64 of something with a secret. */
const BASE64 = /[\w+/-]{24,}={0,2}/g;

/** Base64 in base64 is looked into that often. */
const DEEPEST = 2;

/** The secrets of a recording, each with a placeholder: equal values have equal placeholders. */
export class KnownSecrets {
  /** By value; of bodies and tokens by hash, since there may be many. */
  private readonly placeholders = new Map<string, string>();
  /** By spelling: plain, percent-encoded, as in JSON. */
  private readonly spellings = new Map<string, string>();
  /** The spellings with the same first characters, longest first. */
  private readonly byStart = new Map<string, string[]>();
  /** Which first two characters some spelling has: most positions of a text are passed by this alone. */
  private readonly starts = new Uint8Array(65_536);
  private count = 0;
  /** Whether there are secrets that are found only where they are the whole of a text. */
  public hasShort = false;

  /** @param words of the app (routes, stages): a short secret of this name is masked in its own place only */
  public constructor(private readonly words: ReadonlySet<string> = new Set()) {}

  /** Whether no further values can be told apart. */
  public get isFull(): boolean {
    return this.spellings.size >= 4 * MOST || this.placeholders.size >= MOST;
  }

  /** The placeholder of a secret, which is masked wherever it occurs from now on. */
  public learn(value: string): string {
    if (value === '' || PLACEHOLDER.test(value)) return value;
    const placeholder = this.placeholder(value);
    if (value.length < LONG && this.words.has(value)) return placeholder;
    for (const spelling of spellingsOf(value)) this.index(spelling, placeholder);
    return placeholder;
  }

  /** A further spelling of a secret that was learnt. */
  public alias(spelling: string, placeholder: string): void {
    if (!this.words.has(spelling)) this.index(spelling, placeholder);
  }

  /** The placeholder of a value that is masked only here, or that is found by its shape. */
  public placeholder(value: string): string {
    const key = value.length <= 64 ? value : createHash('sha256').update(value).digest('base64');
    const known = this.placeholders.get(key);
    if (known !== undefined) return known;
    const placeholder = `<masked:${++this.count}>`;
    this.placeholders.set(key, placeholder);
    return placeholder;
  }

  /** Replaces the known secrets and the tokens in a text. */
  public mask(text: string, depth = 0): string {
    const whole = this.spellings.get(text);
    if (whole !== undefined) return whole;
    const masked = maskTokens(this.maskKnown(text), (token) => this.placeholder(token));
    return masked.replace(BASE64, (run) => (this.isSecretWithin(run, depth) ? this.placeholder(run) : run));
  }

  private isSecretWithin(run: string, depth: number): boolean {
    if (depth >= DEEPEST) return false;
    // A path may stand before it, and looks like base64.
    return [run, run.slice(run.lastIndexOf('/') + 1)].some((candidate) => {
      const text = Buffer.from(candidate, 'base64').toString('latin1');
      return this.mask(text, depth + 1) !== text;
    });
  }

  private maskKnown(text: string): string {
    if (this.byStart.size === 0) return text;
    let result = '';
    let copied = 0;
    for (let i = 0; i + START <= text.length; i++) {
      if (this.starts[pair(text, i)] === 0) continue;
      const found = this.byStart.get(text.slice(i, i + START))?.find((spelling) => isAt(text, i, spelling));
      if (found === undefined) continue;
      result += text.slice(copied, i) + this.spellings.get(found)!;
      copied = i + found.length;
      i = copied - 1;
    }
    return copied === 0 ? text : result + text.slice(copied);
  }

  private index(spelling: string, placeholder: string): void {
    if (this.spellings.has(spelling)) return;
    this.spellings.set(spelling, placeholder);
    if (spelling.length < SHORTEST_WORD) {
      this.hasShort = true;
      return;
    }
    const start = spelling.slice(0, START);
    const others = this.byStart.get(start) ?? [];
    this.byStart.set(start, [...others, spelling].sort((left, right) => right.length - left.length));
    this.starts[pair(spelling, 0)] = 1;
  }
}

const PLACEHOLDER = /^<masked:\d+>$/;

/** A long secret may be part of a word; a short one is a word. */
function isAt(text: string, at: number, spelling: string): boolean {
  if (!text.startsWith(spelling, at)) return false;
  if (spelling.length >= LONG) return true;
  return !isWordCharacter(text, at - 1) && !isWordCharacter(text, at + spelling.length);
}

function isWordCharacter(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text.charAt(at));
}

function pair(text: string, at: number): number {
  return (text.charCodeAt(at) * 257 + text.charCodeAt(at + 1)) % 65_536;
}

/** How a value may be written: as it is, in a URL, in JSON, in JSON within JSON, with and without letters beyond ASCII. */
function spellingsOf(value: string): ReadonlySet<string> {
  const percent = percentEncoded(value);
  const inUrl = percent === undefined ? [] : [percent, percent.replaceAll('%20', '+'), percent.replace(/%../g, (at) => at.toLowerCase())];
  const once = [inJson(value), asciiOnly(value), inJson(value).replaceAll('/', '\\/')];
  return new Set([value, ...inUrl, ...once, ...once.map(inJson)]);
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** As Python's `json.dumps` writes it. */
function asciiOnly(value: string): string {
  return inJson(value).replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function percentEncoded(value: string): string | undefined {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair.
    return undefined;
  }
}
