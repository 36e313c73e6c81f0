/** Milliseconds without a further change after which one is over that touches many files: `git checkout`, "replace in files". */
const QUIET = 150;
/** Milliseconds that changes wait at most: something may write for ever. */
const LONGEST = 2_000;
/** A save of this many files is that of an editor. */
const FEW = 3;

/** Files that changed, until it is time to tell of them. */
export class ChangeBatch {
  private readonly files = new Set<string>();
  /** Told of less than a quiet moment ago: what comes now may be the rest of it. */
  private recent = 0;
  /** When the first one changed: milliseconds of `performance.now()`. */
  private since?: number;
  private timer?: NodeJS.Timeout;
  private forgetting?: NodeJS.Timeout;

  /** @param debounce milliseconds that a change of few files waits: editors write a file in steps */
  public constructor(private readonly debounce: number, private readonly tell: (files: readonly string[]) => void) {}

  public add(file: string): void {
    this.files.add(file);
    const now = performance.now();
    this.since ??= now;
    const wait = this.files.size + this.recent > FEW ? QUIET : this.debounce;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), Math.min(wait, Math.max(0, this.since + LONGEST - now)));
  }

  public close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.forgetting);
  }

  private flush(): void {
    const files = [...this.files];
    this.files.clear();
    this.since = undefined;
    this.recent += files.length;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => { this.recent = 0; }, QUIET);
    this.tell(files);
  }
}
