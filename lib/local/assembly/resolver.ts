import { branch, call, callOf, holds, isUnresolved, NO_VALUE, NotLocal, notLocal, Resolution, Scope } from './intrinsics';
import { attributeOf, pseudoParameter, ReferredResource, refOf } from './reference-values';
import { Template, resourcePath, resourceType, Stack } from './stack';
import { isRecord, JsonObject, objectAt, own, scalarText, textAt } from '../protocol/json';

/** A value that CloudFormation fetches from elsewhere while it deploys. */
const DYNAMIC_REFERENCE = /\{\{resolve:([^}]*)\}\}/;

/** Evaluates values of templates, across all stacks of an assembly, as far as they are known before deployment. */
export class Resolver {
  private readonly results = new Map<string, Resolution>();

  /** @param namesTables whether tables that the template does not name get a name: they are made here */
  public constructor(private readonly stacks: readonly Stack[], private readonly namesTables = true) {}

  /** A value with every intrinsic function evaluated; `undefined` for `AWS::NoValue`. */
  public resolve(stack: Stack, value: unknown): Resolution {
    return attempt(() => withoutNoValue(this.evaluate(stack, value)));
  }

  /** Evaluates the outermost intrinsic function only: the values within stay as they are, since some may be unknown. */
  public expand(stack: Stack, value: unknown): Resolution {
    return attempt(() => {
      let found = value;
      for (let called = callOf(found); called?.name === 'Fn::If'; called = callOf(found)) {
        found = branch(called.argument, this.scope(stack));
      }
      return callOf(found) ? withoutNoValue(this.evaluate(stack, found)) : found;
    });
  }

  /** Whether the condition of a resource holds. */
  public exists(stack: Stack, logicalId: string): Resolution {
    const condition = textAt(objectAt(stack.template.resources, logicalId), 'Condition');
    return condition === undefined ? { value: true } : attempt(() => this.condition(stack, condition));
  }

  private evaluate(stack: Stack, value: unknown): unknown {
    if (typeof value === 'string') return withoutDynamicReference(value);
    if (Array.isArray(value)) return value.map((item) => this.evaluate(stack, item)).filter((item) => item !== NO_VALUE);
    if (!isRecord(value)) return value;
    const called = callOf(value);
    if (called) return withoutDynamicReference(call(called.name, called.argument, this.scope(stack)));
    return Object.fromEntries(Object.entries(value)
      .map(([key, item]) => [key, this.evaluate(stack, item)])
      .filter(([, item]) => item !== NO_VALUE));
  }

  private scope(stack: Stack): Scope {
    return {
      evaluate: (value) => this.evaluate(stack, value),
      condition: (name) => this.condition(stack, name),
      reference: (name) => this.reference(stack, name),
      attribute: (logicalId, attribute) => this.attribute(stack, logicalId, attribute),
      mapping: (name) => own(stack.template.mappings, name),
      exported: (name) => this.exported(stack, name),
      stackOutput: (stackName, output, region) => this.stackOutput(stack, stackName, output, region),
    };
  }

  private condition(stack: Stack, name: string): boolean {
    return this.once(stack, 'Condition', name, () => {
      const expression = declared(stack, 'conditions', name);
      if (expression === undefined) throw notLocal(name, `there is no such condition in ${stack.name}`);
      return holds(expression, this.scope(stack));
    }) === true;
  }

  private reference(stack: Stack, name: string): unknown {
    return this.once(stack, 'Ref', name, () => {
      const pseudo = pseudoParameter(name);
      if (pseudo) return pseudo(stack);
      const parameter = declared(stack, 'parameters', name);
      return isRecord(parameter) ? this.parameter(stack, name, parameter) : refOf(this.referred(stack, name));
    });
  }

  private parameter(stack: Stack, name: string, parameter: JsonObject): unknown {
    const type = textAt(parameter, 'Type') ?? 'String';
    const passed = stack.parent && own(objectAt(properties(stack.parent.stack, stack.parent.logicalId), 'Parameters'), name);
    const value = passed === undefined ? parameter.Default : this.evaluate(stack.parent!.stack, passed);
    if (type.startsWith('AWS::SSM::')) throw notLocal(`parameter ${name}`, 'its value is in Parameter Store and read at deployment');
    if (value === undefined || value === NO_VALUE) throw notLocal(`parameter ${name}`, 'it has no default');
    const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
    return isList && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  }

  private attribute(stack: Stack, logicalId: string, attribute: string): unknown {
    return this.once(stack, 'GetAtt', `${logicalId}.${attribute}`, () => {
      const resource = this.referred(stack, logicalId);
      const [, output] = /^Outputs\.(.+)$/.exec(attribute) ?? [];
      const nested = stack.nested.get(logicalId);
      return output !== undefined && nested ? this.output(nested, output) : attributeOf(resource, attribute);
    });
  }

  private referred(stack: Stack, logicalId: string): ReferredResource {
    if (!isRecord(declared(stack, 'resources', logicalId))) throw notLocal(logicalId, `${stack.name} has no such resource`);
    const type = resourceType(stack, logicalId);
    const label = `${resourcePath(stack, logicalId)} (${type})`;
    const exists = this.exists(stack, logicalId);
    if (isUnresolved(exists)) throw new NotLocal(exists);
    if (exists.value !== true) throw notLocal(label, 'its condition is false');
    const property = (name: string): string | undefined =>
      scalarText(withoutNoValue(this.evaluate(stack, own(properties(stack, logicalId), name))));
    return { stack, logicalId, type, label, property, namesTables: this.namesTables };
  }

  private output(stack: Stack, name: string): unknown {
    const output = declared(stack, 'outputs', name);
    if (!isRecord(output)) throw notLocal(`output ${name}`, `${stack.name} has no such output`);
    return this.once(stack, 'Output', name, () => this.evaluate(stack, output.Value));
  }

  private exported(stack: Stack, name: string): unknown {
    return this.once(stack, 'ImportValue', name, () => {
      const exporting = this.nearest(stack).find(([other, output]) => this.exportName(other, output) === name);
      if (!exporting) throw notLocal(`export ${name}`, 'no stack of the app exports it');
      return this.output(...exporting);
    });
  }

  /** An export whose name is unknown is not the wanted one: export names are literal as a rule. */
  private exportName(stack: Stack, output: string): unknown {
    const resolution = this.resolve(stack, objectAt(objectAt(stack.template.outputs, output), 'Export').Name);
    return isUnresolved(resolution) ? undefined : resolution.value;
  }

  private stackOutput(stack: Stack, stackName: string, output: string, region?: string): unknown {
    const found = this.nearest(stack).find(([other, name]) => other.stackName === stackName && name === output
      && (region === undefined || region === other.environment.region));
    if (!found) throw notLocal(`output ${output} of ${stackName}`, 'no stack of the app has it');
    return this.output(...found);
  }

  /** All outputs, the nearest first: if several stages or Regions have an output, the one of the own assembly and environment is meant. */
  private nearest(stack: Stack): Array<[Stack, string]> {
    const distance = (other: Stack): number => (other.directory === stack.directory ? 0 : 2)
      + (other.environment.region === stack.environment.region && other.environment.account === stack.environment.account ? 0 : 1);
    return this.stacks.map((other) => ({ other, rank: distance(other) })).sort((a, b) => a.rank - b.rank)
      .flatMap(({ other }) => Object.keys(other.template.outputs).map((name): [Stack, string] => [other, name]));
  }

  /** Evaluates a reference once. A reference that needs itself has no value. */
  private once(stack: Stack, kind: string, name: string, compute: () => unknown): unknown {
    const key = JSON.stringify([stack.name, kind, name]);
    if (!this.results.has(key)) {
      this.results.set(key, { refersTo: name, reason: 'it refers to itself' });
      this.results.set(key, attempt(compute));
    }
    const result = this.results.get(key)!;
    if (isUnresolved(result)) throw new NotLocal(result);
    return result.value;
  }
}

function attempt(compute: () => unknown): Resolution {
  try {
    return { value: compute() };
  } catch (error) {
    if (error instanceof NotLocal) return error.unresolved;
    throw error;
  }
}

function withoutNoValue(value: unknown): unknown {
  return value === NO_VALUE ? undefined : value;
}

function withoutDynamicReference(value: unknown): unknown {
  const reference = typeof value === 'string' ? DYNAMIC_REFERENCE.exec(value) : undefined;
  if (reference) throw notLocal(reference[1], 'it is looked up at deployment');
  return value;
}

function declared(stack: Stack, section: keyof Template, name: string): unknown {
  return own(stack.template[section], name);
}

function properties(stack: Stack, logicalId: string): JsonObject {
  return objectAt(objectAt(stack.template.resources, logicalId), 'Properties');
}
