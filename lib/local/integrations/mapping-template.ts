import { Compile, Helper, parse } from 'velocityjs';
import { messageOf } from './integration';
import type { HandshakeParameters } from './integration';
import { callMethod, numberOf, put, readProperty, TemplateObject } from './java-methods';
import { checkItems, checkSize, TemplateBounds, templateText as javaText } from './template-bounds';
import { inputVariable, UTIL_VARIABLE } from './template-variables';
import { isRecord } from '../protocol/json';
import { UNVERIFIED } from '../protocol/unverified';

/** The values that a mapping template can read. */
interface TemplateInput {
  /** `$input`: the message, or the answer of the backend. */
  readonly body: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly handshake?: HandshakeParameters;
}

/**
 * Renders a mapping template (5.3.3).
 *
 * @throws Error for a template that is not Velocity, a call that fails, or a rendering that exceeds `TemplateBounds`
 */
export function renderTemplate(template: string, { body, context, stageVariables, handshake }: TemplateInput): string {
  const variables: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  variables.input = inputVariable(body, handshake);
  // Copies, since a template may change what it reads, and the connection must not change.
  variables.context = structuredClone(context);
  variables.stageVariables = { ...stageVariables };
  variables.util = UTIL_VARIABLE;
  return new MappingTemplate(parsedTemplate(template)).render(variables);
}

type ParsedTemplate = ReturnType<typeof parse>;
const KEPT_TEMPLATES = 256;
const parsedTemplates = new Map<string, ParsedTemplate>();

/** Templates are parsed once, since parsing takes far longer than rendering. */
function parsedTemplate(template: string): ParsedTemplate {
  const known = parsedTemplates.get(template);
  if (known) return known;
  // Every synthesis of the app may bring other templates.
  if (parsedTemplates.size >= KEPT_TEMPLATES) parsedTemplates.clear();
  const parsed = parsedVelocity(template);
  parsedTemplates.set(template, parsed);
  return parsed;
}

function parsedVelocity(template: string): ParsedTemplate {
  try {
    // Without a prototype, else `#constructor()` would be a block.
    return parse(template, Object.create(null) as Record<string, boolean>);
  } catch (thrown) {
    // The position, without the list of all tokens that would be valid there.
    throw new Error(`it is not Velocity: ${messageOf(thrown).replace(/ -{2,}\^.*$/, '')}`);
  }
}

/** The parts of velocityjs' syntax tree that are read here. */
interface Reference {
  readonly id: string;
  readonly leader: string;
  readonly path?: readonly ReferenceStep[];
}

type ReferenceStep =
  | { readonly type: 'method'; readonly id: string; readonly args?: readonly Node[] | false }
  | { readonly type: 'property'; readonly id: string }
  | { readonly type: 'index'; readonly id: Node };

interface Loop {
  readonly from: object;
  readonly to: string;
  readonly pos: unknown;
}

interface List {
  readonly value: readonly unknown[];
  readonly isRange?: boolean;
}

interface Literal {
  readonly type?: string;
  readonly value?: object;
}

type Block = Parameters<Compile['renderAstList']>[0];
type Node = Parameters<typeof Helper.getRefText>[0];
type Assignment = Parameters<Compile['setValue']>[0];

/** Variables of API Gateway: without a value, they print nothing; other references print themselves. */
const GATEWAY_VARIABLES = new Set(['input', 'context', 'stageVariables', 'util']);

/** Operators that do not convert their operands. */
const LOGICAL = new Set(['&&', '||', 'not', 'parenthesis']);

/**
 * velocityjs would read any property and call any method of JavaScript. Here, a template reads only the values of the gateway and calls
 * only the methods of `java-methods.ts`, so it reaches no constructor and no prototype, and prints as Java does.
 */
class MappingTemplate extends Compile {
  private readonly bounds = new TemplateBounds();
  private loops = 0;
  /** Whether the expression that is being read is an operand that JavaScript may convert to text. */
  private convertsOperands = false;

  public override renderAstList(asts?: Block, contextId?: string): string {
    this.bounds.step();
    return this.bounds.made(this.bounds.within(() => super.renderAstList(asts, contextId)));
  }

  /** Called by velocityjs for `"$a"`; its own implementation parses the text each time. */
  protected override evalStr(text: string): string {
    return this.renderAstList(parsedTemplate(text), this.contextId);
  }

  /** Called by velocityjs for `#foreach`; in its own implementation `#break` does not end a loop over a map. */
  protected getBlockEach([ast, ...block]: readonly [Loop, ...Node[]]): string {
    const values: unknown = this.getLiteral({ ...ast.from, pos: ast.pos } as Node);
    if (!Array.isArray(values) && !isRecord(values)) return '';
    const items: readonly unknown[] = Array.isArray(values) ? values : Object.values(values);
    const contextId = `foreach:${this.loops++}`;
    let text = '';
    for (const [index, item] of items.entries()) {
      this.bounds.iterate(index);
      const count = index + 1;
      this.local[contextId] = { [ast.to]: item, foreach: { count, index, hasNext: count < items.length }, velocityCount: count };
      text += this.renderAstList(block, contextId);
      if (this.runState.break || this.runState.stop) break;
    }
    this.runState.break = false;
    this.local[contextId] = {};
    this.conditions = this.conditions.filter((condition) => condition !== contextId);
    this.contextId = this.conditions[0] || '';
    return text;
  }

  /** Called by velocityjs for `[1, 2]` and `[1..5]`. */
  protected getArray({ value, isRange }: List): unknown[] {
    if (isRange !== true) return value.map((item) => this.getLiteral(item as Node) as unknown);
    const [begin, end] = value.map((limit) => numberOf(typeof limit === 'object' ? this.getReferences(limit as Node) : limit));
    if (!Number.isFinite(begin) || !Number.isFinite(end)) return [];
    const [first, last] = [Math.trunc(begin), Math.trunc(end)];
    const step = first < last ? 1 : -1;
    return Array.from(checkItems({ length: Math.abs(last - first) + 1 }), (_, index) => first + index * step);
  }

  protected override getExpression(ast: Parameters<Compile['getExpression']>[0]): string {
    this.bounds.step();
    const { operator } = ast as { readonly operator?: string };
    const isOperand = this.convertsOperands;
    this.convertsOperands = operator !== undefined && !LOGICAL.has(operator);
    const value = super.getExpression(ast);
    this.convertsOperands = isOperand;
    if (isOperand) checkSize(value);
    return operator === '+' ? this.bounds.made(value) : value;
  }

  protected override getLiteral(ast: Node): string {
    if ((ast as Literal).type !== 'map') return super.getLiteral(ast);
    const map: Record<string, unknown> = {};
    for (const [key, value] of Object.entries((ast as Literal).value ?? {})) put(map, key, this.getLiteral(value as Node));
    return map as unknown as string;
  }

  protected override getReferences(ast: Node, isPrinted?: boolean): string {
    this.bounds.step();
    const reference = ast as unknown as Reference;
    const value = isReserved(reference.id) ? undefined : super.getReferences(ast, false) as unknown;
    if (!isPrinted) return value as string;
    if (value !== undefined && value !== null) return javaText(value);
    if (this.silence || reference.leader === '$!') return '';
    return GATEWAY_VARIABLES.has(reference.id) ? UNVERIFIED.absentTemplateVariable : Helper.getRefText(ast);
  }

  /** Called by velocityjs for each step of `$a.b.c`. */
  protected getAttributes(step: ReferenceStep, value: unknown): unknown {
    if (step.type !== 'method') return readProperty(value, this.key(step));
    const args = (step.args || []).map((argument) => this.getLiteral(argument) as unknown);
    return this.bounds.call(step.id, [value, ...args], () => callMethod(value, step.id, args));
  }

  /** Called by velocityjs for `$a()`: no variable is a function. */
  protected getPropMethod(): undefined {
    return undefined;
  }

  protected override getMacro(ast: Node): string {
    const { id } = ast as { readonly id: string };
    return id === 'stop' || Object.hasOwn(this.macrosStore, id) ? super.getMacro(ast) : '';
  }

  protected override setValue(ast: Assignment): void {
    const [target, source] = ast.equal;
    const { id, path } = target as unknown as Reference;
    if (isReserved(id)) return;
    if (!path?.length) {
      super.setValue(ast);
      return;
    }
    const holder: unknown = this.getReferences({ ...target, path: path.slice(0, -1) } as Node);
    const step = path[path.length - 1];
    if (step.type !== 'method') assign(holder, this.key(step), this.getExpression(source));
  }

  private key(step: Exclude<ReferenceStep, { type: 'method' }>): unknown {
    return step.type === 'property' ? step.id : this.getLiteral(step.id);
  }
}

function assign(holder: unknown, key: unknown, value: unknown): void {
  if (holder instanceof TemplateObject) return;
  if (isRecord(holder)) put(holder, javaText(key), value);
  else if (Array.isArray(holder) && typeof key === 'number' && key >= 0 && key < holder.length) holder[key] = value;
}

/** Names that plain objects inherit: velocityjs keeps the variables of loops and macros in such objects. */
function isReserved(name: string): boolean {
  return name in Object.prototype;
}
