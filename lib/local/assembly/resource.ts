import { GatewayError } from '../gateway-error';
import { isUnresolved, Resolution, Unresolved } from './intrinsics';
import type { UnresolvedVariable } from './local-app';
import type { Notices } from './notices';
import type { Resolver } from './resolver';
import { constructPath, resourcePath, resourceType, Stack } from './stack';
import { isRecord, JsonObject, objectAt, own, scalarText, show } from '../protocol/json';

interface KnownTexts {
  readonly known: Readonly<Record<string, string>>;
  /** The name `*` stands for all of them. */
  readonly unresolved: readonly UnresolvedVariable[];
}

/**
 * A resource of a template and its properties.
 *
 * Routing depends on most properties: unless its comment says otherwise, a method that reads a property throws UNRESOLVABLE if only a
 * deployment knows the value.
 */
export class Resource {
  /** Unique in the app: `<stack>/<logical id>`. */
  public readonly id: string;
  /** For people: the construct path without `/Resource`, or the logical id if there is no path. */
  public readonly path: string;
  public readonly type: string;
  private readonly properties: JsonObject;
  private reference?: Resolution;

  public constructor(
    private readonly resolver: Resolver, private readonly notices: Notices, public readonly stack: Stack, public readonly logicalId: string,
  ) {
    this.id = `${stack.name}/${logicalId}`;
    this.path = resourcePath(stack, logicalId);
    this.type = resourceType(stack, logicalId);
    this.properties = objectAt(objectAt(stack.template.resources, logicalId), 'Properties');
  }

  /** The path of the construct itself: `Test/Fn/Resource`. */
  public get constructPath(): string | undefined {
    return constructPath(this.stack, this.logicalId);
  }

  /** Whether its condition is false, so that the resource does not exist. */
  public get absent(): boolean {
    const exists = this.resolver.exists(this.stack, this.logicalId);
    return !isUnresolved(exists) && exists.value !== true;
  }

  /** Throws UNRESOLVABLE if only a deployment knows whether the resource exists. */
  public mustBePresent(): this {
    const exists = this.resolver.exists(this.stack, this.logicalId);
    if (isUnresolved(exists)) throw this.unresolvable('Condition', exists);
    return this;
  }

  /** The value of `Ref` to this resource. */
  public ref(): string {
    return scalarText(this.mandatory('Ref', this.resolveRef())) ?? '';
  }

  /** The value of `Ref` to this resource; `undefined` if only a deployment knows it. */
  public knownRef(): string | undefined {
    return known(this.resolveRef());
  }

  public attribute(name: string): string {
    return scalarText(this.mandatory(name, this.resolver.resolve(this.stack, { 'Fn::GetAtt': [this.logicalId, name] }))) ?? '';
  }

  /** A property whose value may be unknown; `{ value: undefined }` if it is not set. */
  public resolve(property: string): Resolution {
    return this.resolver.resolve(this.stack, own(this.properties, property));
  }

  /** A property as it stands in the template. */
  public raw(property: string): unknown {
    return own(this.properties, property);
  }

  /** Whether a property is set, to a known value or an unknown one. */
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

  /** A text that routing does not depend on; `undefined` if the property is not set, its value is unknown, or not a scalar. */
  public knownText(property: string): string | undefined {
    return known(this.resolve(property));
  }

  public requiredText(property: string): string {
    const text = this.text(property);
    if (text === undefined) throw this.broken(property, 'is missing');
    return text;
  }

  public number(property: string): number | undefined {
    const text = this.text(property);
    if (text === undefined) return undefined;
    if (text.trim() === '' || !Number.isFinite(Number(text))) throw this.broken(property, `must be a number, got ${show(text)}`);
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

  /** A map of texts that routing does not depend on. Each value is resolved by itself; one that is not a scalar is left out. */
  public knownTexts(...property: readonly [string, ...string[]]): KnownTexts {
    const members = this.members(...property);
    if (isUnresolved(members)) return { known: {}, unresolved: [{ name: '*', ...members }] };
    const texts: Array<[string, string]> = [];
    const unresolved: UnresolvedVariable[] = [];
    for (const [name, value] of Object.entries(members.value ?? {})) {
      const resolution = this.resolveValue(value);
      const text = known(resolution);
      if (isUnresolved(resolution)) unresolved.push({ name, refersTo: resolution.refersTo, reason: resolution.reason });
      else if (text !== undefined) texts.push([name, text]);
    }
    return { known: Object.fromEntries(texts), unresolved };
  }

  public object(property: string): JsonObject {
    const value = this.value(property);
    if (value === undefined || value === null) return {};
    if (!isRecord(value)) throw this.broken(property, `must be an object, got ${show(value)}`);
    return value;
  }

  /** The members of a property, unevaluated, so that each can be resolved by itself. */
  public members(property: string, ...deeper: readonly string[]): Resolution & { readonly value?: JsonObject | readonly unknown[] } {
    let found = this.resolver.expand(this.stack, own(this.properties, property));
    for (const key of deeper) {
      if (isUnresolved(found)) return found;
      found = this.resolver.expand(this.stack, isRecord(found.value) ? own(found.value, key) : undefined);
    }
    if (isUnresolved(found)) return found;
    return { value: isRecord(found.value) || Array.isArray(found.value) ? found.value : {} };
  }

  /** Evaluates a value from this resource's stack. */
  public resolveValue(value: unknown): Resolution {
    return this.resolver.resolve(this.stack, value);
  }

  /** Adds a notice about this resource. */
  public note(code: string, text: string): void {
    this.notices.add(code, this.path, text);
  }

  public broken(property: string, what: string): GatewayError {
    return new GatewayError('ASSEMBLY_BROKEN', `${this.id}: ${property} ${what}; CloudFormation would refuse the template`);
  }

  private resolveRef(): Resolution {
    this.reference ??= this.resolver.resolve(this.stack, { Ref: this.logicalId });
    return this.reference;
  }

  private scalar(property: string, value: unknown): string | undefined {
    if (value === undefined || value === null) return undefined;
    const text = scalarText(value);
    if (text === undefined) throw this.broken(property, `must be a string, got ${show(value)}`);
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

const API_PART = /^AWS::ApiGatewayV2::/;

/** The parts of one API by type, without `AWS::ApiGatewayV2::` before it: `Route`. */
export type ApiParts = (type: string) => readonly Resource[];

/** The resources of all stacks, by type and by the API that they belong to. Resources whose condition is false are left out. */
export class Resources {
  private readonly byType = new Map<string, Resource[]>();
  private readonly byApi = new Map<string, Resource[]>();

  public constructor(private readonly resolver: Resolver, private readonly notices: Notices, stacks: readonly Stack[]) {
    for (const stack of stacks) for (const logicalId of Object.keys(stack.template.resources)) this.add(stack, logicalId);
  }

  public ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** The parts of an API, in whatever stacks they are. */
  public partsOf(apiId: string): ApiParts {
    return (type) => (this.byApi.get(partKey(apiId, `AWS::ApiGatewayV2::${type}`)) ?? []).map((part) => part.mustBePresent());
  }

  private add(stack: Stack, logicalId: string): void {
    const resource = new Resource(this.resolver, this.notices, stack, logicalId);
    if (resource.absent) return;
    append(this.byType, resource.type, resource);
    const apiId = API_PART.test(resource.type) ? resource.knownText('ApiId') : undefined;
    if (apiId !== undefined) append(this.byApi, partKey(apiId, resource.type), resource);
  }
}

function partKey(apiId: string, type: string): string {
  return `${type} ${apiId}`;
}

function append(map: Map<string, Resource[]>, key: string, resource: Resource): void {
  const list = map.get(key);
  if (list) list.push(resource);
  else map.set(key, [resource]);
}

/** `undefined` if the value is unknown or not a scalar. */
function known(resolution: Resolution): string | undefined {
  return isUnresolved(resolution) ? undefined : scalarText(resolution.value);
}
