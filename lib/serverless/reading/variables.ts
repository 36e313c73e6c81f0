import { ServerlessFileError } from '../file-error';
import { isObject } from '../json-value';
import type { Mutable, MutableObject, Origins, Path } from './origins';
import { member, readable, setMember } from './origins';
import { VariableError, VariableFailures } from './variable-failures';
import type { VariableSources, SourceRequest } from './variable-sources';
import { nearMatch, UnknownValueError } from './variable-sources';
import { joinedVariables, parseVariables, VariableSyntaxError } from './variable-syntax';
import type { Variable, VariableSource, VariableText } from './variable-syntax';

/** A property of the configuration that contains variables. */
interface Property {
  readonly keys: Path;
  readonly text: VariableText;
  /** How often a value with variables resolved to a value with variables. */
  readonly rounds: number;
}

const MAX_ROUNDS = 10;
const MAX_TEXT = 2_000_000;
const MAX_CALLS = 400;
const MAX_EVALUATIONS = 50_000;

/** Replaces the variables of a configuration in place, by the rules of Serverless 3 and osls 4. */
export class Variables {
  private readonly properties = new Map<string, Property>();
  private readonly failures = new VariableFailures();
  private readonly dependencies = new Map<string, Set<string>>();
  private calls = 0;
  private evaluations = 0;

  constructor(
    private readonly file: string, private readonly root: MutableObject, private readonly sources: VariableSources,
    private readonly origins: Origins) {
    this.register(root, [], 0);
  }

  /** Resolves what is at the path, or within it. */
  resolve(keys: Path): void {
    const id = keys.join('\0');
    for (const name of [...this.properties.keys()]) {
      if (name === id || id.startsWith(`${name}\0`) || name.startsWith(`${id}\0`)) {
        this.attempt(name);
      }
    }
    this.failures.report(this.file, this.root, this.origins);
  }

  /** Resolves the properties that are needed. */
  resolveAll(isNeeded: (keys: Path) => boolean): void {
    for (let names = this.open(isNeeded); names.length > 0; names = this.open(isNeeded)) {
      names.forEach((name) => this.attempt(name));
    }
    this.failures.report(this.file, this.root, this.origins);
  }

  private open(isNeeded: (keys: Path) => boolean): string[] {
    return [...this.properties].filter(([name, { keys }]) => !this.failures.has(name) && isNeeded(keys)).map(([name]) => name);
  }

  private attempt(name: string): void {
    try {
      this.failures.remember(name, () => this.property(name));
    } catch (error) {
      if (!(error instanceof VariableError)) {
        throw error;
      }
    }
  }

  /** Finds the variables of a value that came to stand at the path. */
  private register(value: Mutable, keys: Path, rounds: number): string[] {
    const found: string[] = [];
    if (typeof value === 'string') {
      const text = this.parse(value, keys);
      if (text.variables.length > 0) {
        found.push(this.add(keys, text, rounds));
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) {
        found.push(...this.register(each, [...keys, key], rounds));
      }
    }
    return found;
  }

  private add(keys: Path, text: VariableText, rounds: number): string {
    const name = keys.join('\0');
    if (rounds > MAX_ROUNDS) {
      throw new VariableError(`"${readable(keys)}" resolves to a variable again and again.`, keys);
    }
    this.properties.set(name, { keys, text, rounds });
    return name;
  }

  private property(name: string): void {
    const property = this.properties.get(name);
    const failure = this.failures.get(name);
    if (failure !== undefined) {
      throw failure;
    } else if (property === undefined) {
      return;
    }
    const { keys, text, rounds } = property;
    const { value, parts } = this.failures.remember(name, () => this.evaluate(text, keys));
    if (this.properties.get(name) !== property) {
      return;
    }
    this.properties.delete(name);
    this.assign(keys, value);
    // Texts that were put together are looked through one by one: what only their sum makes is no variable.
    const again = typeof value === 'string' ? this.parse(value, keys, parts) : undefined;
    const found = again === undefined ? this.register(value, keys, rounds + 1)
      : again.variables.length > 0 ? [this.add(keys, again, rounds + 1)] : [];
    found.forEach((each) => this.property(each));
  }

  private assign(keys: Path, value: Mutable): void {
    const holder = keys.slice(0, -1).reduce<Mutable | undefined>((each, key) => member(each, key), this.root);
    if (typeof holder === 'object' && holder !== null) {
      setMember(holder, keys[keys.length - 1], value);
    }
  }

  private evaluate(text: VariableText, keys: Path): { value: Mutable; parts?: string[] } {
    if (++this.calls > MAX_CALLS || ++this.evaluations > MAX_EVALUATIONS) {
      throw new VariableError(`the variables of "${readable(keys)}" are nested too deeply.`, keys);
    }
    try {
      const values = text.variables.map((variable) => variable.literal ?? this.variable(variable, keys));
      const whole = String(text.value);
      const [first] = text.variables;
      if (text.variables.length === 1 && first.start === 0 && first.end === whole.length && text.isJoined !== true) {
        return { value: values[0] };
      }
      return this.join(text, values, keys);
    } finally {
      this.calls--;
    }
  }

  private join(text: VariableText, values: readonly Mutable[], keys: Path): { value: string; parts: string[] } {
    const whole = String(text.value);
    const parts: string[] = [];
    let end = 0;
    text.variables.forEach((variable, index) => {
      const value = values[index];
      if (value === null || isObject(value)) {
        const what = value === null ? 'null' : 'a map';
        throw new VariableError(`"${whole.slice(variable.start, variable.end)}" is ${what}, and cannot be part of a text.`, keys);
      }
      parts.push(whole.slice(end, variable.start), String(value));
      end = variable.end;
    });
    parts.push(whole.slice(end));
    const value = parts.join('');
    if (value.length > MAX_TEXT) {
      throw new VariableError(`the text becomes longer than ${MAX_TEXT / 1_000_000} million characters.`, keys);
    }
    return { value, parts };
  }

  /** The value of the first source that has one. */
  private variable(variable: Variable, keys: Path): Mutable {
    let asked = '';
    let hint = '';
    for (const source of variable.sources ?? []) {
      if (source.type === undefined) {
        return source.literal ?? null;
      }
      const request = this.request(source.type, source, keys);
      asked = asked === '' ? request.text : asked;
      const value = this.ask(request, keys);
      if (value !== undefined && value !== null) {
        return this.copy(value, keys);
      }
      hint = hint === '' && request.type === 'self' && request.address !== undefined
        ? nearMatch(this.root, String(request.address).split('.')) : hint;
    }
    throw new VariableError(`"\${${asked}}" has no value.${hint}`, keys);
  }

  private ask(request: SourceRequest, keys: Path): Mutable | undefined {
    try {
      return this.sources.value(request);
    } catch (error) {
      if (error instanceof VariableError || error instanceof ServerlessFileError || !(error instanceof Error)) {
        throw error;
      }
      throw new VariableError(`"\${${request.text}}" ${error.message}.`, keys, error instanceof UnknownValueError);
    }
  }

  private request(type: string, source: VariableSource, keys: Path): SourceRequest {
    const params = source.params?.map((param) => this.inner(param, keys));
    const address = source.address === undefined ? undefined : this.inner(source.address, keys);
    const text = `${type}${params === undefined ? '' : `(${params.join(', ')})`}${
      address === undefined && params !== undefined ? '' : `:${String(address ?? '')}`}`;
    return {
      type,
      params,
      address,
      text,
      property: (names) => this.dependency(names, keys),
      resolveText: (each) => this.inner(this.parse(each, keys), keys),
    };
  }

  /** A text within a variable, resolved until no variable is left. */
  private inner(text: VariableText, keys: Path): Mutable {
    let current = text;
    for (let round = 0; current.variables.length > 0; round++) {
      if (round > MAX_ROUNDS) {
        throw new VariableError(`a part of a variable in "${readable(keys)}" resolves to a variable again and again.`, keys);
      }
      const { value, parts } = this.evaluate(current, keys);
      if (typeof value !== 'string') {
        return value;
      }
      current = this.parse(value, keys, parts);
    }
    return current.value;
  }

  /** What another property resolves to. */
  private dependency(names: readonly string[], keys: Path): Mutable | undefined {
    const dependent = keys.join('\0');
    let value: Mutable | undefined = this.root;
    for (let index = 0; index < names.length && value !== undefined && value !== null; index++) {
      this.need(dependent, names.slice(0, index + 1).join('\0'), keys);
      value = member(value, names[index]);
    }
    if (typeof value === 'object' && value !== null) {
      const within = names.length === 0 ? '' : `${names.join('\0')}\0`;
      for (const name of [...this.properties.keys()].filter((each) => each.startsWith(within))) {
        this.need(dependent, name, keys);
      }
    }
    return value;
  }

  private need(dependent: string, name: string, keys: Path): void {
    if (!this.properties.has(name)) {
      return;
    } else if (dependent === name || this.reaches(name, dependent, new Set())) {
      const by = dependent === name ? '' : `, by "${readable(name.split('\0'))}"`;
      throw new VariableError(`"${readable(keys)}" depends on itself${by}.`, keys);
    }
    this.dependencies.set(dependent, (this.dependencies.get(dependent) ?? new Set()).add(name));
    this.property(name);
  }

  private reaches(from: string, to: string, seen: Set<string>): boolean {
    seen.add(from);
    return [...this.dependencies.get(from) ?? []].some((each) => each === to || (!seen.has(each) && this.reaches(each, to, seen)));
  }

  private copy(value: Mutable, keys: Path): Mutable {
    try {
      return this.origins.copy(value);
    } catch (error) {
      throw error instanceof RangeError ? new VariableError(`${error.message}.`, keys) : error;
    }
  }

  private parse(text: string, keys: Path, parts?: readonly string[]): VariableText {
    try {
      return parts === undefined ? parseVariables(text) : joinedVariables(parts);
    } catch (error) {
      if (error instanceof VariableSyntaxError) {
        throw new ServerlessFileError(this.origins.nearest(this.root, keys) ?? this.file, `${error.message}.`);
      }
      throw error;
    }
  }
}
