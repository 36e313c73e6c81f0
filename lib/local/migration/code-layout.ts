/** A piece of TypeScript: text on one line, or a list between brackets that takes a line an item if it is too long for one. */
export type Code = string | CodeList;

export interface CodeList {
  /** `{`, `[`, `Fn.join(` and the like. */
  readonly open: string;
  readonly items: readonly CodeItem[];
  readonly close: string;
  /** Objects have spaces within their braces. */
  readonly isObject: boolean;
  /** Also if it fits on one line. */
  readonly isTall?: boolean;
}

interface CodeItem {
  /** The name of a member, with its colon and a space. */
  readonly prefix: string;
  readonly code: Code;
}

/** The longest line of the generated code. */
const WIDTH = 120;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A string literal in single quotes, without a character that an editor would not show. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${escaped.replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g, unicodeEscape)}'`;
}

/** An object literal; members without a value are left out. `__proto__` is quoted in brackets, since it would set the prototype. */
export function object(members: Readonly<Record<string, Code | undefined>>): CodeList {
  return objectOf(Object.entries(members));
}

/** The same of pairs, whose order is kept also for names that are numbers. */
export function objectOf(members: ReadonlyArray<readonly [string, Code | undefined]>): CodeList {
  const items = members.flatMap(([name, code]) => (code === undefined ? [] : [{ prefix: `${propertyName(name)}: `, code }]));
  return { open: '{', items, close: '}', isObject: true };
}

/** `{ App, Stack }`. */
export function braces(names: readonly string[]): CodeList {
  return { ...list('{', names, '}'), isObject: true };
}

export function array(items: readonly Code[]): CodeList {
  return list('[', items, ']');
}

/** A call. If its last argument alone is an object or an array, that keeps its brackets on the lines of the call. */
export function call(callee: string, ...args: readonly Code[]): CodeList {
  const [last] = args.slice(-1);
  const others = args.slice(0, -1);
  const isHugged = typeof last === 'object' && ['{', '['].includes(last.open) && others.every((each) => typeof each === 'string');
  return isHugged ? callWith(callee, others as string[], last) : list(`${callee}(`, args, ')');
}

/** A call whose last argument, an object, keeps its braces on the lines of the call: `new Chat(this, {`. */
export function callWith(callee: string, args: readonly string[], last: CodeList): CodeList {
  return { ...last, open: `${callee}(${[...args, last.open].join(', ')}`, close: `${last.close})` };
}

/** The same code with one item a line. */
export function tall(code: CodeList): CodeList {
  return { ...code, isTall: code.items.length > 0 };
}

/** The text of a statement that begins at this indentation; all but its first line are indented. */
export function print(code: Code, indent: number, before = '', after = ''): string {
  return `${' '.repeat(indent)}${before}${laidOut(code, indent, before.length, after.length)}${after}`;
}

function list(open: string, items: readonly Code[], close: string): CodeList {
  return { open, items: items.map((code) => ({ prefix: '', code })), close, isObject: false };
}

function laidOut(code: Code, indent: number, before: number, after: number): string {
  if (typeof code === 'string') return code;
  const flat = flattened(code);
  if (flat !== undefined && indent + before + flat.length + after <= WIDTH) return flat;
  const inner = ' '.repeat(indent + 2);
  const lines = code.items.map(({ prefix, code: item }) => `${inner}${prefix}${laidOut(item, indent + 2, prefix.length, 1)},\n`);
  return `${code.open}\n${lines.join('')}${' '.repeat(indent)}${code.close}`;
}

/** The code on one line, unless a part of it must not be. */
function flattened(code: Code): string | undefined {
  if (typeof code === 'string') return code;
  if (code.isTall) return undefined;
  const items = code.items.map(({ prefix, code: item }) => {
    const flat = flattened(item);
    return flat === undefined ? undefined : prefix + flat;
  });
  if (items.includes(undefined)) return undefined;
  const space = code.isObject && items.length > 0 ? ' ' : '';
  return `${code.open}${space}${items.join(', ')}${space}${code.close}`;
}

function propertyName(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return IDENTIFIER.test(name) ? name : quoted(name);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
