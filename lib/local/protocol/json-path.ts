import { member } from './json';
import {
  ALL, Budget, children, indexed, JsonPath, named, PathStep, quotedPath, search, Selector, sliced, UnusablePath,
} from './json-path-search';

/** Finds a value in parsed JSON; `undefined` if there is none. */
type JsonPathReader = (json: unknown) => unknown;

const DOTTED_NAMES = /^(?:\.[\p{L}\p{N}_-]+)+$/u;

/**
 * Compiles a JSONPath (4.1.3). The paths of a mapping template may come from a client, so no part of a path is ever run as code: a path is
 * parsed here, finds only what JSON itself holds, and looks at a limited number of values.
 *
 * Names, indexes from either end, `*`, `..`, slices, lists of names or indexes, filters, and `length()` or `size()` at the end.
 * Text that is not a JSONPath finds nothing.
 *
 * @param path what follows `$`: `.action`, `.items[0].name`, `..id`
 * @returns a reader that throws if the search is too much work
 * @throws Error a path that API Gateway supports and the gateway does not, such as one with a regular expression
 */
export function jsonPathReader(path: string): JsonPathReader {
  if (path === '') return (json) => json;
  if (DOTTED_NAMES.test(path)) {
    const names = path.slice(1).split('.');
    return (json) => names.reduce<unknown>(member, json);
  }
  const parsed = parsedPath(path);
  return parsed ? (json) => search(parsed, json, new Budget(path)) : () => undefined;
}

/** Why a JSONPath is unusable, in one line; `undefined` if it is not. */
export function jsonPathError(path: string): string | undefined {
  try {
    return path === '' || parsedPath(path) ? undefined : `${quotedPath(path)} is not a JSONPath`;
  } catch (thrown) {
    if (thrown instanceof UnusablePath) return thrown.message;
    throw thrown;
  }
}

/**
 * What a JSONPath finds in a payload; `undefined` if it finds nothing.
 *
 * @param path with `$`, or what comes after `$.`
 * @throws Error as `jsonPathReader` and its reader
 */
export function payloadPath(json: unknown, path: string): unknown {
  return jsonPathReader(afterRoot(path.trim()))(json);
}

function afterRoot(path: string): string {
  if (path.startsWith('$')) return path.slice(1);
  return path.startsWith('[') ? path : `.${path}`;
}

/** Levels of parentheses and `!` in a filter. */
const DEEPEST_FILTER = 50;

/**
 * Parses a JSONPath; `undefined` if the text is not one.
 *
 * @param path what follows `$`
 * @throws UnusablePath if the path is not supported
 */
function parsedPath(path: string): JsonPath | undefined {
  try {
    return new Parser(path).path();
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined;
    throw thrown;
  }
}

/** The condition of a filter. */
type Test = (item: unknown, budget: Budget) => boolean;

/** An operand of a filter: a literal, or the value that a path finds in the item. */
interface Operand {
  readonly isPath: boolean;
  readonly valueIn: (item: unknown, budget: Budget) => unknown;
}

function filtered(test: Test): Selector {
  return { isSingular: false, select: (holder, budget) => children(holder).filter((item) => test(item, budget)) };
}

type Comparison = (left: unknown, right: unknown) => boolean;

/** Equal by value and type; objects and lists equal nothing. */
const equal: Comparison = (left, right) => left === right && (typeof left !== 'object' || left === null);
const comparable: Comparison = (left, right) => typeof left === typeof right && (typeof left === 'number' || typeof left === 'string');

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': equal,
  '!=': (left, right) => !equal(left, right),
  '<=': (left, right) => comparable(left, right) && left as string <= (right as string),
  '>=': (left, right) => comparable(left, right) && left as string >= (right as string),
  '<': (left, right) => comparable(left, right) && (left as string) < (right as string),
  '>': (left, right) => comparable(left, right) && left as string > (right as string),
};

const MEASURE = /^\.(?:length|size)\(\)/;

/** Thrown for text that is not a JSONPath. */
class Malformed extends Error {}

const CONSTANTS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

/** Reads the text of a path once, from left to right. */
class Parser {
  private at = 0;
  private isInFilter = false;

  public constructor(private readonly text: string) {}

  public path(): JsonPath {
    const steps: PathStep[] = [];
    while (this.at < this.text.length && !this.isMeasure()) steps.push(this.step());
    return { steps, measures: this.isMeasure() };
  }

  /** A function of JSONPath for Java, which API Gateway uses. */
  private isMeasure(): boolean {
    const rest = this.text.length - this.at;
    return (rest === '.length()'.length || rest === '.size()'.length) && MEASURE.test(this.text.slice(this.at));
  }

  /** @param dottedName sticky: what a name without quotes may be */
  private step(dottedName = /[^.[\]()*?'",]+/y): PathStep {
    const descends = this.take('..');
    const dotted = descends || this.take('.');
    if (this.take('[')) return { descends, selector: this.bracket() };
    if (!dotted) this.fail();
    if (this.take('*')) return { descends, selector: ALL };
    const name = this.match(dottedName) ?? this.fail();
    if (this.text[this.at] === '(') this.refuse(`calls ${name}(): the only functions are length() and size(), at the end`);
    return { descends, selector: named([name]) };
  }

  private bracket(): Selector {
    this.space();
    const selector = this.bracketed();
    this.space();
    this.expect(']');
    return selector;
  }

  private bracketed(): Selector {
    if (this.take('*')) return ALL;
    if (this.take('?')) return this.filter();
    if (this.text[this.at] === "'" || this.text[this.at] === '"') return named(this.list(() => this.string()));
    const start = this.integer();
    this.space();
    if (this.take(':')) return this.slice(start);
    if (start === undefined) this.fail();
    const others = this.take(',') ? this.list(() => this.integer() ?? this.fail()) : [];
    return indexed([start, ...others]);
  }

  private filter(): Selector {
    if (this.isInFilter) this.refuse('has a filter in a filter');
    this.isInFilter = true;
    const test = this.either(0);
    this.isInFilter = false;
    return filtered(test);
  }

  private slice(start: number | undefined): Selector {
    this.space();
    const end = this.integer();
    this.space();
    const step = this.take(':') ? this.integer() : undefined;
    if (step !== undefined && step < 1) this.fail();
    return sliced(start, end, step ?? 1);
  }

  private list<T>(item: () => T): T[] {
    const items: T[] = [];
    do {
      this.space();
      items.push(item());
      this.space();
    } while (this.take(','));
    return items;
  }

  private either(depth: number): Test {
    const tests = [this.both(depth)];
    while (this.takeSpaced('||')) tests.push(this.both(depth));
    return tests.length === 1 ? tests[0] : (item, budget) => tests.some((test) => test(item, budget));
  }

  private both(depth: number): Test {
    const tests = [this.single(depth)];
    while (this.takeSpaced('&&')) tests.push(this.single(depth));
    return tests.length === 1 ? tests[0] : (item, budget) => tests.every((test) => test(item, budget));
  }

  private single(depth: number): Test {
    if (depth > DEEPEST_FILTER) this.refuse(`has a filter that is nested deeper than ${DEEPEST_FILTER} levels`);
    if (this.takeSpaced('!')) {
      const test = this.single(depth + 1);
      return (item, budget) => !test(item, budget);
    }
    if (this.takeSpaced('(')) {
      const test = this.either(depth + 1);
      this.space();
      this.expect(')');
      return test;
    }
    return this.comparison();
  }

  private comparison(): Test {
    const left = this.operand();
    this.space();
    const other = this.match(/=~|[a-z]+\b/y);
    if (other !== undefined) this.refuse(`has a filter with ${other}: use ${Object.keys(COMPARISONS).join(', ')}, && and ||`);
    const operator = this.match(/[=!<>]=|[<>]/y);
    if (operator === undefined) {
      if (!left.isPath) this.fail();
      return (item, budget) => {
        budget.spend(1);
        return left.valueIn(item, budget) !== undefined;
      };
    }
    const right = this.operand();
    const compare = COMPARISONS[operator];
    return (item, budget) => {
      budget.spend(1);
      return compare(left.valueIn(item, budget), right.valueIn(item, budget));
    };
  }

  private operand(): Operand {
    this.space();
    if (this.take('@')) return this.ownPath();
    if (this.text[this.at] === '$') this.refuse('has a filter that reads outside of its item: begin with @');
    const value = this.literal();
    return { isPath: false, valueIn: () => value };
  }

  /** The path after `@`: steps that find one value. */
  private ownPath(): Operand {
    const steps: PathStep[] = [];
    let measures = false;
    while (!measures && (this.text[this.at] === '.' || this.text[this.at] === '[')) {
      measures = this.match(/\.(?:length|size)\(\)/y) !== undefined;
      if (!measures) steps.push(this.ownStep());
    }
    return { isPath: true, valueIn: (item, budget) => search({ steps, measures }, item, budget) };
  }

  private ownStep(): PathStep {
    // A name ends where an operator begins.
    const step = this.step(/[\p{L}\p{N}_-]+/uy);
    if (step.descends || !step.selector.isSingular) this.refuse('has a filter that compares a path which may find several values');
    return step;
  }

  private literal(): unknown {
    if (this.text[this.at] === "'" || this.text[this.at] === '"') return this.string();
    const number = this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return Number(number);
    return CONSTANTS[this.match(/(?:true|false|null)\b/y) ?? this.fail()];
  }

  private string(): string {
    const text = this.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy) ?? this.fail();
    return text.slice(1, -1).replace(/\\(.)/gs, '$1');
  }

  private integer(): number | undefined {
    const digits = this.match(/-?\d+/y);
    return digits === undefined ? undefined : Number(digits);
  }

  private space(): void {
    this.match(/\s+/y);
  }

  private takeSpaced(token: string): boolean {
    this.space();
    return this.take(token);
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) this.fail();
  }

  /** @param pattern sticky */
  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private fail(): never {
    throw new Malformed();
  }

  private refuse(what: string): never {
    throw new UnusablePath(this.text, what);
  }
}
