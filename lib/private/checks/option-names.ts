import { Construct } from 'constructs';
import { nearest } from '../nearest';
import { list, problem } from '../problem';

/** Throws for an option that there is not: a misspelt one would be ignored, and `stagename` would deploy the stage `dev`. */
export function checkOptionNames(scope: Construct, prefix: string, options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name) || value === undefined) continue;
    const meant = nearest(name, names);
    throw problem(scope, `${prefix}${name}`, value, {
      reason: 'is for an option that there is not',
      remedy: meant === undefined ? `the options are ${list(names)}` : `did you mean \`${meant}\`?`,
    });
  }
}
