import type { Alias, Document, Node, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { ServerlessFileError } from '../file-error';
import { isObject } from '../json-value';
import type { Mutable, MutableObject, Origins, SourceFile } from './origins';
import { member, positionAt, setMember } from './origins';
import type { Position } from '../service';

/** As both CLIs know them; a tag that neither knows is an error there too. */
export const SHORT_TAGS: readonly string[] = [
  'And', 'Base64', 'Cidr', 'Condition', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'GetStackOutput', 'If', 'ImportValue', 'Join', 'Not',
  'Or', 'Ref', 'Select', 'Split', 'Sub', 'Transform',
];

/** `Scalar.PLAIN`. */
const PLAIN = 'PLAIN';

/** Loaded with the first file: every app loads this module, and few have a file in YAML. */
function yaml(): typeof import('yaml') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('yaml') as typeof import('yaml');
}

/** Scalars stay texts: what they mean is said by `plainScalar`. */
const PARSE_OPTIONS = { schema: 'failsafe', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;

/** Levels of a document, and values that its aliases may repeat. */
const MAX_DEPTH = 100;
const MAX_NODES = 200_000;

/** Reads YAML as Serverless does (js-yaml 4 with the short tags of CloudFormation), and remembers where each key stands. */
export function readYaml(file: string, text: string, origins: Origins, tags = SHORT_TAGS): Mutable {
  const lines = new (yaml().LineCounter)();
  const source: SourceFile = { file, lines };
  if (isTooDeep(text)) {
    throw new ServerlessFileError(file, 'values lie too deep within each other.');
  }
  const document = yaml().parseDocument(text.replace(/^\uFEFF/, ''), { ...PARSE_OPTIONS, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ServerlessFileError(positionAt(source, error.pos[0]), yamlProblem(error.code, error.message));
  }
  return document.contents === null ? null : new Reader(document, source, origins, tags).read(document.contents);
}

/** Where the members of a value stand that was read from JSON. JSON is YAML, all but some rare texts: those get no positions. */
export function locateJson(file: string, text: string, value: Mutable, origins: Origins): void {
  if (isTooDeep(text)) {
    throw new ServerlessFileError(file, 'values lie too deep within each other.');
  }
  const lines = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { ...PARSE_OPTIONS, lineCounter: lines });
  if (document.errors.length === 0) {
    locate(document.contents, value, { file, lines }, origins);
  }
}

function locate(node: unknown, value: Mutable | undefined, source: SourceFile, origins: Origins): void {
  if (yaml().isMap<ParsedNode, ParsedNode>(node) && isObject(value)) {
    for (const pair of node.items) {
      const key = yaml().isScalar(pair.key) ? String(pair.key.value) : '';
      origins.set(value, key, source, pair.key.range[0]);
      locate(pair.value, member(value, key), source, origins);
    }
  } else if (node instanceof Object && 'items' in node && Array.isArray(node.items) && Array.isArray(value)) {
    node.items.forEach((item: ParsedNode, index: number) => {
      origins.set(value, index, source, item.range[0]);
      locate(item, value[index], source, origins);
    });
  }
}

class Reader {
  private nodes = 0;
  private readonly targets: ReadonlyMap<Alias, Node>;

  constructor(
    document: Document.Parsed,
    private readonly source: SourceFile,
    private readonly origins: Origins,
    private readonly tags: readonly string[],
  ) {
    this.targets = aliasTargets(document);
  }

  read(node: Node | null, depth = 0): Mutable {
    if (++this.nodes > MAX_NODES) {
      this.fail(node, `the file has more than ${MAX_NODES} values, those that its aliases repeat included.`);
    } else if (depth > MAX_DEPTH) {
      this.fail(node, `values lie more than ${MAX_DEPTH} levels deep.`);
    } else if (node === null) {
      return null;
    } else if (yaml().isAlias(node)) {
      return this.read(this.target(node), depth + 1);
    }
    const short = this.shortTag(node.tag);
    if (short === undefined && !isKnownTag(node.tag)) {
      this.fail(node, `unknown tag "${node.tag}". Known are the short forms of CloudFormation functions: ${
        this.tags.map((each) => `!${each}`).join(', ')}.`);
    }
    const { isMap, isScalar } = yaml();
    const value = isScalar(node) ? scalarValue(node, short) : isMap(node) ? this.map(node, depth) : this.list(node as YAMLSeq, depth);
    return short === undefined ? value : this.intrinsic(short, value, node);
  }

  private map(node: YAMLMap, depth: number): MutableObject {
    const result: MutableObject = {};
    const merged = new Set<string>();
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      if (yaml().isScalar(keyNode) && keyNode.type === PLAIN && keyNode.value === '<<') {
        this.merge(result, merged, pair.value as Node | null, depth);
        continue;
      }
      const key = this.key(keyNode);
      if (Object.hasOwn(result, key) && !merged.has(key)) {
        this.fail(keyNode, `the key "${key}" stands twice in the same map. Remove or rename one of them.`);
      }
      merged.delete(key);
      setMember(result, key, this.read(pair.value as Node | null, depth + 1));
      this.origins.set(result, key, this.source, keyNode?.range?.[0] ?? 0);
    }
    return result;
  }

  /** `<<`: what stands in the map itself wins, and of several merged maps the first. */
  private merge(result: MutableObject, merged: Set<string>, node: Node | null, depth: number): void {
    const value = this.read(node, depth + 1);
    for (const each of Array.isArray(value) ? value : [value]) {
      if (!isObject(each)) {
        this.fail(node, 'the merge key "<<" needs a map, or a list of maps.');
      }
      for (const [key, inherited] of Object.entries(each)) {
        if (!Object.hasOwn(result, key)) {
          setMember(result, key, inherited);
          merged.add(key);
          this.origins.share(each, result, key);
        }
      }
    }
  }

  private list(node: YAMLSeq, depth: number): Mutable[] {
    const result: Mutable[] = [];
    for (const item of node.items as Array<Node | null>) {
      result.push(this.read(item, depth + 1));
      this.origins.set(result, result.length - 1, this.source, item?.range?.[0] ?? node.range?.[0] ?? 0);
    }
    return result;
  }

  private key(node: Node | null): string {
    const value = node === null ? null : this.read(node);
    if (typeof value === 'object' && value !== null) {
      this.fail(node, 'a key must be a text, not a list or map.');
    } else if (value === '__proto__') {
      this.fail(node, '"__proto__" is not accepted as a key.');
    }
    return String(value);
  }

  private shortTag(tag: string | undefined): string | undefined {
    const name = tag?.startsWith('!') ? tag.slice(1) : undefined;
    return name !== undefined && this.tags.includes(name) ? name : undefined;
  }

  private target(alias: Alias): Node {
    const target = this.targets.get(alias);
    if (target === undefined) {
      this.fail(alias, `no anchor "&${alias.source}" stands above the alias "*${alias.source}".`);
    }
    return target;
  }

  private intrinsic(name: string, value: Mutable, node: Node): MutableObject {
    const argument = name === 'GetAtt' && typeof value === 'string' ? splitAtDot(value) : value;
    const result: MutableObject = { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: argument };
    this.origins.set(result, Object.keys(result)[0], this.source, node.range?.[0] ?? 0);
    return result;
  }

  private fail(node: Node | null, problem: string): never {
    throw new ServerlessFileError(this.position(node), problem);
  }

  private position(node: Node | null): Position | string {
    const offset = node?.range?.[0];
    return offset === undefined ? this.source.file : positionAt(this.source, offset);
  }
}

/** The node of each alias: the last above it that has the anchor. `Alias.resolve` walks through the whole document each time. */
function aliasTargets(document: Document.Parsed): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  yaml().visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) {
        targets.set(alias, target);
      }
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}

/** Parsers call themselves for each level: a text with far too many of them would end the process. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > 4 * MAX_DEPTH) {
      return true;
    }
  }
  return text.split('\n').some((line) => line.length > 4 * MAX_DEPTH && /^(?:[ ?:-]{1,2} ){200}/.test(line));
}

/** Tags of YAML itself. `!!binary`, `!!set` and the like give values that JSON does not have. */
function isKnownTag(tag: string | undefined): boolean {
  return tag === undefined || tag === '!' || /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/.test(tag);
}

/** Below a short tag every scalar is a text; an empty one is `null`. */
function scalarValue(node: Scalar, short: string | undefined): Mutable {
  const text = String(node.value ?? '');
  if (short !== undefined) {
    return node.type === PLAIN && text === '' ? null : text;
  }
  const isText = node.tag === '!' || node.tag === 'tag:yaml.org,2002:str' || (node.tag === undefined && node.type !== PLAIN);
  return isText ? text : plainScalar(text);
}

/** What js-yaml 4, by which Serverless reads, makes of a plain scalar: YAML 1.2, so `yes` is a text and `0123` is 123. */
function plainScalar(text: string): null | boolean | number | string {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) {
    return null;
  } else if (/^(?:true|True|TRUE)$/.test(text)) {
    return true;
  } else if (/^(?:false|False|FALSE)$/.test(text)) {
    return false;
  }
  const number = integer(text) ?? float(text);
  return number === undefined ? text : number;
}

const INTEGER = /^([-+]?)(?:0b([01]+)|0x([0-9a-fA-F]+)|0o([0-7]+)|([0-9]+))$/;

function integer(text: string): number | undefined {
  const found = INTEGER.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, sign, binary, hexadecimal, octal, decimal] = found;
  const digits = binary ?? hexadecimal ?? octal ?? decimal;
  const base = binary !== undefined ? 2 : hexadecimal !== undefined ? 16 : octal !== undefined ? 8 : 10;
  const value = parseInt(digits, base);
  return Number.isFinite(value) ? (sign === '-' && value !== 0 ? -value : value) : undefined;
}

/** Infinity and NaN become `null`, since Serverless writes the configuration as JSON and reads it again. */
function float(text: string): null | number | undefined {
  if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(text)) {
    return null;
  }
  const isFloat = /^(?:[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)$/.test(text);
  const value = isFloat ? parseFloat(text) : Infinity;
  return Number.isFinite(value) ? (value === 0 ? 0 : value) : undefined;
}

function splitAtDot(text: string): [string, string] {
  const [resource, ...attribute] = text.split('.');
  return [resource, attribute.join('.')];
}

function yamlProblem(code: string, message: string): string {
  const [first] = message.split('\n');
  return `not valid YAML: ${code === 'TAB_AS_INDENT' ? 'tabs do not indent; use spaces' : first.replace(/\.$/, '')}.`;
}
