import { Construct } from 'constructs';
import { list, problem } from '../problem';

/** What has properties, for messages, and their names. */
export interface KnownProperties {
  readonly kind: string;
  readonly names: readonly string[];
}

/** A misspelt property would be ignored: `stagename` would deploy the stage `dev`. */
export function checkPropertyNames(scope: Construct, props: object, { kind, names }: KnownProperties, prefix = ''): void {
  for (const [property, value] of Object.entries(props)) {
    if (names.includes(property) || value === undefined) continue;
    throw problem(scope, `${prefix}${property}`, value, {
      reason: `is for a property that ${kind} does not have`, remedy: `its properties are ${list(names)}`,
    });
  }
}
