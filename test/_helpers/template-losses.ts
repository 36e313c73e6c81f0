import { isDeepStrictEqual } from 'util';
import { fullDiff, ResourceImpact, type ResourceDifference } from '@aws-cdk/cloudformation-diff';
import type { Json, Template } from '../../lib/serverless/template';

/** They get new ids with every deployment, by Serverless too. */
const TRANSIENT = ['AWS::ApiGatewayV2::Deployment', 'AWS::Lambda::Version'];
/** Policies whose loss would let CloudFormation delete something; one that is added keeps more than before. */
const KEEPING = ['Retain', 'RetainExceptOnCreate', 'Snapshot'];
const REPLACING = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];

/**
 * What would be replaced, removed or lost if a stack that has the template `before` were updated with `after`: one line each, as CDK's own
 * comparison sees it. `cdk diff` would show more; here are only the losses. In the Region of the stack, its name and `AWS::Region` are the same.
 */
export function losses(before: Template, after: Template, region?: string): string[] {
  const diff = fullDiff(structuredClone(before), structuredClone(after));
  const found: string[] = [];
  diff.resources.forEachDifference((id, change) => { found.push(...resourceLosses(id, change)); });
  diff.outputs.forEachDifference((id, change) => {
    if (change.isAddition) return;
    const [was, is] = [neutral(before, change.oldValue as Json, region), neutral(after, change.newValue as Json | undefined, region)];
    if (isDeepStrictEqual(undescribed(was), undescribed(is))) return;
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
    const isPolicy = kind === 'Other' && (name === 'Condition' || name.endsWith('Policy') && KEEPING.includes(String(difference.oldValue)));
    if (isPolicy && difference.isDifferent || impact !== undefined && REPLACING.includes(impact)) {
      replacing.push(`${id} (${type}): ${isPolicy ? 'changes' : impact} ${name}: ${text(difference.oldValue)} -> ${text(difference.newValue)}`);
    }
  });
  if (replacing.length === 0 && REPLACING.includes(change.changeImpact)) replacing.push(`${id} (${type}): ${change.changeImpact}`);
  return replacing;
}


/** Nobody depends on the description of an output. */
function undescribed(output: Json): Json {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const { Description, ...others } = output;
  return others;
}

/** Without what differs in spelling only; an output of a version follows its id. */
export function neutral(template: Template, value: Json | undefined, region: string | undefined): Json {
  if (Array.isArray(value)) return value.map((item) => neutral(template, item, region));
  if (typeof value !== 'object' || value === null) return value ?? null;
  const { Ref } = value;
  if (Ref === 'AWS::Region' && region !== undefined) return region;
  if (typeof Ref === 'string' && TRANSIENT.includes(template.Resources[Ref]?.Type ?? '')) return { Ref: template.Resources[Ref]!.Type };
  const members = Object.fromEntries(Object.keys(value).sort().map((name) => [name, neutral(template, value[name] ?? null, region)]));
  const { 'Fn::Join': join } = members;
  return Array.isArray(join) && join[0] === '' && Array.isArray(join[1]) ? { 'Fn::Join': ['', joined(join[1])] } : members;
}

/** `['a', 'b', { Ref }]` is `['ab', { Ref }]`. */
function joined(parts: readonly Json[]): Json[] {
  return parts.reduce<Json[]>((found, part) => {
    const last = found.at(-1);
    return typeof last === 'string' && typeof part === 'string' ? [...found.slice(0, -1), last + part] : [...found, part];
  }, []);
}

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 300 ? `${json.slice(0, 300)}...` : json;
}
