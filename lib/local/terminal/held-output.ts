import type { OutputEvent } from '../gateway-event';

/** Milliseconds that output waits for the request that it belongs to; a longer invocation shows its output while it runs. */
const PATIENCE = 300;

/** Characters that an invocation may have printed before it is shown, though its request is not over. */
const LONGEST = 1_048_576;
/** What a line takes besides its characters. */
const LINE = 200;

/** Invocations of which at least so many are remembered after they were shown, so that a late line is not held again. */
const REMEMBERED = 1000;

/** `running`: the invocation goes on; `over`: its request was shown, or the line belongs to no invocation. */
export type OutputMoment = 'running' | 'over';

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
  private shown = new Map<string, OutputMoment>();
  /** The generation before `shown`: forgetting one by one would search the map for its oldest each time. */
  private shownBefore = new Map<string, OutputMoment>();
  private timer?: NodeJS.Timeout;

  /** @param release gets the lines that no request claimed in time. */
  public constructor(private readonly release: (lines: readonly OutputEvent[], moment: OutputMoment) => void) {}

  public add(line: OutputEvent): void {
    const id = line.requestId;
    const moment = id === undefined ? 'over' : this.shown.get(id) ?? this.shownBefore.get(id);
    if (id === undefined || moment) return this.release([line], moment ?? 'over');
    const held = this.held.get(id) ?? { since: performance.now(), lines: [], size: 0 };
    held.lines.push(line);
    held.size += line.text.length + LINE;
    this.held.set(id, held);
    if (held.size > LONGEST) this.releaseOne(id);
    this.timer ??= setTimeout(() => this.releaseOld(), PATIENCE).unref();
  }

  /** What the invocations of a request printed and nobody has seen yet. */
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

  private remember(id: string, moment: OutputMoment): void {
    this.shown.set(id, moment);
    if (this.shown.size < REMEMBERED) return;
    this.shownBefore = this.shown;
    this.shown = new Map();
  }
}
