import type { StackFacts } from './canonical';
import { compareTemplates, Difference } from './difference';
import { differenceText } from './difference-report';
import type { Template } from '../../serverless/template';

export interface CheckOptions extends StackFacts {
  /** What is deployed: what Serverless compiled. */
  readonly compiled: Template;
  /** What shall update the stack. */
  readonly template: Template;
}

/** The answer for scripts. A later version adds members, and raises `formatVersion` if one changes its meaning. */
export interface CheckResult extends Difference {
  readonly formatVersion: 1;
}

export interface Check {
  /** For a terminal; ends with the line of counts. */
  readonly report: string;
  /** For `--json`. */
  readonly json: CheckResult;
  /** Whether nothing is replaced or lost: else the command exits with 1. */
  readonly isSafe: boolean;
}

/** Judges whether a template updates a stack without replacing or losing anything. */
export function checkMigration({ compiled, template, ...facts }: CheckOptions): Check {
  const difference = compareTemplates(compiled, template, facts);
  return { report: differenceText(difference), json: { formatVersion: 1, ...difference }, isSafe: difference.isSafe };
}
