import type { Writable } from 'stream';

/** Collects what is printed in one turn of the event loop and writes it at once, and no faster than the reader reads. */
export class Output {
  private pending = '';
  private scheduled = false;
  private blocked = false;

  public constructor(private readonly stream: Writable) {}

  public write(text: string): void {
    this.pending += text;
    if (this.scheduled || this.blocked) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.blocked) this.pass();
    });
  }

  /** Resolves when all is with the reader, or the reader is gone. */
  public async flush(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
  }

  private pass(): void {
    const text = this.pending;
    this.pending = '';
    if (text === '' || this.stream.write(text)) return;
    this.blocked = true;
    this.stream.once('drain', () => {
      this.blocked = false;
      this.pass();
    });
  }
}
