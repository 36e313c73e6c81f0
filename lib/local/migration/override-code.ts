import { array, call, print, quoted } from './code-layout';
import { valueCode } from './expression-code';
import { PACKED } from './function-code';
import type { Imports } from './imports';
import type { StackCodeOptions } from './stack-code';
import { statementCode } from './statement-code';
import type { ServicePlan } from '../../serverless/plan';
import type { Json } from '../../serverless/template';

/** What is set on a resource. */
interface Changes {
  readonly properties: Readonly<Record<string, Json>>;
  readonly attributes: Readonly<Record<string, Json>>;
}

/** The resources that `WebsocketService` has a property for. */
const PROPERTIES: Readonly<Record<string, { readonly property: string; readonly type: string; readonly variable: string }>> = {
  WebsocketsApi: { property: 'api', type: 'CfnApi', variable: 'api' },
  WebsocketsDeploymentStage: { property: 'stage', type: 'CfnStage', variable: 'stage' },
};

/** What is said after the service is made, since no option says it: one text a block. */
export function overrideStatements(plan: ServicePlan, options: StackCodeOptions, imports: Imports): string[] {
  const code = new OverrideCode(options, imports);
  return [...options.isFresh ? code.rights(plan) : [], ...code.keptIds(), ...code.overrides(plan)];
}

/** The method of the stack's class that finds the other resources, which get their ids when the template is written. */
export function overrideMethod(imports: Imports): string {
  const [resource, aspects, priority] = ['CfnResource', 'Aspects', 'AspectPriority'].map((name) => imports.core(name));
  return `
  /** Changes the resource with this logical id, as soon as the resources have the ids that Serverless gave them. */
  private override(logicalId: string, change: (resource: ${resource}) => void): void {
    let isFound = false;
    ${aspects}.of(this).add({
      visit: (node) => {
        if (!${resource}.isCfnResource(node) || this.resolve(node.logicalId) !== logicalId) return;
        isFound = true;
        change(node);
      },
    }, { priority: ${priority}.READONLY - 50 });
    this.node.addValidation({ validate: () => (isFound ? [] : ['There is no resource ' + logicalId]) });
  }
`;
}

class OverrideCode {
  private readonly keys: ReadonlyMap<string, string>;
  private readonly variables = new Set(['service', 'scope', 'id', 'props', 'path', PACKED]);

  public constructor(private readonly options: StackCodeOptions, private readonly imports: Imports) {
    this.keys = new Map([...options.functionIds].map(([key, id]) => [id, key]));
  }

  /** Of a new stack: each function has a role of its own, without what the shared role of Serverless allowed. */
  public rights({ naming: { roleStatements = [] }, functions }: ServicePlan): string[] {
    if (roleStatements.length === 0) return [];
    const statements = roleStatements.map((statement) => (
      `${print(call('service.functionByKey(key).addToRolePolicy', statementCode(statement, this.imports)), 6, '', ';')}\n`
    ));
    const head = print(array(Object.keys(functions).map(quoted)), 4, 'for (const key of ', ') {');
    return [`    // What the shared role of Serverless allowed to every function.\n${head}\n${statements.join('')}    }`];
  }

  /** What is carried verbatim refers to these resources by the ids that Serverless gave them. */
  public keptIds(): string[] {
    const lines = (this.options.keptIds ?? []).map((id) => `    (${this.resourceOf(id)?.resource}).overrideLogicalId(${quoted(id)});`);
    return lines.length === 0 ? [] : [`    // Other resources and the functions refer to them by these ids.\n${lines.join('\n')}`];
  }

  /** Equal overrides of several functions are written once. */
  public overrides({ overrides, attributes }: ServicePlan): string[] {
    const groups = new Map<string, { readonly ids: string[]; readonly changes: Changes }>();
    for (const id of new Set([...Object.keys(overrides), ...Object.keys(attributes)])) {
      const changes = { properties: overrides[id] ?? {}, attributes: attributes[id] ?? {} };
      if (this.options.isFresh && !this.keys.has(id) && !Object.hasOwn(PROPERTIES, id)) continue;
      const text = this.keys.has(id) ? JSON.stringify(changes) : id;
      const group = groups.get(text) ?? { ids: [], changes };
      group.ids.push(id);
      groups.set(text, group);
    }
    const blocks = [...groups.values()].map(({ ids, changes }) => this.block(ids, changes));
    return blocks.map((block, index) => (index === 0 ? `    // No option of WebsocketService says these.\n${block}` : block));
  }

  private block(ids: readonly string[], changes: Changes): string {
    const [id] = ids;
    const keys = ids.flatMap((each) => this.keys.get(each) ?? []);
    if (keys.length > 1) {
      return [
        print(array(keys.map(quoted)), 4, 'for (const key of ', ') {'),
        `      const resource = ${this.functionOf('key')};`,
        ...this.lines('resource', changes, 6),
        '    }',
      ].join('\n');
    }
    const found = this.resourceOf(id);
    if (!found) return [`    this.override(${quoted(id)}, (resource) => {`, ...this.lines('resource', changes, 6), '    });'].join('\n');
    return [`    const ${found.variable} = ${found.resource};`, ...this.lines(found.variable, changes, 4)].join('\n');
  }

  private lines(variable: string, { properties, attributes }: Changes, indent: number): string[] {
    const overrides = Object.entries(properties).map(([name, value]) => {
      const property = quoted(name.replaceAll('.', '\\.'));
      return print(value === null ? call(`${variable}.addPropertyDeletionOverride`, property)
        : call(`${variable}.addPropertyOverride`, property, valueCode(value, this.imports)), indent, '', ';');
    });
    return [...overrides, ...Object.entries(attributes).map(([name, value]) => (
      print(call(`${variable}.addOverride`, quoted(name), valueCode(value, this.imports)), indent, '', ';')))];
  }

  /** The code of a resource that a property or a method of the service has, and a name for it. */
  private resourceOf(id: string): { readonly resource: string; readonly variable: string } | undefined {
    const key = this.keys.get(id);
    if (key !== undefined) return { resource: this.functionOf(quoted(key)), variable: this.variable(key) };
    if (!Object.hasOwn(PROPERTIES, id)) return undefined;
    const { property, type, variable } = PROPERTIES[id];
    const resource = `service.${property}.node.defaultChild as ${this.imports.service('apigateway')}.${type}`;
    return { resource, variable: this.variable(variable) };
  }

  private functionOf(key: string): string {
    return `service.functionByKey(${key}).node.defaultChild as ${this.imports.service('lambda')}.CfnFunction`;
  }

  private variable(name: string): string {
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const camel = words.map((word, index) => (index === 0 ? word[0].toLowerCase() : word[0].toUpperCase()) + word.slice(1)).join('');
    const legal = /^[a-z]/.test(camel) && !RESERVED.has(camel) ? camel : `${camel}Resource`.replace(/^(?![a-z])/, 'fn');
    let unique = legal;
    for (let count = 2; this.variables.has(unique); count++) unique = `${legal}${count}`;
    this.variables.add(unique);
    return unique;
  }
}

/** Words that no variable of a module can be named. */
const RESERVED: ReadonlySet<string> = new Set([
  'arguments', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum',
  'eval', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements', 'import', 'in', 'instanceof', 'interface', 'let',
  'new', 'null', 'package', 'private', 'protected', 'public', 'return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try',
  'typeof', 'undefined', 'var', 'void', 'while', 'with', 'yield',
  // Names of the generated file.
  'lambda', 'iam', 'logs', 'apigateway', 'key', 'resource', 'require', 'module', 'exports',
]);
