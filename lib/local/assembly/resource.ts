import { GatewayError } from '../gateway-error';
import { JsonObject, objectAt, own, scalarText, show } from './json';
import type { UnresolvedVariable } from './model';
import { isUnresolved, Resolution, Unresolved } from './resolution';
import type { Resolver } from './resolver';
import { constructPath, resourcePath, resourceType, Stack } from './stack';
import { isRecord } from '../protocol/json';

interface KnownTexts {
  readonly known: Readonly<Record<string, string>>;
  /** `*`: all of them. */
  readonly unresolved: readonly UnresolvedVariable[];
}

/** A resource whose properties are read. What routing depends on must have a value: its readers fail with UNRESOLVABLE. */
export class Resource {
  /** Unique in the app: `<stack>/<logical id>`. */
  public readonly id: string;
  /** For people: the construct path without `/Resource`, else the logical id. */
  public readonly path: string;
  public readonly type: string;
  private readonly properties: JsonObject;
  private knownRef?: string;

  public constructor(private readonly resolver: Resolver, public readonly stack: Stack, public readonly logicalId: string) {
    this.id = `${stack.name}/${logicalId}`;
    this.path = resourcePath(stack, logicalId);
    this.type = resourceType(stack, logicalId);
    this.properties = objectAt(objectAt(stack.template.resources, logicalId), 'Properties');
  }

  /** Of the construct itself, as `Test/Fn/Resource`. */
  public get constructPath(): string | undefined {
    return constructPath(this.stack, this.logicalId);
  }

  /** Whether its condition is false: then it is not there. */
  public get absent(): boolean {
    const exists = this.resolver.exists(this.stack, this.logicalId);
    return !isUnresolved(exists) && exists.value !== true;
  }

  /** Fails if nobody can tell whether it is there. */
  public mustBePresent(): this {
    const exists = this.resolver.exists(this.stack, this.logicalId);
    if (isUnresolved(exists)) throw this.unresolvable('Condition', exists);
    return this;
  }

  /** What `Ref` of it gives. */
  public ref(): string {
    this.knownRef ??= scalarText(this.mandatory('Ref', this.resolver.resolve(this.stack, { Ref: this.logicalId }))) ?? '';
    return this.knownRef;
  }

  public attribute(name: string): string {
    return scalarText(this.mandatory(name, this.resolver.resolve(this.stack, { 'Fn::GetAtt': [this.logicalId, name] }))) ?? '';
  }

  /** A property that may be unknown; `{ value: undefined }` if it is not set. */
  public resolve(property: string): Resolution {
    return this.resolver.resolve(this.stack, own(this.properties, property));
  }

  /** A property as the template has it. */
  public raw(property: string): unknown {
    return own(this.properties, property);
  }

  /** Whether a property has a value, known or not. */
  public has(property: string): boolean {
    const resolution = this.resolve(property);
    return isUnresolved(resolution) || (resolution.value ?? undefined) !== undefined;
  }

  public value(property: string): unknown {
    return this.mandatory(property, this.resolve(property));
  }

  public text(property: string): string | undefined {
    return this.scalar(property, this.value(property));
  }

  /** A text that does not matter so much: `undefined` if it is not set, unknown or no text. */
  public knownText(property: string): string | undefined {
    const resolution = this.resolve(property);
    return isUnresolved(resolution) ? undefined : scalarText(resolution.value);
  }

  public requiredText(property: string): string {
    const text = this.text(property);
    if (text === undefined) throw this.broken(property, 'is missing');
    return text;
  }

  public number(property: string): number | undefined {
    const text = this.text(property);
    if (text === undefined) return undefined;
    if (text.trim() === '' || !Number.isFinite(Number(text))) throw this.broken(property, `${show(text)} is no number`);
    return Number(text);
  }

  public flag(property: string): boolean {
    return this.text(property) === 'true';
  }

  /** A list of texts; a single text is a list of one. */
  public texts(property: string): readonly string[] {
    const value = this.value(property);
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((item) => this.scalar(property, item) ?? '');
  }

  public textMap(property: string): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.object(property)).map(([key, item]) => [key, this.scalar(property, item) ?? '']));
  }

  /** A map of texts of which some may be unknown: each is resolved by itself. What is no text is not there. */
  public knownTexts(...property: readonly [string, ...string[]]): KnownTexts {
    const members = this.members(...property);
    if (isUnresolved(members)) return { known: {}, unresolved: [{ name: '*', ...members }] };
    const known: Array<[string, string]> = [];
    const unresolved: UnresolvedVariable[] = [];
    for (const [name, value] of Object.entries(members.value ?? {})) {
      const resolution = this.resolveValue(value);
      const text = isUnresolved(resolution) ? undefined : scalarText(resolution.value);
      if (isUnresolved(resolution)) unresolved.push({ name, refersTo: resolution.refersTo, reason: resolution.reason });
      else if (text !== undefined) known.push([name, text]);
    }
    return { known: Object.fromEntries(known), unresolved };
  }

  public object(property: string): JsonObject {
    const value = this.value(property);
    if (value === undefined || value === null) return {};
    if (!isRecord(value)) throw this.broken(property, `${show(value)} is no object`);
    return value;
  }

  /** The members of a property, each to be resolved by itself. */
  public members(property: string, ...deeper: readonly string[]): Resolution & { readonly value?: JsonObject | readonly unknown[] } {
    let found = this.resolver.expand(this.stack, own(this.properties, property));
    for (const key of deeper) {
      if (isUnresolved(found)) return found;
      found = this.resolver.expand(this.stack, isRecord(found.value) ? own(found.value, key) : undefined);
    }
    if (isUnresolved(found)) return found;
    return { value: isRecord(found.value) || Array.isArray(found.value) ? found.value : {} };
  }

  /** A value of this resource's stack. */
  public resolveValue(value: unknown): Resolution {
    return this.resolver.resolve(this.stack, value);
  }

  public broken(property: string, what: string): GatewayError {
    return new GatewayError('ASSEMBLY_BROKEN', `${this.id}: ${property}: ${what}; CloudFormation would refuse the template`);
  }

  private scalar(property: string, value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    const text = scalarText(value);
    if (text === undefined) throw this.broken(property, `${show(value)} is no text`);
    return text;
  }

  private mandatory(property: string, resolution: Resolution): unknown {
    if (isUnresolved(resolution)) throw this.unresolvable(property, resolution);
    return resolution.value;
  }

  private unresolvable(property: string, { refersTo, reason }: Unresolved): GatewayError {
    return new GatewayError('UNRESOLVABLE', `${this.id}: ${property}: refers to ${refersTo}: ${reason}, and the gateway cannot route `
      + 'without it; write the value itself in the app, or give the parameter a default');
  }
}
