import * as fs from 'fs';
import { Token } from 'aws-cdk-lib';
import { parseDocument } from 'yaml';
import type { CollectionTag, ScalarTag, YAMLMap } from 'yaml';
import { Checks } from '../checks/checks';
import { Fault } from '../problem';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const FUNCTIONS = [
  'And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Length', 'Not', 'Or',
  'Select', 'Split', 'Sub', 'ToJsonString', 'Transform',
];

/** Sections whose members have logical ids. */
export const SECTIONS = ['Resources', 'Outputs', 'Parameters', 'Mappings', 'Conditions', 'Rules'] as const;

const KNOWN: readonly string[] = [...SECTIONS, 'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Transform'];

/** More levels than a template has, and few enough for functions that call themselves a level at a time. */
const DEEPEST = 100;

/** A template in JSON or YAML. */
export function readTemplate(checks: Checks, file: string): unknown {
  const text = textOf(checks, file);
  // Duplicate keys and the like in JSON get the same line and column: JSON is YAML.
  const document = parseDocument(text, { customTags: SHORT_FORMS, merge: true, logLevel: 'silent' });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length === 0) {
    try {
      return document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      return checks.refuse('file', file, { reason: `cannot be read: ${(error as Error).message}`, remedy: 'write out its aliases' });
    }
  }
  const [{ message, linePos }] = problems;
  const place = linePos ? ` in line ${linePos[0].line}, column ${linePos[0].col}` : '';
  const [reason] = message.replace(/ at line \d+, column \d+:?/, '').split('\n');
  return checks.refuse('file', file, { reason: `is neither JSON nor YAML of CloudFormation${place}: ${reason}`, remedy: 'correct it' });
}

function textOf(checks: Checks, file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read: ${(error as Error).message}`;
    return checks.refuse('file', file, { reason, remedy: `name a template, from ${process.cwd()} on` });
  }
}

/** `!Sub text` as `{ 'Fn::Sub': 'text' }`, for scalars, lists and maps. */
const SHORT_FORMS = [...FUNCTIONS.map((name) => [`!${name}`, `Fn::${name}`]), ['!Ref', 'Ref'], ['!Condition', 'Condition']]
  .flatMap(([tag, name]) => [scalarForm(tag, name), collectionForm(tag, name, 'seq'), collectionForm(tag, name, 'map')]);

function scalarForm(tag: string, name: string): ScalarTag {
  return {
    tag,
    resolve: (text) => {
      const dot = text.indexOf('.');
      return { [name]: name === 'Fn::GetAtt' && dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : text };
    },
  };
}

function collectionForm(tag: string, name: string, collection: 'seq' | 'map'): CollectionTag {
  return {
    tag,
    collection,
    resolve: (items) => {
      const list = items as YAMLMap;
      const toJSON = list.toJSON.bind(list);
      list.toJSON = (key?: unknown, context?: never) => ({ [name]: toJSON(key, context) });
      return list;
    },
  };
}

/** What keeps a value from being a template. */
export function sectionFault(template: unknown): Fault | undefined {
  if (!isMap(template)) return { reason: 'holds no map of sections', remedy: 'begin with `Resources`' };
  const unknown = Object.keys(template).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    return { reason: `has a section ${unknown}, which CloudFormation does not know`, remedy: `use ${KNOWN.join(', ')}` };
  }
  for (const section of SECTIONS) {
    const members = template[section] ?? {};
    if (!isMap(members)) return { reason: `has a section ${section} that is not a map`, remedy: 'give each member a name' };
    for (const [id, member] of Object.entries(members)) {
      const fault = memberFault(section, id, member);
      if (fault) return fault;
    }
  }
  return shapeFault(template);
}

function memberFault(section: string, id: string, member: unknown): Fault | undefined {
  if (!/^[A-Za-z0-9]{1,255}$/.test(id)) {
    return { reason: `has a name that CloudFormation rejects: ${section}.${id}`, remedy: 'use up to 255 letters and digits' };
  }
  if (section !== 'Conditions' && !isMap(member)) {
    return { reason: `has a member that is not a map: ${section}.${id}`, remedy: 'write out what it is' };
  }
  if (section !== 'Resources') return undefined;
  const { Type, Properties = {} } = member as Record<string, unknown>;
  if (typeof Type !== 'string' || Type === '') {
    return { reason: `has a resource without a type: ${section}.${id}`, remedy: "write `Type`, such as 'AWS::S3::Bucket'" };
  }
  if (isMap(Properties) || Token.isUnresolved(Properties)) return undefined;
  return { reason: `has a resource whose Properties are not a map: ${section}.${id}`, remedy: 'give each property a name' };
}

/** `__proto__` would change the object that it is in, and depth would exhaust the stack. */
function shapeFault(value: unknown, depth = 0): Fault | undefined {
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return undefined;
  if (depth > DEEPEST) return { reason: `is nested more than ${DEEPEST} levels deep`, remedy: 'nest less' };
  if (Object.hasOwn(value, '__proto__')) return { reason: 'has a key __proto__', remedy: 'leave it out' };
  for (const item of Object.values(value)) {
    const fault = shapeFault(item, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
