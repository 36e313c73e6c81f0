import { isRecord, own, scalarText, show } from '../protocol/json';

/** A value of a template before deployment. */
export type Resolution = { readonly value: unknown } | Unresolved;

/** Why a value is known only after deployment. */
export interface Unresolved {
  /** What the value depends on: `MyStack/Table (AWS::DynamoDB::Table)`. */
  readonly refersTo: string;
  /** A clause about that: `its name is made at deployment`. */
  readonly reason: string;
}

export function isUnresolved(resolution: Resolution): resolution is Unresolved {
  return 'reason' in resolution;
}

/** Ends the evaluation of a value, however deep it is; `Resolver` catches it. */
export class NotLocal extends Error {
  public constructor(public readonly unresolved: Unresolved) {
    super(`${unresolved.refersTo}: ${unresolved.reason}`);
  }
}

export function notLocal(refersTo: string, reason: string): NotLocal {
  return new NotLocal({ refersTo, reason });
}

/** Where an intrinsic function is evaluated. Every member throws NotLocal if the value is known only after deployment. */
export interface Scope {
  evaluate(value: unknown): unknown;
  condition(name: string): boolean;
  reference(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  mapping(name: string): unknown;
  exported(name: string): unknown;
  stackOutput(stackName: string, output: string, region?: string): unknown;
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** The value of `AWS::NoValue`: removed from the list, object or property that holds it. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', (name, scope) => scope.reference(text(name, 'Ref'))],
  ['Fn::GetAtt', getAtt],
  ['Fn::Join', join],
  ['Fn::Sub', sub],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::FindInMap', findInMap],
  ['Fn::Base64', (value, scope) => Buffer.from(text(scope.evaluate(value), 'Fn::Base64')).toString('base64')],
  ['Fn::Length', (value, scope) => list(scope.evaluate(value), 'Fn::Length').length],
  ['Fn::ToJsonString', (value, scope) => JSON.stringify(scope.evaluate(value))],
  ['Fn::ImportValue', (name, scope) => scope.exported(text(scope.evaluate(name), 'Fn::ImportValue'))],
  ['Fn::GetStackOutput', getStackOutput],
  ['Fn::If', (argument, scope) => scope.evaluate(branch(argument, scope))],
  ['Fn::Equals', equals],
  ['Fn::And', (operands, scope) => list(operands, 'Fn::And').every((operand) => holds(operand, scope))],
  ['Fn::Or', (operands, scope) => list(operands, 'Fn::Or').some((operand) => holds(operand, scope))],
  ['Fn::Not', (operands, scope) => !holds(list(operands, 'Fn::Not')[0], scope)],
]);

/** The intrinsic function that a value calls, if it calls one. */
export function callOf(value: unknown): { readonly name: string; readonly argument: unknown } | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  // Fn::ForEach::X may stand beside other keys.
  const [name, argument] = entries.find(([key]) => key.startsWith('Fn::')) ?? entries[0] ?? [];
  if (name === undefined) return undefined;
  return name.startsWith('Fn::') || (name === 'Ref' && entries.length === 1) ? { name, argument } : undefined;
}

export function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = INTRINSICS.get(name);
  if (!intrinsic) throw notLocal(name, 'only CloudFormation can evaluate it');
  return intrinsic(argument, scope);
}

/** The branch that `Fn::If` takes, unevaluated. */
export function branch(argument: unknown, scope: Scope): unknown {
  const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If', 3);
  return scope.condition(text(condition, 'Fn::If')) ? whenTrue : whenFalse;
}

/** Whether an expression of `Conditions` holds. */
export function holds(expression: unknown, scope: Scope): boolean {
  if (isRecord(expression) && typeof expression.Condition === 'string') return scope.condition(expression.Condition);
  return String(scope.evaluate(expression)) === 'true';
}

function equals(operands: unknown, scope: Scope): boolean {
  const [left, right] = list(operands, 'Fn::Equals', 2).map((operand) => scope.evaluate(operand));
  return (scalarText(left) ?? JSON.stringify(left)) === (scalarText(right) ?? JSON.stringify(right));
}

function getAtt(argument: unknown, scope: Scope): unknown {
  const [logicalId, ...attribute] = Array.isArray(argument) ? argument : text(argument, 'Fn::GetAtt').split('.');
  const names = attribute.map((name) => text(scope.evaluate(name), 'Fn::GetAtt'));
  return scope.attribute(text(logicalId, 'Fn::GetAtt'), names.join('.'));
}

function join(argument: unknown, scope: Scope): string {
  const [delimiter, values] = list(argument, 'Fn::Join', 2);
  return list(scope.evaluate(values), 'Fn::Join').map((value) => text(value, 'Fn::Join')).join(text(delimiter, 'Fn::Join'));
}

function sub(argument: unknown, scope: Scope): string {
  const [template, ownVariables] = Array.isArray(argument) ? argument : [argument];
  const variables = isRecord(ownVariables) ? ownVariables : {};
  return text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(scope.evaluate(variables[name]), 'Fn::Sub');
    const [logicalId, ...attribute] = name.trim().split('.');
    return text(attribute.length > 0 ? scope.attribute(logicalId, attribute.join('.')) : scope.reference(logicalId), 'Fn::Sub');
  });
}

function select(argument: unknown, scope: Scope): unknown {
  const [index, values] = list(argument, 'Fn::Select', 2);
  const position = Number(scope.evaluate(index));
  // Only the selected item is evaluated: the others may be unknown.
  const items = list(Array.isArray(values) ? values : scope.evaluate(values), 'Fn::Select');
  if (!(position in items)) throw notLocal('Fn::Select', `its list has no item ${show(index)}`);
  return scope.evaluate(items[position]);
}

function split(argument: unknown, scope: Scope): string[] {
  const [delimiter, value] = list(argument, 'Fn::Split', 2);
  return text(scope.evaluate(value), 'Fn::Split').split(text(delimiter, 'Fn::Split'));
}

function findInMap(argument: unknown, scope: Scope): unknown {
  const [map, ...rest] = list(argument, 'Fn::FindInMap', 3);
  const names = [map, rest[0], rest[1]].map((name) => text(scope.evaluate(name), 'Fn::FindInMap'));
  const mapping = scope.mapping(names[0]);
  const found = isRecord(mapping) ? own(mapping, names[1]) : undefined;
  const value = isRecord(found) ? own(found, names[2]) : undefined;
  if (value !== undefined) return value;
  const options = rest[2];
  if (isRecord(options) && 'DefaultValue' in options) return scope.evaluate(options.DefaultValue);
  throw notLocal('Fn::FindInMap', `there is no ${names.join('/')} in the mappings`);
}

function getStackOutput(argument: unknown, scope: Scope): unknown {
  const options = isRecord(argument) ? argument : {};
  const [stackName, output] = [options.StackName, options.OutputName]
    .map((name) => text(scope.evaluate(name), 'Fn::GetStackOutput'));
  return scope.stackOutput(stackName, output, scalarText(scope.evaluate(options.Region)));
}

function list(value: unknown, name: string, atLeast = 0): readonly unknown[] {
  if (!Array.isArray(value) || value.length < atLeast) throw notLocal(name, `${show(value)} is not what it takes`);
  return value;
}

function text(value: unknown, name: string): string {
  const found = scalarText(value);
  if (found === undefined) throw notLocal(name, `${show(value)} is not what it takes`);
  return found;
}
