import type { OutputEvent } from '../gateway-event';

/** Milliseconds that output waits for the end of its request; the output of a longer invocation is shown while it runs. */
const PATIENCE = 300;

/** Characters of output that are held for one invocation; with more, all of it is shown though the request is not over. */
const MOST_HELD = 1_048_576;
/** The memory that a line takes besides its text, in characters. */
const LINE = 200;

/** At least so many invocations are remembered after their output was shown, so that a late line is not held again. */
const REMEMBERED = 1000;

/** `running`: the request has not been shown; `over`: the request was shown, or the line belongs to no invocation. */
export type InvocationState = 'running' | 'over';

interface Held {
  readonly since: number;
  readonly lines: OutputEvent[];
  /** Characters. */
  size: number;
}

/** Keeps what an invocation prints until its request can be shown above it. */
export class HeldOutput {
  /** By invocation, oldest first. */
  private readonly held = new Map<string, Held>();
  private shown = new Map<string, InvocationState>();
  /** The generation before `shown`. Forgetting one invocation at a time would search the map for its oldest each time. */
  private shownBefore = new Map<string, InvocationState>();
  private timer?: NodeJS.Timeout;

  /** @param release gets the lines whose request did not end in time */
  public constructor(private readonly release: (lines: readonly OutputEvent[], state: InvocationState) => void) {}

  public add(line: OutputEvent): void {
    const id = line.requestId;
    const state = id === undefined ? 'over' : this.shown.get(id) ?? this.shownBefore.get(id);
    if (id === undefined || state) return this.release([line], state ?? 'over');
    const held = this.held.get(id) ?? { since: performance.now(), lines: [], size: 0 };
    held.lines.push(line);
    held.size += line.text.length + LINE;
    this.held.set(id, held);
    if (held.size > MOST_HELD) this.releaseOne(id);
    this.timer ??= setTimeout(() => this.releaseOld(), PATIENCE).unref();
  }

  /** The lines of a request's invocations that have not been shown yet. */
  public take(invocationIds: readonly string[]): readonly OutputEvent[] {
    return invocationIds.flatMap((id) => {
      const lines = this.held.get(id)?.lines ?? [];
      this.held.delete(id);
      this.remember(id, 'over');
      return lines;
    });
  }

  public releaseAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const id of [...this.held.keys()]) this.releaseOne(id);
  }

  private releaseOld(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [id, { since }] of [...this.held]) {
      const left = since + PATIENCE - now;
      if (left > 1) {
        this.timer = setTimeout(() => this.releaseOld(), left).unref();
        return;
      }
      this.releaseOne(id);
    }
  }

  private releaseOne(id: string): void {
    const lines = this.held.get(id)?.lines ?? [];
    this.held.delete(id);
    this.remember(id, 'running');
    this.release(lines, 'running');
  }

  private remember(id: string, state: InvocationState): void {
    this.shown.set(id, state);
    if (this.shown.size < REMEMBERED) return;
    this.shownBefore = this.shown;
    this.shown = new Map();
  }
}
