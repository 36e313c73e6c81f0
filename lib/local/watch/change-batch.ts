/** Milliseconds without a change after which a change of many files is complete: `git checkout`, "replace in files". */
const QUIET = 150;
/** The longest that changes wait, in milliseconds: something may write continually. */
const LONGEST = 2_000;
/** Up to this many files count as a save of an editor. */
const FEW = 3;

/** Collects changed files until it is time to report them. */
export class ChangeBatch {
  private readonly files = new Set<string>();
  /** Whether a batch was reported a moment ago: changes now may be the rest of it. */
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
