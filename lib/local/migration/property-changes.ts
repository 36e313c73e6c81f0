import { Canonical, equal, intrinsicOf, references, Value } from './canonical';
import { replacementRules } from './replacement-rules';
import type { Json, JsonObject, TemplateResource } from '../../serverless/template';
import { isRecord } from '../protocol/json';

/** What CloudFormation does because of a change. `unknown`: the type is not known, so that it may replace the resource. */
export type Effect = 'update' | 'replace' | 'may replace' | 'unknown';

/** A property, or an attribute such as `DeletionPolicy`, whose value changes. */
export interface PropertyChange {
  /** `Environment.Variables.TABLE`; `[]` stands for the items of a list. */
  readonly path: string;
  readonly effect: Effect;
  /** As the templates have it; missing if the property is. */
  readonly before?: Json;
  readonly after?: Json;
  /** The logical id of the resource whose replacement changes the value. */
  readonly because?: string;
}

/** A resource of both templates, with what is needed to compare it. */
export interface Pair {
  readonly before: TemplateResource;
  readonly after: TemplateResource;
  readonly canonicalBefore: Canonical;
  readonly canonicalAfter: Canonical;
}

/** Attributes that change nothing: CDK's notes, and the order of creation. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['Type', 'Properties', 'Metadata', 'DependsOn', 'Version', 'Condition']);

/** What differs between two versions of a resource, beside its `Condition`. */
export function propertyChanges(pair: Pair): PropertyChange[] {
  const { before, after } = pair;
  if (before.Type !== after.Type) return [{ path: 'Type', effect: 'replace', before: before.Type, after: after.Type }];
  const old = before.Properties ?? {};
  const new_ = after.Properties ?? {};
  const properties = namesOf(old, new_).flatMap((name) => changesOf(name, pair, old[name], new_[name]));
  const attributes = namesOf(before, after).filter((name) => !WITHOUT_EFFECT.has(name)).flatMap((name): PropertyChange[] => {
    const [from, to] = [before, after].map((resource) => (resource as unknown as JsonObject)[name]);
    const isSame = equal(pair.canonicalBefore.of(from), pair.canonicalAfter.of(to));
    return isSame ? [] : [{ path: name, effect: 'update', before: from, after: to }];
  });
  return [...properties, ...attributes];
}

/** The properties of a resource that refer to a resource that is replaced, as changes. */
export function propagatedChanges({ before, after, canonicalAfter }: Pair, replaced: ReadonlyMap<string, Effect>): PropertyChange[] {
  return Object.entries(after.Properties ?? {}).flatMap(([name, value]): PropertyChange[] => {
    const canonical = canonicalAfter.of(value);
    const causes = [...references(canonical)].filter((id) => replaced.has(id));
    if (causes.length === 0) return [];
    const cause = causes.find((id) => replaced.get(id) === 'replace') ?? causes[0];
    const own = strongest(rulesOf(after.Type, name).flatMap(({ path, effect }) => (
      [...references(project(canonical, path.slice(1)))].some((id) => replaced.has(id)) ? [effect] : [])));
    const effect = own === 'replace' ? replaced.get(cause)! : own;
    return [{ path: name, effect, before: before.Properties?.[name], after: value, because: cause }];
  });
}

/** The effect that matters most. */
export function strongest(effects: readonly Effect[]): Effect {
  return (['replace', 'may replace', 'unknown'] as const).find((effect) => effects.includes(effect)) ?? 'update';
}

function changesOf(name: string, pair: Pair, before: Value, after: Value): PropertyChange[] {
  const [from, to] = [pair.canonicalBefore.of(before), pair.canonicalAfter.of(after)];
  if (equal(from, to)) return [];
  if (pair.before.Type === 'AWS::DynamoDB::Table' && name === 'AttributeDefinitions' && retyped(from, to)) {
    return [{ path: name, effect: 'replace', before, after }];
  }
  const rules = rulesOf(pair.before.Type, name);
  const whole = rules.find(({ path }) => path.length === 1);
  if (whole) return [{ path: name, effect: whole.effect, before, after }];
  const nested = rules.flatMap(({ path, effect }): PropertyChange[] => {
    const [old, fresh] = [project(from, path.slice(1)), project(to, path.slice(1))];
    return sameItems(old, fresh) ? [] : [{ path: path.join('.').replace(/\.(\[|\{)/g, '$1'), effect, before: old, after: fresh }];
  });
  return nested.length > 0 ? nested : leaves(name, from, to, before, after);
}

/** Whether an attribute has another type: CloudFormation then replaces the table, which its specification says in words only. */
function retyped(before: Value, after: Value): boolean {
  const types = (value: Value): Map<unknown, unknown> => new Map((Array.isArray(value) ? value : [])
    .flatMap((item: Json) => (isRecord(item) ? [[item.AttributeName, item.AttributeType]] : [])));
  const fresh = types(after);
  return [...types(before)].some(([name, type]) => fresh.has(name) && fresh.get(name) !== type);
}

interface Rule {
  /** The steps below the property end in `[]` or `{}` where the step before them holds a list or a map. */
  readonly path: readonly string[];
  readonly effect: Effect;
}

/** The rules about a property and what is below it. */
function rulesOf(type: string, name: string): Rule[] {
  const rules = replacementRules(type);
  if (!rules) return [{ path: [name], effect: 'unknown' }];
  return rules.filter(({ path }) => path[0].replace(/[[\]{}]+$/, '') === name).map(({ path, isConditional }) => {
    const [, suffixes] = /^[^[{]+(.*)$/.exec(path[0])!;
    return {
      path: [name, ...suffixes ? [suffixes] : [], ...path.slice(1)],
      effect: isConditional ? 'may replace' : 'replace',
    };
  });
}

/** What is at a path below a property; of lists and maps, what is in each of their items that has it. */
function project(value: Value, path: readonly string[]): Value {
  if (path.length === 0 || value === undefined || value === null) return value;
  const [step, ...rest] = path;
  const [, name, suffixes] = /^([^[{]*)(.*)$/.exec(step)!;
  if (name !== '') {
    if (!isRecord(value)) return undefined;
    if (intrinsicOf(value as JsonObject)) return value;
    return project((value as JsonObject)[name], suffixes ? [suffixes, ...rest] : rest);
  }
  if (typeof value !== 'object') return undefined;
  const below = suffixes.length > 2 ? [suffixes.slice(2), ...rest] : rest;
  return Object.values(value).flatMap((item: Json) => project(item, below) ?? []);
}

/** A new item of a list is made, and one that is gone is deleted; neither replaces the resource. */
function sameItems(from: Value, to: Value): boolean {
  if (equal(from, to)) return true;
  if (!Array.isArray(from) || !Array.isArray(to)) return false;
  const [few, many] = (from.length <= to.length ? [from, to] : [to, from]).map((items) => items.map((item) => JSON.stringify(item)));
  if (few.length === many.length) return [...few].sort().join('\n') === [...many].sort().join('\n');
  return few.every((item) => many.includes(item));
}

/** Where exactly objects differ: `Environment.Variables.TABLE`. */
function leaves(path: string, from: Value, to: Value, before: Value, after: Value): PropertyChange[] {
  if (equal(from, to)) return [];
  if (path === 'Code' || !isPlain(from) || !isPlain(to) || !isPlain(before) || !isPlain(after)) {
    return [{ path, effect: 'update', before, after }];
  }
  return namesOf(from, to).flatMap((name) => leaves(`${path}.${name}`, from[name], to[name], before[name], after[name]));
}

function isPlain(value: Value): value is JsonObject {
  return isRecord(value) && !intrinsicOf(value as JsonObject);
}

function namesOf(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
