import { accessWarnings } from './access-warnings';
import { Canonical, StackFacts } from './canonical';
import { OutputDifference, outputDifferences } from './output-differences';
import { commonResources, ResourceDifference, Sides, Verdict } from './resource-difference';
import { findSuccessors } from './successors';
import { templateWarnings, Warning } from './template-warnings';
import type { Template } from '../../serverless/template';

/** What an update of a stack from one template to another does. */
export interface Difference {
  readonly resources: readonly ResourceDifference[];
  /** The outputs that are not the same in both. */
  readonly outputs: readonly OutputDifference[];
  readonly warnings: readonly Warning[];
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Whether nothing is replaced or lost, exports, keys of routes and their authorization included. */
  readonly isSafe: boolean;
}

/** Compares the template of a stack with the one that shall update it. */
export function compareTemplates(before: Template, after: Template, facts: StackFacts = {}): Difference {
  const canonicalBefore = new Canonical(before, facts);
  // A parameter that the stack has keeps its value; a new one takes its default.
  const canonicalAfter = new Canonical(after, facts, new Set(newNames(before.Parameters, after.Parameters)));
  const sides = { before: existing(before, canonicalBefore), after: existing(after, canonicalAfter), canonicalBefore, canonicalAfter };
  const resources = differencesOf(sides, after);
  const outputs = outputDifferences(sides, resources);
  const warnings = [...templateWarnings(sides, resources), ...accessWarnings(sides)];
  const counts = { kept: 0, changed: 0, added: 0, removed: 0, replaced: 0, renewed: 0 };
  for (const { verdict } of resources) counts[verdict]++;
  const isSafe = counts.removed === 0 && counts.replaced === 0 && !outputs.some(({ isLost }) => isLost)
    && !warnings.some(({ code }) => ['unauthenticated', 'routeLost', 'urlLost'].includes(code));
  return { resources, outputs, warnings, counts, isSafe };
}

/** @param whole the new template with the resources whose condition does not hold */
function differencesOf(sides: Sides, whole: Template): ResourceDifference[] {
  const { before: { Resources: old }, after: { Resources: fresh } } = sides;
  const removed = newNames(fresh, old);
  const added = newNames(old, fresh);
  const successors = findSuccessors(sides, removed, added);
  const renewals = new Set([...successors.values()].filter(({ isRenewal }) => isRenewal).map(({ logicalId }) => logicalId));
  return [
    ...commonResources(sides),
    ...removed.map((logicalId): ResourceDifference => {
      const { Type: type, DeletionPolicy: policy } = old[logicalId];
      const found = successors.get(logicalId);
      const base = { logicalId, type, isUncertain: false, changes: [], successor: found?.logicalId };
      if (found?.isRenewal) return { ...base, verdict: 'renewed' };
      const isOrphaned = policy === 'Retain' || policy === 'RetainExceptOnCreate' || undefined;
      const condition = Object.hasOwn(whole.Resources, logicalId) ? whole.Resources[logicalId].Condition : undefined;
      return { ...base, verdict: 'removed', sameBy: found?.sameBy, takenName: found?.takenName, isOrphaned, condition };
    }),
    ...added.filter((logicalId) => !renewals.has(logicalId))
      .map((logicalId) => ({ logicalId, type: fresh[logicalId].Type, verdict: 'added' as const, isUncertain: false, changes: [] })),
  ];
}

/** The names that only the second one has. */
function newNames(old: object = {}, fresh: object = {}): string[] {
  return Object.keys(fresh).filter((name) => !Object.hasOwn(old, name));
}

/** Without the resources whose condition does not hold, and without CDK's note about itself. */
function existing(template: Template, canonical: Canonical): Template {
  const resources = Object.entries(template.Resources).filter(([, { Type, Condition: name }]) => (
    Type !== 'AWS::CDK::Metadata' && (name === undefined || canonical.condition(name).holds !== false)));
  return { ...template, Resources: Object.fromEntries(resources) };
}
