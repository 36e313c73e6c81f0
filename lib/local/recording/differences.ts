import { Normal, normalise, Session } from './normalising';
import type { Observation } from './observation';

/** Where a replay differs from its recording. */
export interface Difference {
  /** `line 12, connection 1 sends {"action":"say"}: reply`. */
  readonly at: string;
  /** Ids and times are normalised; `undefined`: nothing of the kind was recorded. */
  readonly expected: string | undefined;
  /** `undefined`: nothing of the kind came. */
  readonly got: string | undefined;
}

/** An observation in the form in which it is compared. */
interface Compared extends Observation, Normal {}

/** Compares what came with what was recorded. The order within a step counts for nothing: handlers run concurrently. */
export class Comparison {
  /** What came and has no counterpart yet, by subject and kind. */
  private readonly got = new Map<string, Compared[]>();
  private readonly normals = new WeakMap<Observation, Normal>();
  public readonly differences: Difference[] = [];
  /** Ids of the replay by those of the recording, for what is sent next. */
  public readonly ids = new Map<string, string>();

  public constructor(private readonly recorded: Session, private readonly played: Session) {}

  public add(observation: Observation): void {
    const others = this.othersOf(observation);
    others.push({ ...observation, ...normalise(observation.text, this.played) });
    this.got.set(keyOf(observation), others);
  }

  /** What is missing of an expectation: takes what is there. */
  public take(expected: readonly Observation[]): Observation[] {
    return expected.filter((observation) => {
      const normal = this.normalOf(observation);
      const others = this.othersOf(observation);
      const index = others.findIndex(({ shape }) => shape === normal.shape);
      if (index < 0) return true;
      const [found] = others.splice(index, 1);
      normal.ids.forEach((id, i) => this.ids.set(id, found.ids[i]));
      return false;
    });
  }

  /** Whether for each missing observation another one of its kind has come: the right one will hardly follow. */
  public hasOthersFor(missing: readonly Observation[]): boolean {
    const wanted = new Map<string, number>();
    for (const one of missing) wanted.set(keyOf(one), (wanted.get(keyOf(one)) ?? 0) + 1);
    return missing.every((one) => wanted.get(keyOf(one))! <= this.othersOf(one).length);
  }

  /** Notes that observations are missing, each with what came instead. */
  public miss(missing: readonly Observation[], at: string): void {
    for (const observation of missing) {
      const other = this.othersOf(observation).shift();
      const expected = this.normalOf(observation).shape;
      this.differences.push({ at: `${at}: ${labelled(observation, at)}`, expected, got: other?.shape });
    }
  }

  /** Notes what came although nothing of the kind was recorded. */
  public finish(at: string): void {
    for (const other of [...this.got.values()].flat()) {
      this.differences.push({ at: `${at}: ${labelled(other, at)}`, expected: undefined, got: other.shape });
    }
    this.got.clear();
  }

  private othersOf(observation: Observation): Compared[] {
    return this.got.get(keyOf(observation)) ?? [];
  }

  private normalOf(observation: Observation): Normal {
    const normal = this.normals.get(observation) ?? normalise(observation.text, this.recorded);
    this.normals.set(observation, normal);
    return normal;
  }
}

/** The differences as text. */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map(({ at, expected, got }) => `${at}\n  - ${expected ?? '(nothing)'}\n  + ${got ?? '(nothing)'}\n\n`).join('');
}

function keyOf({ subject, what }: Observation): string {
  return `${subject}, ${what}`;
}

function labelled({ subject, what }: Observation, at: string): string {
  return at.includes(`${subject} `) ? what : `${what}, ${subject}`;
}
