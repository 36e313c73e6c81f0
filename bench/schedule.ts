import { Subject, Variant } from './measurements';
import { Options } from './options';

export interface ScheduledRun {
  readonly round: number;
  readonly subject: Subject;
}

/**
 * The runs in their order: every round has all variants next to each other, forwards and backwards in turn, so that
 * noise meets all of them.
 */
export function schedule({ routes, rounds }: Options, variants: Variant[]): ScheduledRun[] {
  const runs: ScheduledRun[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const count of routes) {
      for (const validation of [false, true]) {
        const subjects = variants.map((variant): Subject => ({ variant, routes: count, validation }));
        const due = subjects.filter((subject) => round < roundsOf(subject, rounds));
        runs.push(...(round % 2 ? due.reverse() : due).map((subject) => ({ round, subject })));
      }
    }
  }
  return runs;
}

/** What takes long runs less often. */
function roundsOf({ variant, routes, validation }: Subject, rounds: number): number {
  if (variant === 'osls') return validation ? 0 : Math.ceil(rounds / 3);
  const quick = validation ? Math.ceil(rounds / 2) : rounds;
  if (variant !== 'plain') return quick;
  if (routes <= 10) return Math.ceil(quick / 2);
  return Math.max(1, Math.round(quick / (routes <= 50 ? 4 : 8)));
}
