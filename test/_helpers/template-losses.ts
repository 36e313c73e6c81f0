import { fullDiff, ResourceImpact, type ResourceDifference } from '@aws-cdk/cloudformation-diff';
import type { Json, Template } from '../../lib/serverless/template';

/** They get new ids with every deployment, by Serverless too. */
const TRANSIENT = ['AWS::ApiGatewayV2::Deployment', 'AWS::Lambda::Version'];
const REPLACING = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];

/**
 * What would be replaced, removed or lost if a stack that has the template `before` were updated with `after`: one line each, as CDK's own
 * comparison sees it. `cdk diff` would show more; here are only the losses.
 */
export function losses(before: Template, after: Template): string[] {
  const diff = fullDiff(structuredClone(before), structuredClone(after));
  const found: string[] = [];
  diff.resources.forEachDifference((id, change) => { found.push(...resourceLosses(id, change)); });
  diff.outputs.forEachDifference((id, change) => {
    if (change.isAddition || isTransient(before, after, change.oldValue as Json, change.newValue as Json)) return;
    found.push(`output ${id}: ${text(change.oldValue)} -> ${text(change.newValue)}`);
  });
  for (const section of ['parameters', 'mappings', 'conditions'] as const) {
    diff[section].forEachDifference((id, change) => {
      if (!change.isAddition) found.push(`${section} ${id}: ${text(change.oldValue)} -> ${text(change.newValue)}`);
    });
  }
  return found.sort();
}

function resourceLosses(id: string, change: ResourceDifference): string[] {
  const type = change.oldResourceType ?? change.newResourceType ?? '';
  if (change.isAddition) return [];
  if (change.isRemoval) return TRANSIENT.includes(type) ? [] : [`${id} (${type}): removed`];
  if (change.oldResourceType !== change.newResourceType) return [`${id} (${type}): is a ${change.newResourceType} now`];
  const replacing: string[] = [];
  change.forEachDifference((kind, name, difference) => {
    const impact = kind === 'Property' && 'changeImpact' in difference ? difference.changeImpact as ResourceImpact | undefined : undefined;
    const isPolicy = kind === 'Other' && ['DeletionPolicy', 'UpdateReplacePolicy', 'Condition'].includes(name);
    if (isPolicy && difference.isDifferent || impact !== undefined && REPLACING.includes(impact)) {
      replacing.push(`${id} (${type}): ${isPolicy ? 'changes' : impact} ${name}: ${text(difference.oldValue)} -> ${text(difference.newValue)}`);
    }
  });
  if (replacing.length === 0 && REPLACING.includes(change.changeImpact)) replacing.push(`${id} (${type}): ${change.changeImpact}`);
  return replacing;
}

/** Outputs of a version follow its id. */
function isTransient(before: Template, after: Template, oldValue: Json | undefined, newValue: Json | undefined): boolean {
  return newValue !== undefined && text(neutral(before, oldValue)) === text(neutral(after, newValue));
}

function neutral(template: Template, value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => neutral(template, item));
  if (typeof value !== 'object' || value === null) return value ?? null;
  const { Ref } = value;
  if (typeof Ref === 'string' && TRANSIENT.includes(template.Resources[Ref]?.Type ?? '')) return { Ref: template.Resources[Ref]!.Type };
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, neutral(template, value[name])]));
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 300 ? `${json.slice(0, 300)}...` : json;
}
