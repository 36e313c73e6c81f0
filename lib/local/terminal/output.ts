import type { Writable } from 'stream';

/** The most characters that wait for the reader of the output. */
const LONGEST = 16_777_216;

/** Collects what is printed in one turn of the event loop and writes it at once, and no faster than the reader reads. */
export class Output {
  private pending = '';
  /** The number of dropped pieces of output. */
  private dropped = 0;
  private scheduled = false;
  private blocked = false;

  /** @param sayDropped makes the line that replaces so many dropped pieces of output */
  public constructor(private readonly stream: Writable, private readonly sayDropped: (count: number) => string) {}

  public write(text: string): void {
    // Once output was dropped, everything is dropped until the reader has caught up.
    if (this.dropped > 0 || this.pending.length > LONGEST) this.dropped++;
    else this.pending += text;
    if (this.scheduled || this.blocked) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.blocked) this.pass();
    });
  }

  /** Resolves when all is with the reader, or the reader is gone. */
  public async flush(): Promise<void> {
    const text = this.take();
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
  }

  private take(): string {
    const text = this.dropped > 0 ? this.pending + this.sayDropped(this.dropped) : this.pending;
    this.pending = '';
    this.dropped = 0;
    return text;
  }

  private pass(): void {
    const text = this.take();
    if (text === '' || this.stream.write(text)) return;
    this.blocked = true;
    this.stream.once('drain', () => {
      this.blocked = false;
      this.pass();
    });
  }
}
