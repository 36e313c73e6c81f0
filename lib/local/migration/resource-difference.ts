import { Canonical } from './canonical';
import { Effect, Pair, propagatedChanges, propertyChanges, PropertyChange, strongest } from './property-changes';
import { nameProperty } from './replacement-rules';
import type { Template, TemplateResource } from '../../serverless/template';

/**
 * What becomes of a resource. `changed`: in place; `renewed`: a version or a deployment makes place for the next one, as on any deployment;
 * `removed` and `replaced` lose something.
 */
export type Verdict = 'kept' | 'changed' | 'added' | 'removed' | 'replaced' | 'renewed';

export interface ResourceDifference {
  readonly logicalId: string;
  /** In the new template, if it is there. */
  readonly type: string;
  readonly verdict: Verdict;
  /** Whether it depends on what only AWS knows: a property that may replace, a condition. */
  readonly isUncertain: boolean;
  /** Empty for resources that are only in one template. */
  readonly changes: readonly PropertyChange[];
  /** Of a resource that is removed or renewed: the logical id that stands for the same thing in the new template. */
  readonly successor?: string;
  /** Why the successor is taken for the same thing: `FunctionName`. */
  readonly sameBy?: string;
  /** The name that its successor cannot have as long as it exists: CloudFormation creates first and deletes afterwards. */
  readonly takenName?: string;
  /** Removed, with `DeletionPolicy: Retain`: it stays in the account, outside of the stack. */
  readonly isOrphaned?: boolean;
  /** The condition under which it exists in the new template only. */
  readonly condition?: string;
}

/** Two templates, each with its way to compare values. */
export interface Sides {
  readonly before: Template;
  readonly after: Template;
  readonly canonicalBefore: Canonical;
  readonly canonicalAfter: Canonical;
}

/** What becomes of the resources that are in both templates. */
export function commonResources(sides: Sides): ResourceDifference[] {
  return [...changesOfCommon(sides)].map(([logicalId, changes]) => commonResource(logicalId, changes, sides));
}

/** The changes of each resource that is in both templates. What is replaced changes what refers to it, which may replace that too. */
function changesOfCommon(sides: Sides): Map<string, readonly PropertyChange[]> {
  const { before: { Resources: old }, after: { Resources: fresh } } = sides;
  const pairs = new Map(Object.keys(old).filter((id) => Object.hasOwn(fresh, id))
    .map((id): [string, Pair] => [id, { ...sides, before: old[id], after: fresh[id] }]));
  const own = new Map([...pairs].map(([id, pair]) => [id, propertyChanges(pair)]));
  let all: ReadonlyMap<string, readonly PropertyChange[]> = own;
  for (let size = -1; ;) {
    const replaced = new Map([...all].flatMap(([id, changes]): Array<[string, Effect]> => {
      const effect = strongest(changes.map((change) => change.effect));
      return effect === 'replace' || effect === 'may replace' ? [[id, effect]] : [];
    }));
    // An effect only grows, so that each round adds something, or nothing ever will.
    const weight = [...replaced.values()].reduce((sum, effect) => sum + (effect === 'replace' ? 2 : 1), 0);
    if (weight <= size || replaced.size === 0) return new Map(all);
    size = weight;
    all = new Map([...pairs].map(([id, pair]) => {
      const changes = own.get(id)!;
      if (pair.before.Type !== pair.after.Type) return [id, changes];
      const further = propagatedChanges(pair, replaced).filter(({ path, effect }) => (
        !changes.some((change) => change.path.split(/[.[{]/)[0] === path && (change.effect === effect || effect === 'update'))));
      return [id, [...changes, ...further]];
    }));
  }
}

function commonResource(logicalId: string, own: readonly PropertyChange[], sides: Sides): ResourceDifference {
  const [before, after] = [sides.before.Resources[logicalId], sides.after.Resources[logicalId]];
  const [from, to] = [keyOf(before, sides.canonicalBefore), keyOf(after, sides.canonicalAfter)];
  const condition: PropertyChange = { path: 'Condition', effect: 'update', before: before.Condition, after: after.Condition };
  const changes = from === to ? own : [...own, condition];
  const base = { logicalId, type: after.Type, changes };
  if (from !== to && to !== undefined) return { ...base, verdict: 'removed', isUncertain: true, condition: after.Condition };
  const effect = strongest(changes.map((change) => change.effect));
  const isUncertain = effect === 'may replace' || effect === 'unknown';
  if (effect !== 'replace' && effect !== 'may replace') return { ...base, verdict: changes.length > 0 ? 'changed' : 'kept', isUncertain };
  if (isRenewed(before, changes)) return { ...base, verdict: 'renewed', isUncertain: false };
  return { ...base, verdict: 'replaced', isUncertain, takenName: takenName(logicalId, changes, sides) };
}

/** What decides whether a resource is there; `undefined` if it is in any case. */
function keyOf({ Condition: name }: TemplateResource, canonical: Canonical): string | undefined {
  const condition = name === undefined ? undefined : canonical.condition(name);
  return condition?.holds === true ? undefined : condition?.key;
}

/** A version under the same logical id is renewed by other code, and so is a layer by what it is made of. */
function isRenewed({ Type: type }: TemplateResource, changes: readonly PropertyChange[]): boolean {
  const own = RENEWED_BY.get(type);
  return own !== undefined && changes.every(({ path, effect }) => effect === 'update' || own.includes(path));
}

const RENEWED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWS::Lambda::Version', ['CodeSha256', 'Description']],
  ['AWS::Lambda::LayerVersion', ['Content', 'Description', 'CompatibleRuntimes', 'CompatibleArchitectures', 'LicenseInfo']],
]);

/** The name that both have: CloudFormation creates the new resource before it deletes the old one. */
function takenName(logicalId: string, changes: readonly PropertyChange[], { after, canonicalAfter }: Sides): string | undefined {
  const { Type, Properties = {} } = after.Resources[logicalId];
  const property = nameProperty(Type);
  const isOther = changes.some(({ path, because }) => path === 'Type' || path === property || because !== undefined);
  if (property === undefined || isOther) return undefined;
  const name = canonicalAfter.of(Properties[property]);
  return typeof name === 'string' ? name : undefined;
}
