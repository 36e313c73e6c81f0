import type { TraceEntry } from '../trace';

/** How much is kept: whatever is exceeded first. */
export interface JournalLimits {
  readonly entries: number;
  readonly bytes: number;
}

const LIMITS: JournalLimits = { entries: 10_000, bytes: 32 * 1024 * 1024 };

/** A part of a journal in order, as the inside of a JSON array. */
export interface Piece {
  readonly json: Buffer;
  /** The number of the last entry. */
  readonly last: number;
}

const COMMA = Buffer.from(',');

/** The last entries of a trace, numbered from 1, each as JSON: made once, however many read it. */
export class Journal {
  private readonly slots: Buffer[] = [];
  /** The number of the oldest entry that is kept, and of the next one to come. */
  private first = 1;
  private next = 1;
  private bytes = 0;

  public constructor(private readonly limits: JournalLimits = LIMITS) {}

  /** The number of the last entry; 0 before the first one. */
  public get last(): number {
    return this.next - 1;
  }

  public add(entry: TraceEntry): void {
    const json = Buffer.from(JSON.stringify({ n: this.next, ...entry }));
    if (this.next - this.first === this.limits.entries) this.drop();
    this.slots[this.next % this.limits.entries] = json;
    this.bytes += json.length;
    this.next++;
    // The entry itself is kept, however long.
    while (this.bytes > this.limits.bytes && this.next - this.first > 1) this.drop();
  }

  /** How many of the entries after this number are not kept any more. */
  public lostAfter(number: number): number {
    return Math.max(0, this.first - 1 - number);
  }

  /** The kept entries after a number, up to some bytes but at least one; `undefined` if there are none. */
  public after(number: number, most: number): Piece | undefined {
    const parts: Buffer[] = [];
    let length = 0;
    let at = Math.max(number + 1, this.first);
    for (; at < this.next && (length === 0 || length < most); at++) {
      const json = this.slots[at % this.limits.entries];
      if (length > 0) parts.push(COMMA);
      parts.push(json);
      length += json.length;
    }
    return length === 0 ? undefined : { json: Buffer.concat(parts), last: at - 1 };
  }

  private drop(): void {
    const slot = this.first % this.limits.entries;
    this.bytes -= this.slots[slot].length;
    this.slots[slot] = COMMA;
    this.first++;
  }
}
