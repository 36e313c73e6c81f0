import { Canonical, equal, references } from './canonical';
import type { ResourceDifference, Sides } from './resource-difference';
import type { Json, JsonObject, Template } from '../../serverless/template';
import { isRecord } from '../protocol/json';

/** An output of either template that is not the same in the other one. */
export interface OutputDifference {
  readonly name: string;
  /** `renewed`: the value is the next version or deployment, as after any deployment. */
  readonly verdict: 'changed' | 'added' | 'removed' | 'renewed';
  /** The name of its export: the one that is lost, else that of the new template; an intrinsic function as JSON. */
  readonly exportName?: string;
  /** Whether an export of the old template is gone, which other stacks may import. */
  readonly isLost: boolean;
  readonly before?: Json;
  readonly after?: Json;
}

/** Compares the outputs of two templates. An export may move to another output. */
export function outputDifferences(sides: Sides, resources: readonly ResourceDifference[]): OutputDifference[] {
  const { before, after, canonicalBefore, canonicalAfter } = sides;
  const old = outputsOf(before);
  const fresh = outputsOf(after);
  const isThere = ({ Condition: name }: JsonObject): boolean => typeof name !== 'string' || canonicalAfter.condition(name).holds !== false;
  const exported = new Set([...fresh.values()].filter(isThere).flatMap((output) => exportText(output, canonicalAfter) ?? []));
  const unstable = new Map(resources.filter(({ verdict }) => verdict === 'replaced' || verdict === 'renewed')
    .flatMap(({ logicalId, successor, verdict }) => [logicalId, ...successor === undefined ? [] : [successor]].map((id) => [id, verdict])));
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name): OutputDifference[] => {
    const [from, to] = [old.get(name), fresh.get(name)];
    const [oldExport, newExport] = [exportText(from, canonicalBefore), exportText(to, canonicalAfter)];
    const isLost = oldExport !== undefined && !exported.has(oldExport);
    const base = { name, exportName: isLost ? oldExport : newExport ?? oldExport, isLost, before: from?.Value, after: to?.Value };
    if (!from) return [{ ...base, verdict: 'added' }];
    if (!to) return [{ ...base, verdict: 'removed' }];
    const [oldValue, newValue] = [canonicalBefore.of(from.Value), canonicalAfter.of(to.Value)];
    const causes = [...references(oldValue), ...references(newValue)].flatMap((id) => unstable.get(id) ?? []);
    const isSame = equal(oldValue, newValue) && equal(oldExport, newExport) && !isLost;
    if (isSame && causes.length === 0) return [];
    const isRenewal = !isLost && equal(oldExport, newExport) && causes.length > 0 && causes.every((cause) => cause === 'renewed');
    return [{ ...base, verdict: isRenewal ? 'renewed' : 'changed' }];
  });
}

function outputsOf({ Outputs = {} }: Template): Map<string, JsonObject> {
  return new Map(Object.entries(Outputs).filter(([, output]) => isRecord(output)));
}

function exportText(output: JsonObject | undefined, canonical: Canonical): string | undefined {
  const name = isRecord(output?.Export) ? canonical.of((output.Export as JsonObject).Name) : undefined;
  return name === undefined || typeof name === 'string' ? name : JSON.stringify(name);
}
