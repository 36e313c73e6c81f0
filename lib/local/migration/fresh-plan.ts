import { isObject } from '../../serverless/json-value';
import type { FunctionPlan, ServicePlan } from '../../serverless/plan';
import type { ServerlessService } from '../../serverless/service';
import type { Json, JsonObject, Template } from '../../serverless/template';

/** A plan for a new stack, beside the one that Serverless deployed. */
export interface FreshPlan {
  readonly plan: ServicePlan;
  /** Ids of Serverless that the rest of the template refers to: these resources keep them. */
  readonly keptIds: readonly string[];
  /** What the new stack leaves out. */
  readonly left: readonly string[];
}

/** The plan without what only Serverless needs: its ids, its names, and the resources that it made for itself. */
export function freshPlan(plan: ServicePlan, { config }: ServerlessService, functionIds: ReadonlyMap<string, string>): FreshPlan {
  const own = sectionOf(config, 'Resources');
  const outputs = sectionOf(config, 'Outputs');
  const { Resources, Outputs, ...others } = plan.fragment;
  const ids = new Set(['WebsocketsApi', 'WebsocketsDeploymentStage', ...functionIds.values()]);
  const fragment: Template = {
    ...others,
    Resources: Object.fromEntries(Object.entries(Resources).filter(([id]) => own.has(id))),
    ...Outputs && { Outputs: Object.fromEntries(Object.entries(Outputs).filter(([id]) => outputs.has(id))) },
  };
  const overrides = Object.fromEntries(Object.entries(plan.overrides).filter(([id]) => ids.has(id)));
  const attributes = Object.fromEntries(Object.entries(plan.attributes).filter(([id]) => ids.has(id)));
  const fresh: ServicePlan = {
    ...plan,
    stackName: `${plan.stackName}-cdk`,
    // What the naming says of all functions.
    defaults: { ...unnamed(plan.defaults), logRetentionInDays: plan.naming.logRetentionInDays, role: plan.naming.role },
    functions: Object.fromEntries(Object.entries(plan.functions).map(([key, fn]) => [key, unnamed(fn)])),
    overrides,
    attributes,
    fragment,
  };
  const references = new Set<string>();
  collect([fresh.defaults, fresh.functions, overrides, fragment, plan.naming.roleStatements ?? []] as unknown as Json, references);
  const left = [
    ...Object.keys(Resources).filter((id) => !own.has(id)),
    ...Object.keys(plan.overrides).filter((id) => !ids.has(id)).map((id) => `${id} (overrides)`),
  ];
  return { plan: fresh, keptIds: [...ids].filter((id) => references.has(id)), left };
}

/** A function of the same name exists in the old stack. */
function unnamed({ functionName: _name, ...others }: FunctionPlan): FunctionPlan {
  return others;
}

/** The names in a section of `resources`, which may be a list. */
function sectionOf({ resources }: JsonObject, section: string): ReadonlySet<string> {
  const parts = Array.isArray(resources) ? resources : [resources];
  return new Set(parts.flatMap((part) => (isObject(part) && isObject(part[section]) ? Object.keys(part[section]) : [])));
}

/** The logical ids that a value refers to. */
function collect(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) value.forEach((item) => collect(item, found));
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'Ref' && typeof member === 'string') found.add(member);
    if (name === 'Fn::GetAtt') found.add(Array.isArray(member) ? String(member[0]) : String(member).split('.')[0]);
    if (name === 'DependsOn') [member].flat().forEach((id) => found.add(String(id)));
    if (name === 'Fn::Sub') for (const [, id] of JSON.stringify(member).matchAll(/\$\{(\w+)/g)) found.add(id);
    collect(member, found);
  }
}
