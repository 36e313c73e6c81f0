import type { Mutable } from './origins';

/** A text with what is to be replaced in it. */
export interface VariableText {
  readonly value: Mutable;
  readonly variables: readonly Variable[];
  /** Put together of several texts: even one variable from end to end is part of a text. */
  readonly isJoined?: boolean;
}

export interface Variable {
  /** In the text. */
  readonly start: number;
  readonly end: number;
  /** In the order in which they are asked. */
  readonly sources?: readonly VariableSource[];
  /** What an escape stands for: `\${` is `${`. */
  readonly literal?: string;
}

export interface VariableSource {
  /** `self`, `file`; missing: a literal. */
  readonly type?: string;
  readonly params?: readonly VariableText[];
  readonly address?: VariableText;
  readonly literal?: Mutable;
}

/** What is wrong with the text of a variable. */
export class VariableSyntaxError extends Error {}

/** The variables of a text, by the grammar of Serverless: `${self:a.b, opt:c, 'text'}`. `${AWS::Region}` and the like are none. */
export function parseVariables(text: string): VariableText {
  return { value: text, variables: text.includes('${') ? new Parser(text).text() : [] };
}

/** The variables of texts that were put together, each looked through for itself. */
export function joinedVariables(parts: readonly string[]): VariableText {
  let start = 0;
  const variables: Variable[] = [];
  for (const part of parts) {
    const found = parseVariables(part).variables;
    variables.push(...found.map((each) => ({ ...each, start: each.start + start, end: each.end + start })));
    start += part.length;
  }
  return { value: parts.join(''), variables, isJoined: true };
}

const ADDRESS_END = '},';

class Parser {
  private index = 0;

  constructor(private readonly input: string) {}

  text(): Variable[] {
    const variables: Variable[] = [];
    while (this.index < this.input.length) {
      const slashes = this.run('\\');
      if (this.char() === '$') {
        this.dollar(variables, slashes);
      } else {
        this.index++;
      }
    }
    return variables;
  }

  /** At a dollar sign outside of variables, after some backslashes: an odd number of them escapes. */
  private dollar(variables: Variable[], slashes: number): void {
    const isOdd = slashes % 2 === 1;
    let start = this.index;
    const dollars = this.run('$');
    if (this.char() !== '{') {
      // As in Serverless: a backslash right after such dollar signs does not count.
      this.index += isOdd && dollars === 1 ? 0 : 1;
      return;
    } else if (isOdd && dollars > 1) {
      start++;
    } else if (isOdd) {
      variables.push({ start: start - slashes, end: start + 1, literal: `${'\\'.repeat((slashes - 1) / 2)}$` });
      return;
    } else if (slashes > 0 && dollars === 1) {
      variables.push({ start: start - slashes, end: start, literal: '\\'.repeat(slashes / 2) });
    }
    this.index++;
    this.variable(start, 0, variables, false);
  }

  /** A dollar sign within a variable: what it begins is resolved first. `base` is where the text begins that `variables` belong to. */
  private nested(base: number, variables: Variable[], isStrict: boolean): void {
    const start = this.index;
    this.run('$');
    const isOpen = this.char() === '{';
    this.index++;
    if (isOpen) {
      this.variable(start, base, variables, isStrict);
    }
  }

  /** After `${`. What does not look like a variable is left as it is, unless it stands within a variable. */
  private variable(start: number, base: number, variables: Variable[], isStrict: boolean): void {
    const typeStart = this.index;
    const isName = /[a-z]/.test(this.char());
    if (isName) {
      this.while(/[a-zA-Z0-9.-]/);
    }
    const type = this.input.slice(typeStart, this.index);
    const after = this.char();
    const isVariable = isName && (after === '(' || (after === ':' && !this.isDoubleColon(isStrict)));
    if (isVariable) {
      const sources = this.sources(type);
      variables.push({ start: start - base, end: this.index - base, sources });
    } else if (isStrict && after !== '') {
      this.fail('the name of a variable\'s source is expected');
    } else {
      this.foreign(base, variables);
    }
  }

  /** `${AWS::Region}` with a small letter is left alone too. */
  private isDoubleColon(isStrict: boolean): boolean {
    return !isStrict && /^: *:/.test(this.input.slice(this.index, this.index + 50));
  }

  /** Up to the brace that closes what is none of our variables. */
  private foreign(base: number, variables: Variable[]): void {
    while (this.index < this.input.length && this.char() !== '}') {
      if (this.char() === '$') {
        this.nested(base, variables, false);
      } else {
        this.index++;
      }
    }
    this.index++;
  }

  private sources(type: string): VariableSource[] {
    const sources = [this.source(type)];
    while (this.take() === ',') {
      sources.push(this.fallback());
    }
    return sources;
  }

  /** After the name of a source: `(params):address`, each of them optional, up to its comma or brace. */
  private source(type: string): VariableSource {
    const params = this.char() === '(' ? this.params() : undefined;
    this.while(/ /);
    if (this.char() !== ':') {
      return { type, params };
    }
    this.index++;
    this.while(/ /);
    const char = this.char();
    if (ADDRESS_END.includes(char)) {
      return { type, params };
    } else if (char === ':') {
      this.fail('an address is expected');
    }
    return { type, params, address: this.value(ADDRESS_END, false) };
  }

  private params(): VariableText[] {
    const params: VariableText[] = [];
    this.index++;
    for (;;) {
      this.while(/ /);
      if (this.char() === ')') {
        this.index++;
        return params;
      } else if (this.char() === ',') {
        this.index++;
        params.push({ value: null, variables: [] });
        continue;
      }
      params.push(this.value('),', true));
      if (this.take() === ')') {
        return params;
      }
    }
  }

  /** A param or an address: quoted, or up to one of the given characters. */
  private value(ends: string, isParam: boolean): VariableText {
    const start = this.index;
    if (this.char() === '"' || this.char() === '\'') {
      const value = this.quoted();
      this.while(/ /);
      this.expect(ends);
      return { value, variables: [] };
    }
    const variables: Variable[] = [];
    while (this.char() === '' || !ends.includes(this.char())) {
      if (this.char() === '' || (isParam && this.char() === '}')) {
        this.fail(isParam ? 'the bracket ")" is missing' : 'the brace "}" is missing');
      } else if (this.char() === '$') {
        this.nested(start, variables, true);
      } else {
        this.index++;
      }
    }
    const text = this.input.slice(start, this.index).trim();
    return { value: isParam && variables.length === 0 ? literal(text) ?? (text === 'null' ? null : text) : text, variables };
  }

  /** After a comma: another source, or a literal, which ends the variable. */
  private fallback(): VariableSource {
    this.while(/ /);
    const start = this.index;
    if (this.char() === '"' || this.char() === '\'') {
      const value = this.quoted();
      this.while(/ /);
      this.expect('}');
      return { literal: value };
    }
    this.while(/[a-zA-Z0-9. -]/);
    const text = this.input.slice(start, this.index);
    if (this.char() === ':' || this.char() === '(') {
      if (!/^[a-z][a-zA-Z0-9]*$/.test(text)) {
        this.fail(`"${text}" is not the name of a source`, start);
      }
      return this.source(text);
    }
    const value = literal(text.trim());
    if (this.char() !== '}' || text.trim() === '' || (value === undefined && text.trim() !== 'null')) {
      const hint = this.char() === '$' ? 'a source without braces of its own (`${opt:a, self:b}`)' : 'a source, a number or a quoted text';
      this.fail(`after a comma, ${hint} is expected`, start);
    }
    return { literal: value ?? null };
  }

  private quoted(): string {
    const start = this.index;
    const quote = this.char();
    for (this.index++; this.char() !== quote; this.index++) {
      if (this.char() === '') {
        this.fail('the closing quote is missing', start);
      } else if (quote === '"' && this.char() === '\\') {
        this.index++;
      }
    }
    this.index++;
    const text = this.input.slice(start, this.index);
    if (quote === '\'') {
      return text.slice(1, -1);
    }
    try {
      return String(JSON.parse(text));
    } catch {
      return this.fail(`${text} is not a text in double quotes`, start);
    }
  }

  private expect(chars: string): void {
    if (this.char() === '' || !chars.includes(this.char())) {
      this.fail(`one of the characters "${chars}" is expected`);
    }
  }

  private run(char: string): number {
    const start = this.index;
    while (this.input[this.index] === char) {
      this.index++;
    }
    return this.index - start;
  }

  private while(chars: RegExp): void {
    while (this.index < this.input.length && chars.test(this.input[this.index])) {
      this.index++;
    }
  }

  private char(): string {
    return this.input[this.index] ?? '';
  }

  /** The brace or comma that ends a source. */
  private take(): string {
    const char = this.char();
    if (char !== '}' && char !== ',' && char !== ')') {
      this.fail(char === '' ? 'the brace "}" is missing' : `"${char}" is not expected`);
    }
    this.index++;
    return char;
  }

  private fail(problem: string, at = this.index): never {
    throw new VariableSyntaxError(`${problem} at character ${at + 1} of "${this.input.slice(0, 200)}"`);
  }
}

/** `undefined` for what is no literal, and for `null`. */
function literal(text: string): boolean | number | undefined {
  if (text === 'true' || text === 'false') {
    return text === 'true';
  }
  return text === '' || text === 'null' || Number.isNaN(Number(text)) ? (text === '' ? 0 : undefined) : Number(text);
}
