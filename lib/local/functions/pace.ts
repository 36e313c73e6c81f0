/** How much the last invocation counts in the moving average. */
const WEIGHT = 0.2;
/** Milliseconds of work that a process may have at a time: so much keeps it busy while results and events are on their way. */
const WORK = 5;
/** Invocations, for the same. */
const INVOCATIONS = 128;
/** Milliseconds below which the gateway itself is the slower part: more processes would only take its processor time. */
const LIGHT = 0.5;

/** How long a function takes, by a moving average. */
export class Pace {
  /** Milliseconds; unknown before the first invocation is over. */
  private average?: number;

  public add(duration: number): void {
    this.average = this.average === undefined ? duration : this.average + WEIGHT * (duration - this.average);
  }

  /** How many invocations a process may have at a time: more than one if that keeps none of them waiting long. */
  public get depth(): number {
    return this.average === undefined ? 1 : Math.max(1, Math.min(INVOCATIONS, Math.floor(WORK / this.average)));
  }

  public get isLight(): boolean {
    return this.average !== undefined && this.average < LIGHT;
  }
}
