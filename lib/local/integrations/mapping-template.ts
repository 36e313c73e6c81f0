import { Compile, Helper, parse } from 'velocityjs';
import { messageOf } from './integration-outcome';
import type { HandshakeParameters } from './integration-outcome';
import { TemplateObject, callMethod, put, readProperty } from './java-methods';
import { UTIL_VARIABLE, inputVariable } from './template-variables';
import { javaText } from '../protocol/java-text';
import { isRecord } from '../protocol/json';
import { UNVERIFIED } from '../protocol/unverified';

/** What a mapping template can read. */
interface TemplateInput {
  /** `$input`: the message, or what the backend answered. */
  readonly body: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly handshake?: HandshakeParameters;
}

/**
 * Renders a mapping template (5.3.3).
 *
 * @throws Error a template that is not Velocity, or a call in it that fails
 */
export function renderTemplate(template: string, { body, context, stageVariables, handshake }: TemplateInput): string {
  const variables: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  variables.input = inputVariable(body, handshake);
  // Copies: a template may change what it reads, the connection must not notice.
  variables.context = structuredClone(context);
  variables.stageVariables = { ...stageVariables };
  variables.util = UTIL_VARIABLE;
  return new MappingTemplate(parsedTemplate(template)).render(variables);
}

type Templates = ReturnType<typeof parse>;
const KEPT_TEMPLATES = 256;
const parsedTemplates = new Map<string, Templates>();

/** Parsing costs far more than rendering. */
function parsedTemplate(template: string): Templates {
  const known = parsedTemplates.get(template);
  if (known) return known;
  // Every synthesis of the app may bring others.
  if (parsedTemplates.size >= KEPT_TEMPLATES) parsedTemplates.clear();
  const parsed = parsedVelocity(template);
  parsedTemplates.set(template, parsed);
  return parsed;
}

function parsedVelocity(template: string): Templates {
  try {
    // Without a prototype: `#constructor()` is no block.
    return parse(template, Object.create(null) as Record<string, boolean>);
  } catch (thrown) {
    // The place, without the list of all that could have been there.
    throw new Error(`it is not Velocity: ${messageOf(thrown).replace(/ -{2,}\^.*$/, '')}`);
  }
}

/** The parts of velocityjs' syntax tree that are read here. */
interface Reference {
  readonly id: string;
  readonly leader: string;
  readonly path?: readonly Step[];
}

type Step =
  | { readonly type: 'method'; readonly id: string; readonly args?: readonly Node[] | false }
  | { readonly type: 'property'; readonly id: string }
  | { readonly type: 'index'; readonly id: Node };

type Node = Parameters<typeof Helper.getRefText>[0];
type Assignment = Parameters<Compile['setValue']>[0];

// What API Gateway puts into a template: these print nothing, not themselves, where they have no value.
const GIVEN = new Set(['input', 'context', 'stageVariables', 'util']);

/**
 * velocityjs reads and calls whatever JavaScript would; a template may have only the values of the gateway and the methods of
 * `java-methods.ts`, so that it reaches no constructor or prototype, and prints as Java prints.
 */
class MappingTemplate extends Compile {
  protected override getReferences(ast: Node, isPrinted?: boolean): string {
    const reference = ast as unknown as Reference;
    const value = isReserved(reference.id) ? undefined : super.getReferences(ast, false) as unknown;
    if (!isPrinted) return value as string;
    if (value !== undefined && value !== null) return javaText(value);
    if (this.silence || reference.leader === '$!') return '';
    return GIVEN.has(reference.id) ? UNVERIFIED.absentTemplateVariable : Helper.getRefText(ast);
  }

  /** Called by velocityjs for each step of `$a.b.c`. */
  protected getAttributes(step: Step, value: unknown): unknown {
    if (step.type !== 'method') return readProperty(value, this.key(step));
    return callMethod(value, step.id, (step.args || []).map((argument) => this.getLiteral(argument)));
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

  private key(step: Exclude<Step, { type: 'method' }>): unknown {
    return step.type === 'property' ? step.id : this.getLiteral(step.id);
  }
}

function assign(holder: unknown, key: unknown, value: unknown): void {
  if (holder instanceof TemplateObject) return;
  if (isRecord(holder)) put(holder, String(key), value);
  else if (Array.isArray(holder) && typeof key === 'number' && key >= 0 && key < holder.length) holder[key] = value;
}

/** velocityjs keeps the variables of loops and macros in plain objects. */
function isReserved(name: string): boolean {
  return name in Object.prototype;
}
