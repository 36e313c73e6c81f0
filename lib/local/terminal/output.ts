import type { Writable } from 'stream';
import { inspect } from 'util';

/** The most characters that wait for the reader of the output. */
const MOST_PENDING = 16_777_216;

type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'grey';

export type Paint = (colour: Colour, text: string) => string;

/** Collects what is printed in one turn of the event loop, writes it at once, and writes no faster than the reader reads. */
export class Output {
  private pending = '';
  /** The number of dropped pieces of output. */
  private dropped = 0;
  private scheduled = false;
  private blocked = false;

  /** @param droppedLine makes the line that replaces so many dropped pieces of output */
  public constructor(private readonly stream: Writable, private readonly droppedLine: (count: number) => string) {}

  public write(text: string): void {
    // Once output was dropped, everything is dropped until the reader has caught up.
    if (this.dropped > 0 || this.pending.length > MOST_PENDING) this.dropped++;
    else this.pending += text;
    if (this.scheduled || this.blocked) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.blocked) this.pass();
    });
  }

  /** Resolves when the reader has everything, or is gone. */
  public async flush(): Promise<void> {
    const text = this.take();
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
  }

  private take(): string {
    const text = this.dropped > 0 ? this.pending + this.droppedLine(this.dropped) : this.pending;
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

/** Whether to print colours to a stream: https://no-color.org, and FORCE_COLOR as Node.js itself reads it. */
export function isColoured({ isTTY }: { readonly isTTY?: boolean }, { NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  return FORCE_COLOR === undefined ? isTTY === true : FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
}

/**
 * Colours text for a terminal, or leaves it as it is.
 *
 * Not `util.styleText`: from Node.js 22.13 on, `styleText` asks `process.stdout` at each call whether it is a terminal.
 */
export function painter(coloured: boolean): Paint {
  return coloured ? paint : (_, text) => text;
}

function paint(colour: Colour, text: string): string {
  const [on, off] = inspect.colors[colour] ?? [0, 0];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
