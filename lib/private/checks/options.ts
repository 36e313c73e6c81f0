import * as fs from 'fs';
import { Annotations, Token } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { DURATION, Kind, RUNTIME } from './kind';
import { entriesOf } from '../members';
import { nearest } from '../nearest';
import { AWS_CDK_LIB_VERSION, Struct, StructName, STRUCTS } from '../option-names';
import { describe, Fault, list, show } from '../problem';

/** How many options a message lists at most. */
const LISTED = 30;

/** Options that belong elsewhere. */
const ELSEWHERE: { readonly [S in StructName]?: Readonly<Record<string, Fault>> } = {
  WebsocketServiceRoute: {
    authorizer: {
      reason: 'is not an option of a route: an authorizer protects $connect, and thereby every route',
      remedy: 'give it as `authorizer` of the service',
    },
  },
  WebsocketFunctionOptions: {
    handler: { reason: 'would be the handler of every function', remedy: 'set `handler` on the routes' },
    entry: { reason: 'is an option of NodejsFunction', remedy: 'name file and export in the `handler` of a route: src/messages.send' },
    code: { reason: 'is an option of lambda.Function', remedy: 'make the function yourself and give it as `function` of a route' },
    provisionedConcurrency: { reason: 'is its name in serverless.yml', remedy: 'write `provisionedConcurrentExecutions`, and `alias`' },
    reservedConcurrency: { reason: 'is its name in serverless.yml', remedy: 'write `reservedConcurrentExecutions`' },
    logRetentionInDays: { reason: 'is its name in serverless.yml', remedy: 'write `logGroupRetention`' },
    iamRoleStatements: { reason: 'is its name in serverless.yml', remedy: 'write `initialPolicy`, or grant on `service.functions`' },
    awsSdkConnectionReuse: {
      reason: 'is an option of NodejsFunction for AWS SDK v2', remedy: 'leave it out: v3 reuses connections by itself',
    },
  },
};

/** Classes for which a message shows an example. */
const KINDS: Readonly<Record<string, Partial<Kind>>> = { Duration: DURATION, Runtime: RUNTIME };

/** A fault of one option. */
export interface OptionFault {
  readonly about: 'name' | 'shape' | 'value';
  readonly text: string;
  /** Whether the option may exist in an aws-cdk-lib that is newer than the table. */
  readonly mayBeNew?: boolean;
}

/** All faults of the options of a struct, and of the structs in it. `prefix` comes before each name, such as `authorizer.` */
export function optionFaults(prefix: string, struct: StructName, value: unknown): OptionFault[] {
  if (!isStruct(value)) return [];
  const options = optionsOf(struct);
  return entriesOf(value).flatMap(([name, held]) => {
    if (held === undefined) return [];
    const holds = options.get(name);
    return holds === undefined ? [nameFault(prefix, struct, name, held)] : valueFaults(`${prefix}${name}`, holds, held);
  });
}

/** Whether the installed aws-cdk-lib may have an unknown option, since it is newer than the table. */
export function mayBeKnown({ mayBeNew }: OptionFault): boolean {
  return mayBeNew === true && isNewerThan(installedVersion(), AWS_CDK_LIB_VERSION);
}

export function warnOfOption(scope: IConstruct, { text }: OptionFault): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:unknownOption',
    `${text}${text.endsWith('?') ? '' : '.'} It is passed on, since aws-cdk-lib ${installedVersion()} may have it: `
    + `the options known here are those of ${AWS_CDK_LIB_VERSION}`,
  );
}

/** The options of a struct and its bases, with the type of each. */
export function optionsOf(struct: StructName): ReadonlyMap<string, string> {
  const known = flattened.get(struct);
  if (known) return known;
  const { bases = [], options }: Struct = STRUCTS[struct];
  const all = new Map([...bases.flatMap((base) => [...optionsOf(base as StructName)]), ...Object.entries(options)]);
  flattened.set(struct, all);
  return all;
}

const flattened = new Map<StructName, ReadonlyMap<string, string>>();

/** Whether a struct may have more options in a newer aws-cdk-lib, since it belongs to it or extends a struct of it. */
function isOpen(struct: StructName): boolean {
  const { bases = [] }: Struct = STRUCTS[struct];
  return struct.includes('.') || bases.some((base) => isOpen(base as StructName));
}

/** Values that are not objects are left to other checks. */
function isStruct(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Construct.isConstruct(value) && !Token.isUnresolved(value);
}

/** A `Map` does not count, since its entries are not members and would be lost. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
}

function nameFault(prefix: string, struct: StructName, name: string, value: unknown): OptionFault {
  const property = `${prefix}${name}`;
  const fault = elsewhere(struct, name);
  if (fault) return { about: 'name', text: describe(property, value, fault) };
  const names = [...optionsOf(struct).keys()];
  // Python's spelling is `api_key_required`.
  const hint = nearest(name.replace(/[_-]/g, ''), names) ?? nested(struct, name) ?? longer(name, names);
  const all = names.length > LISTED ? `the options are those of ${struct}` : `the options are ${list(names)}`;
  return {
    about: 'name',
    text: `${property}: ${show(value)}: there is no option \`${name}\`; ${hint === undefined ? all : `did you mean \`${hint}\`?`}`,
    mayBeNew: hint === undefined && isOpen(struct),
  };
}

function elsewhere(struct: StructName, name: string): Fault | undefined {
  const { bases = [] }: Struct = STRUCTS[struct];
  const known = [struct, ...bases].map((one) => ELSEWHERE[one as StructName] ?? {}).find((faults) => Object.hasOwn(faults, name));
  return known?.[name];
}

/** `memorySize` for `memory`. */
function longer(name: string, names: readonly string[]): string | undefined {
  return name.length < 3 ? undefined : names.find((known) => known.toLowerCase().startsWith(name.toLowerCase()));
}

/** `bundling.minify` for `minify`. */
function nested(struct: StructName, name: string): string | undefined {
  const found = [...optionsOf(struct)].find(([, holds]) => holds in STRUCTS && optionsOf(holds as StructName).has(name));
  return found && `${found[0]}.${name}`;
}

function valueFaults(property: string, holds: string, value: unknown): OptionFault[] {
  if (holds === '' || Token.isUnresolved(value)) return [];
  if (/^@\w+$/.test(holds)) return isInstance(value) ? [] : [instanceFault(property, holds.slice(1), value)];
  if (/^=.*[^\]}]$/.test(holds)) return enumFaults(property, holds, value);
  if (holds.endsWith('[]')) {
    return Array.isArray(value) ? listFaults(property, holds.slice(0, -2), value) : [kindFault(property, 'list', value)];
  }
  if (!holds.endsWith('{}') && !(holds in STRUCTS)) return typeof value === holds ? [] : [kindFault(property, holds, value)];
  if (!isObject(value)) return [kindFault(property, 'object', value)];
  if (holds in STRUCTS) return optionFaults(`${property}.`, holds as StructName, value);
  return Object.entries(value).flatMap(([key, item]) => valueFaults(`${property}${member(property, key)}`, holds.slice(0, -2), item));
}

function listFaults(property: string, holds: string, items: unknown[]): OptionFault[] {
  return items.flatMap((item, index) => {
    // Integration responses are named by their keys.
    const name = isStruct(item) && typeof item.key === 'string' ? JSON.stringify(item.key) : index;
    return valueFaults(`${property}[${name}]`, holds, item);
  });
}

function kindFault(property: string, kind: string, value: unknown): OptionFault {
  const reason = `is not ${kind === 'object' ? 'an' : 'a'} ${kind}`;
  const about = kind === 'list' || kind === 'object' ? 'shape' : 'value';
  return { about, text: describe(property, value, { reason, remedy: remedyFor(kind, value) }) };
}

/** An enum of a newer aws-cdk-lib may have more values. */
function enumFaults(property: string, holds: string, value: unknown): OptionFault[] {
  const values = holds.slice(1).split('|');
  if (values.includes(value as string)) return [];
  const meant = typeof value === 'string' ? nearest(value, values) : undefined;
  const mayBeNew = typeof value === 'string' && meant === undefined && isNewerThan(installedVersion(), AWS_CDK_LIB_VERSION);
  if (mayBeNew) return [];
  const all = list(values.map((each) => JSON.stringify(each)), 'or');
  const remedy = meant === undefined ? 'use a member of the enum' : `did you mean ${JSON.stringify(meant)}?`;
  return [{ about: 'value', text: describe(property, value, { reason: `is not ${all}`, remedy }) }];
}

/** An implementation of an interface may be of any class, even of another copy of aws-cdk-lib. */
function isInstance(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function instanceFault(property: string, type: string, value: unknown): OptionFault {
  const { name, example } = KINDS[type] ?? { name: `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}` };
  const hint = example === undefined ? 'give an object of that type, not its name, ARN or number' : `use ${example}`;
  const remedy = value === null ? 'leave it out' : hint;
  return { about: 'value', text: describe(property, value, { reason: `is not ${name}`, remedy }) };
}

function remedyFor(kind: string, value: unknown): string {
  if (kind === 'list') return 'put it into brackets: [value]';
  if (kind === 'boolean') return 'use true or false';
  if (kind === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `write "${value}"`;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (kind === 'number' && Number.isFinite(number)) return `write ${number}`;
  return kind === 'object' ? 'write { name: value }' : `use a ${kind}, or leave it out`;
}

/** `environment.TABLE`, but `routes["say"]` where keys are not identifiers. */
function member(property: string, key: string): string {
  return property.endsWith('environment') && /^\w+$/.test(key) ? `.${key}` : `["${key}"]`;
}

function installedVersion(): string {
  return (JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/package.json'), 'utf8')) as { version: string }).version;
}

function isNewerThan(version: string, other: string): boolean {
  const [left, right] = [version, other].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  const index = left.findIndex((part, at) => part !== right[at]);
  return index >= 0 && left[index] > right[index];
}
