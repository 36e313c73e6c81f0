import { Canonical, equal, referenced, Value } from './canonical';
import { nameProperty, replacementRules } from './replacement-rules';
import type { Sides } from './resource-difference';
import type { JsonObject, TemplateResource } from '../../serverless/template';

/** The resource of the new template that takes the place of one that is removed. */
export interface Successor {
  readonly logicalId: string;
  /** A version or a deployment, which every deployment makes anew. */
  readonly isRenewal: boolean;
  /** The property that both have in common; missing if they are only the last two of their type. */
  readonly sameBy?: string;
  /** The name that both have, which cannot exist twice. */
  readonly takenName?: string;
}

/** What a resource of a type belongs to, of those that deployments make anew. */
const RENEWABLE: ReadonlyMap<string, string> = new Map([
  ['AWS::Lambda::Version', 'FunctionName'], ['AWS::Lambda::LayerVersion', 'LayerName'],
  ['AWS::ApiGatewayV2::Deployment', 'ApiId'], ['AWS::ApiGateway::Deployment', 'RestApiId'],
]);

/** What makes two resources the same thing for those who use them, if they have no names. */
const IDENTITY: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWS::ApiGatewayV2::Route', ['RouteKey']], ['AWS::ApiGatewayV2::Authorizer', ['Name']], ['AWS::ApiGatewayV2::Api', ['Name']],
  ['AWS::ApiGatewayV2::Integration', ['IntegrationUri']], ['AWS::Lambda::Function', ['FunctionName', 'Handler']],
  ['AWS::Lambda::Permission', ['FunctionName']],
]);

/** For resources that are removed: what takes their place, if anything does. */
export function findSuccessors(sides: Sides, removed: readonly string[], added: readonly string[]): Map<string, Successor> {
  const found = new Map<string, Successor>();
  for (const logicalId of removed) {
    const renewal = renewalOf(logicalId, sides);
    if (renewal !== undefined) found.set(logicalId, { logicalId: renewal, isRenewal: true });
  }
  const free = new Set(added.filter((id) => ![...found.values()].some(({ logicalId }) => logicalId === id)));
  const lost = removed.filter((id) => !found.has(id));
  const move = (logicalId: string, successor: Omit<Successor, 'isRenewal'>): void => {
    free.delete(successor.logicalId);
    found.set(logicalId, { isRenewal: false, ...successor });
  };
  for (const logicalId of lost) {
    const same = sameThing(sides.before.Resources[logicalId], [...free], sides);
    if (same) move(logicalId, same);
  }
  for (const logicalId of lost.filter((id) => !found.has(id))) {
    const { Type } = sides.before.Resources[logicalId];
    const rivals = lost.filter((id) => !found.has(id) && sides.before.Resources[id].Type === Type);
    const candidates = [...free].filter((id) => sides.after.Resources[id].Type === Type);
    if (rivals.length === 1 && candidates.length === 1) move(logicalId, { logicalId: candidates[0] });
  }
  return found;
}

function renewalOf(logicalId: string, sides: Sides): string | undefined {
  const old = sides.before.Resources[logicalId];
  const owner = RENEWABLE.get(old.Type);
  if (owner === undefined) return undefined;
  const of = ({ Properties = {} }: TemplateResource, canonical: Canonical): Value => {
    const value = canonical.of(Properties[owner]);
    return referenced(value) ?? value;
  };
  if (of(old, sides.canonicalBefore) === undefined) return undefined;
  const candidates = Object.entries(sides.after.Resources)
    .filter(([, { Type }]) => Type === old.Type)
    // An unnamed layer is no other layer, and one that was there before renews nothing.
    .filter(([id]) => old.Type !== 'AWS::Lambda::LayerVersion' || !Object.hasOwn(sides.before.Resources, id))
    .filter(([, { Properties = {} }]) => equal(
      sides.canonicalAfter.of(Properties.StageName), sides.canonicalBefore.of(old.Properties?.StageName),
    ))
    .filter(([, resource]) => equal(of(resource, sides.canonicalAfter), of(old, sides.canonicalBefore)))
    .map(([id]) => id);
  if (old.Type !== 'AWS::ApiGatewayV2::Deployment') return candidates[0];
  return deploymentThatServes(of(old, sides.canonicalBefore), candidates, sides);
}

/** A stage serves what its deployment has; without one, it serves nothing. */
function deploymentThatServes(api: Value, candidates: readonly string[], { after, canonicalAfter }: Sides): string | undefined {
  const stages = Object.entries(after.Resources).filter(([, { Type, Properties = {} }]) => {
    const id = canonicalAfter.of(Properties.ApiId);
    return Type === 'AWS::ApiGatewayV2::Stage' && equal(referenced(id) ?? id, api);
  });
  const automatic = stages.find(([, { Properties = {} }]) => String(Properties.AutoDeploy) === 'true');
  if (automatic) return candidates[0] ?? automatic[0];
  const served = new Set(stages.map(([, { Properties = {} }]) => referenced(canonicalAfter.of(Properties.DeploymentId))));
  return candidates.find((id) => served.has(id) || stages.length === 0);
}

function sameThing(old: TemplateResource, candidates: readonly string[], sides: Sides): Omit<Successor, 'isRenewal'> | undefined {
  const { canonicalBefore, canonicalAfter } = sides;
  const name = nameProperty(old.Type);
  for (const property of [...name === undefined ? [] : [name], ...IDENTITY.get(old.Type) ?? []]) {
    const value = canonicalBefore.of(old.Properties?.[property]);
    if (value === undefined) continue;
    const logicalId = candidates.find((id) => {
      const { Type, Properties = {} } = sides.after.Resources[id];
      return Type === old.Type && equal(canonicalAfter.of(Properties[property]), value);
    });
    if (logicalId === undefined) continue;
    const isTaken = property === name && typeof value === 'string' && sharesScope(old, sides.after.Resources[logicalId], sides);
    return { logicalId, sameBy: property, ...isTaken ? { takenName: value } : {} };
  }
  return undefined;
}

/** A name exists once within what the resource belongs to: that of a stage within its API, that of a function within the account. */
function sharesScope(old: TemplateResource, fresh: TemplateResource, { canonicalBefore, canonicalAfter }: Sides): boolean {
  const rules = replacementRules(old.Type) ?? [];
  const names = rules.flatMap(({ path }) => (path.length === 1 ? path : []));
  return names.every((name) => {
    const owner = canonicalBefore.of(valueOf(old, name));
    return referenced(owner) === undefined || equal(owner, canonicalAfter.of(valueOf(fresh, name)));
  });
}

function valueOf({ Properties = {} }: TemplateResource, name: string): Value {
  return (Properties as JsonObject)[name];
}
