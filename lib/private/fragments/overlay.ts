import { CfnOutput, CfnResource, Lazy, Token } from 'aws-cdk-lib';
import type { CarriedResource } from './carried-resource';

/** What becomes of a resource or an output that a construct makes under the logical id of a carried one. */
export interface Join {
  resource(made: CfnResource, carried: CarriedResource): void;
  output(made: CfnOutput, carried: Attributes): void;
}

/** A resource or an output as in a template, or the overrides of one. */
export type Attributes = Record<string, unknown>;

/** As Serverless merges `resources`: map by map, list item by list item. */
export const MERGED: Join = {
  resource: (made, carried) => {
    const { DependsOn: _, Type: __, ...attributes } = carried.attributes();
    layBeneath(made, overLists(made, attributes, []));
    layBeneath(made, { DependsOn: Lazy.uncachedAny({ produce: () => carried.waitsFor(made) }) });
  },
  output: (made, { Value, Description, Export, Condition }) => {
    if (Value !== undefined) made.value = Token.asString(Value);
    if (Description !== undefined) made.description = Token.asString(Description);
    if (isMap(Export)) made.exportName = Token.asString(Export.Name);
    if (Condition !== undefined) made.condition = { logicalId: Condition } as CfnOutput['condition'];
  },
};

/** Overrides what a construct makes of a resource, except for what is overridden already. */
function layBeneath(resource: CfnResource, attributes: Attributes): void {
  // No method of aws-cdk-lib tells what `addOverride` has set.
  mergeBeneath((resource as unknown as { rawOverrides: Attributes }).rawOverrides, attributes);
}

/** Adds to a map what it lacks. */
export function mergeBeneath(above: Attributes, beneath: Attributes): void {
  for (const [name, value] of Object.entries(beneath)) {
    if (!Object.hasOwn(above, name)) {
      above[name] = value;
    } else if (isMap(above[name]) && isMap(value)) {
      above[name] = { ...above[name] };
      mergeBeneath(above[name] as Attributes, value);
    }
  }
}

/** A resource as its construct makes it, without overrides, as far as it is known. */
function madeBy(resource: CfnResource): Attributes {
  const internals = resource as unknown as { rawOverrides: Attributes; _toCloudFormation(): object };
  const { rawOverrides } = internals;
  try {
    internals.rawOverrides = {};
    const { Resources = {} } = resource.stack.resolve(internals._toCloudFormation()) as { Resources?: Record<string, Attributes> };
    return Object.values(Resources)[0] ?? {};
  } finally {
    internals.rawOverrides = rawOverrides;
  }
}

/** Overrides replace lists, so that a merged list is made when the template is, from what the construct has then. */
function overLists(made: CfnResource, attributes: Attributes, path: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => {
    if (isMap(value)) return [name, overLists(made, value, [...path, name])];
    if (!Array.isArray(value)) return [name, value];
    return [name, Lazy.uncachedAny({ produce: () => merged(memberOf(madeBy(made), [...path, name]), value) })];
  }));
}

function memberOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, name) => (isMap(at) ? at[name] : undefined), value);
}

function merged(beneath: unknown, above: unknown): unknown {
  if (Array.isArray(beneath) && Array.isArray(above)) {
    return Array.from({ length: Math.max(beneath.length, above.length) }, (_, index) => (
      index < above.length ? merged(beneath[index], above[index]) : beneath[index] as unknown
    ));
  }
  if (!isMap(beneath) || !isMap(above) || isIntrinsic(beneath) || isIntrinsic(above)) return above;
  const names = new Set([...Object.keys(beneath), ...Object.keys(above)]);
  return Object.fromEntries([...names].map((name) => [name, name in above ? merged(beneath[name], above[name]) : beneath[name]]));
}

/** `{ Ref: 'X' }` or a function, which is replaced as a whole. */
export function isIntrinsic(value: Attributes): boolean {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
}

/** A map whose members are known, not a token. */
export function isMap(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}
