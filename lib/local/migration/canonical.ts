import { createHash } from 'crypto';
import type { Json, JsonObject, Template } from '../../serverless/template';
import { isRecord, own } from '../protocol/json';

/** What is known about the stack, so that `{ Ref: 'AWS::Region' }` and `eu-west-1` are the same value. */
export interface StackFacts {
  readonly region?: string;
  readonly account?: string;
  readonly stackName?: string;
}

export type Value = Json | undefined;

/** JSON of a value that is longer stands for itself by its digest: variables of `Fn::Sub` within each other would double at each level. */
const LONGEST_TEXT = 200_000;

/** Parts of a policy statement in which one value and a list of one value are the same, and the order counts for nothing. */
const SETS: ReadonlySet<string> = new Set(['Action', 'NotAction', 'Resource', 'NotResource']);

/**
 * Brings the values of a template into one form: two values that CloudFormation resolves to the same are equal as JSON. Other values may be
 * the same after deployment too; they count as different.
 */
export class Canonical {
  private readonly conditions = new Map<string, { readonly key: string; readonly holds?: boolean }>();
  private readonly pseudo: ReadonlyMap<string, string | undefined>;

  /** @param defaulted parameters that have their default value when the template is deployed */
  public constructor(
    private readonly template: Template, facts: StackFacts, private readonly defaulted: ReadonlySet<string> = new Set(),
  ) {
    const { region } = facts;
    this.pseudo = new Map([
      ['AWS::Region', region], ['AWS::AccountId', facts.account], ['AWS::StackName', facts.stackName],
      ['AWS::Partition', region && partitionOf(region)],
      ['AWS::URLSuffix', region && (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com')],
    ]);
  }

  /** The value in its one form; `undefined` for `AWS::NoValue`. */
  public of(value: Value): Value {
    if (value === undefined || value === null) return value;
    // CloudFormation takes 10 and "10" alike.
    if (typeof value !== 'object') return String(value);
    if (Array.isArray(value)) return listOf(value.flatMap((item) => this.of(item) ?? []));
    const call = intrinsicOf(value);
    return call ? this.call(call.name, call.argument) : this.object(value);
  }

  /** A condition by what it says: `key` is the same for equal expressions; `holds` is missing if only AWS can decide it. */
  public condition(name: string): { readonly key: string; readonly holds?: boolean } {
    const known = this.conditions.get(name);
    if (known) return known;
    this.conditions.set(name, { key: `condition ${name}` });
    const expression = own(this.template.Conditions ?? {}, name) as Value;
    const found = expression === undefined ? { key: `condition ${name}` } : {
      key: digest(JSON.stringify(this.expression(expression))), holds: this.decide(expression),
    };
    this.conditions.set(name, found);
    return found;
  }

  private object(value: JsonObject): Json {
    const isStatement = value.Effect === 'Allow' || value.Effect === 'Deny';
    const entries = Object.entries(value).map(([name, of]): [string, Value] => {
      const canonical = this.of(of);
      if (isStatement && SETS.has(name)) return [name, setOf(canonical)];
      if (isStatement && /^(Not)?Principal$|^Condition$/.test(name)) return [name, setsOf(canonical)];
      return [name, name === 'Statement' && typeof canonical === 'object' ? setOf(canonical) : canonical];
    });
    return Object.fromEntries(entries.filter(([, of]) => of !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))) as JsonObject;
  }

  private call(name: string, argument: Json): Value {
    if (name === 'Ref' && typeof argument === 'string') return this.reference(argument);
    if (name === 'Fn::GetAtt') return attribute(typeof argument === 'string' ? argument.split('.') : this.of(argument));
    if (name === 'Fn::Join' && Array.isArray(argument)) return this.join(argument);
    if (name === 'Fn::Sub') return this.sub(argument);
    if (name === 'Fn::If' && Array.isArray(argument)) return this.choice(argument);
    if (name === 'Fn::FindInMap' && Array.isArray(argument)) return this.mapped(argument);
    const canonical = this.of(argument);
    if (name === 'Fn::Select' && Array.isArray(canonical)) return selected(canonical);
    if (name === 'Fn::Split' && isTexts(canonical) && canonical.length === 2) return canonical[1].split(canonical[0]);
    return { [name]: canonical ?? null };
  }

  private reference(name: string): Value {
    if (name === 'AWS::NoValue') return undefined;
    const parameter = own(this.template.Parameters ?? {}, name);
    if (this.defaulted.has(name) && isRecord(parameter) && parameter.Default !== undefined) {
      const type = String(parameter.Type);
      // The default of a parameter of the Parameter Store is the name of the value there.
      if (!type.startsWith('AWS::SSM::')) return type.includes('List') ? String(parameter.Default).split(',') : String(parameter.Default);
    }
    return this.pseudo.get(name) ?? { Ref: name };
  }

  private join([delimiter, items]: Json[]): Json {
    const canonical = this.of(items);
    if (typeof delimiter !== 'string' || !Array.isArray(canonical)) {
      return { 'Fn::Join': [delimiter ?? null, canonical ?? null] };
    }
    return textOf(canonical.flatMap((item, index) => (index > 0 ? [delimiter, item] : [item])));
  }

  private sub(argument: Json): Json {
    const [text, variables] = Array.isArray(argument) ? argument : [argument];
    if (typeof text !== 'string') return { 'Fn::Sub': this.of(argument) ?? null };
    const variablesOf = Object.entries(isRecord(variables) ? variables as JsonObject : {});
    const values = new Map(variablesOf.map(([name, value]) => [name, this.of(value) ?? '']));
    return textOf(text.split(/(\$\{[^}]*\})/).map((piece): Json => {
      if (!piece.startsWith('${')) return piece;
      if (piece.startsWith('${!')) return `\${${piece.slice(3)}`;
      const name = piece.slice(2, -1).trim();
      return values.get(name) ?? (name.includes('.') ? attribute(name.split('.')) : this.reference(name) ?? '');
    }));
  }

  private choice([name, whenTrue, whenFalse]: Json[]): Value {
    const { key, holds } = this.condition(String(name));
    if (holds !== undefined) return this.of(holds ? whenTrue : whenFalse);
    const branches = [this.of(whenTrue), this.of(whenFalse)];
    return equal(branches[0], branches[1]) ? branches[0] : { 'Fn::If': [key, ...branches.map((branch) => branch ?? null)] };
  }

  private mapped(argument: Json[]): Value {
    const [map, first, second, ...more] = argument.map((one) => this.of(one) ?? null);
    const mapping = typeof map === 'string' ? own(this.template.Mappings ?? {}, map) as Value : undefined;
    const row = isRecord(mapping) && typeof first === 'string' ? own(mapping, first) : undefined;
    const value = isRecord(row) && typeof second === 'string' ? own(row, second) as Value : undefined;
    if (value !== undefined) return this.of(value);
    return { 'Fn::FindInMap': [mapping ? digest(JSON.stringify(this.of(mapping))) : map, first ?? null, second ?? null, ...more] };
  }

  /** An expression of `Conditions`, with the names of other conditions replaced by what they say. */
  private expression(value: Value): Value {
    if (isNamedCondition(value)) return this.condition(value.Condition).key;
    if (Array.isArray(value)) return value.map((item) => this.expression(item) ?? null);
    const call = isRecord(value) ? intrinsicOf(value as JsonObject) : undefined;
    return call && LOGIC.has(call.name) ? { [call.name]: this.expression(call.argument) ?? null } : this.of(value);
  }

  private decide(value: Value): boolean | undefined {
    if (isNamedCondition(value)) return this.condition(value.Condition).holds;
    const call = isRecord(value) ? intrinsicOf(value as JsonObject) : undefined;
    if (!call || !Array.isArray(call.argument)) return undefined;
    if (call.name === 'Fn::Equals') {
      const [left, right] = call.argument.map((one) => this.of(one));
      return typeof left === 'string' && typeof right === 'string' ? left === right : undefined;
    }
    const operands = call.argument.map((one) => this.decide(one));
    if (call.name === 'Fn::Not') return operands[0] === undefined ? undefined : !operands[0];
    if (call.name !== 'Fn::And' && call.name !== 'Fn::Or') return undefined;
    const absorbing = call.name === 'Fn::Or';
    if (operands.includes(absorbing)) return absorbing;
    return operands.includes(undefined) ? undefined : !absorbing;
  }
}

const LOGIC: ReadonlySet<string> = new Set(['Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Equals']);

/** Whether two values in their one form are the same. */
export function equal(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The intrinsic function that an object calls. */
export function intrinsicOf(value: JsonObject): { readonly name: string; readonly argument: Json } | undefined {
  const [name, ...others] = Object.keys(value);
  const isCall = others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::'));
  return isCall ? { name, argument: value[name] } : undefined;
}

/** The logical id that a value in its one form names, if it is a mere reference. */
export function referenced(value: Value): string | undefined {
  const call = isRecord(value) ? intrinsicOf(value as JsonObject) : undefined;
  if (call?.name === 'Ref') return String(call.argument);
  return call?.name === 'Fn::GetAtt' && Array.isArray(call.argument) ? String(call.argument[0]) : undefined;
}

/** All logical ids and parameters that a value in its one form refers to. */
export function references(value: Value): Set<string> {
  const found = new Set<string>();
  const visit = (one: Value): void => {
    const id = referenced(one);
    if (id !== undefined) found.add(id);
    else if (typeof one === 'object' && one !== null) Object.values(one).forEach(visit);
  };
  visit(value);
  return found;
}

function isTexts(value: Value): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isNamedCondition(value: Value): value is { readonly Condition: string } {
  return isRecord(value) && typeof value.Condition === 'string' && Object.keys(value).length === 1;
}

function attribute(argument: Value): Json {
  if (!isTexts(argument)) return { 'Fn::GetAtt': argument ?? null };
  return { 'Fn::GetAtt': [argument[0] ?? null, argument.slice(1).join('.')] };
}

/** A concatenation: a string if nothing else is in it, else `Fn::Join` with an empty delimiter and no `Fn::Join` within it. */
function textOf(items: readonly Json[]): Json {
  const parts: Json[] = [];
  for (const item of items.flatMap((one) => partsOf(one))) {
    const last = parts.length - 1;
    if (typeof item === 'string' && typeof parts[last] === 'string') parts[last] += item;
    else if (item !== '') parts.push(item);
  }
  if (parts.length === 0) return '';
  const text = JSON.stringify(parts);
  if (text.length > LONGEST_TEXT) return { 'Fn::Join': ['digest', digest(text)] };
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] };
}

/** The strings and the values between them. */
export function partsOf(value: Json): readonly Json[] {
  const call = isRecord(value) ? intrinsicOf(value as JsonObject) : undefined;
  if (call?.name !== 'Fn::Join' || !Array.isArray(call.argument)) return [value];
  const [delimiter, parts] = call.argument;
  return delimiter === '' && Array.isArray(parts) ? parts : [value];
}

function selected([index, values]: Json[]): Json {
  const value = Array.isArray(values) ? values[Number(index)] : undefined;
  return value ?? { 'Fn::Select': [index ?? null, values ?? null] };
}

/** Tags are sorted. */
function listOf(items: Json[]): Json[] {
  const isTag = (item: Json): boolean => isRecord(item) && 'Key' in item && 'Value' in item && Object.keys(item).length <= 3;
  return items.every(isTag) ? sorted(items) : items;
}

function setOf(value: Value): Value {
  return value === undefined ? undefined : sorted(Array.isArray(value) ? value : [value]);
}

/** `{ Service: 'lambda.amazonaws.com' }`, and the operators of a condition, at any depth. */
function setsOf(value: Value): Value {
  if (!isRecord(value) || intrinsicOf(value as JsonObject)) return setOf(value);
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, of]) => [name, setsOf(of) ?? null]));
}

function sorted(items: readonly Json[]): Json[] {
  return items.map((item) => ({ item, text: JSON.stringify(item) })).sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ item }) => item);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
