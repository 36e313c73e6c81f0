import type { Joined } from '../../lib/runtime/room';

/** A frame of a room. */
export interface Frame {
  readonly event?: string;
  readonly room: string;
  readonly seq?: number;
  readonly data?: unknown;
}

/**
 * What a client that follows the rules knows of one room. Its mark is the number up to which all have come, or come never; what is not
 * above it was seen, and is dropped.
 */
export class RoomClient {
  public mark?: number;
  /** The number of the first reply, and when its join began. */
  public start?: { readonly seq: number; readonly began: number };
  public readonly heard = new Set<unknown>();
  /** Numbers that were dropped without having come. */
  public readonly dropped: number[] = [];
  /** The reply that said `missed` promised nothing up to here. */
  public missedTo = -1;
  private readonly seen = new Set<number>();
  private highest = -1;

  /** @param usesHighest - the wrong `since`: the highest number that has come */
  public constructor(private readonly usesHighest = false) {}

  public get since(): number | undefined {
    return this.usesHighest && this.mark !== undefined ? Math.max(this.mark, this.highest) : this.mark;
  }

  /** Whether it knows of a number that has not come. */
  public get hasHole(): boolean {
    return this.mark !== undefined && this.highest > this.mark;
  }

  public receive({ seq, event, data }: Frame): void {
    if (seq === undefined) return;
    if (this.mark !== undefined && seq <= this.mark) {
      if (!this.seen.has(seq)) this.dropped.push(seq);
      return;
    }
    this.seen.add(seq);
    this.highest = Math.max(this.highest, seq);
    if (event !== undefined) this.heard.add(data);
    this.advance();
  }

  public reply({ seq, missed, void: holes }: Joined, began: number): void {
    if (this.mark === undefined) {
      this.mark = seq!;
      this.start = { seq: seq!, began };
    }
    if (missed) this.missedTo = this.mark = Math.max(this.mark, seq!);
    this.highest = Math.max(this.highest, seq!);
    for (const hole of holes) this.seen.add(hole);
    this.advance();
  }

  private advance(): void {
    while (this.mark !== undefined && this.seen.has(this.mark + 1)) this.mark++;
  }
}
