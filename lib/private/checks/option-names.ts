import { Construct } from 'constructs';
import { list, problem } from '../problem';

/** Throws for an option that there is not: a misspelt one would be ignored. */
export function checkOptionNames(scope: Construct, prefix: string, options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name) || value === undefined) continue;
    throw problem(scope, `${prefix}${name}`, value, {
      reason: 'is for an option that there is not',
      remedy: `the options are ${list(names)}`,
    });
  }
}
