import { Token } from 'aws-cdk-lib';
import { ServerlessFileError } from '../../serverless/file-error';
import { readTemplateFile } from '../../serverless/reading/template-file';
import type { Json, Template } from '../../serverless/template';
import { Checks } from '../checks/checks';
import { Fault } from '../problem';

/** Sections whose members have logical ids. */
export const SECTIONS = ['Resources', 'Outputs', 'Parameters', 'Mappings', 'Conditions', 'Rules'] as const;

const KNOWN: readonly string[] = [...SECTIONS, 'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Transform'];

/** More levels than a template has, and few enough for functions that call themselves a level at a time. */
const DEEPEST = 100;

/** A template in JSON or YAML. */
export function readTemplate(checks: Checks, property: string, file: string): Template {
  const template = parsed(checks, property, file);
  checks.that(property, file, () => sectionFault(template));
  return template as unknown as Template;
}

function parsed(checks: Checks, property: string, file: string): Json {
  try {
    return readTemplateFile(file);
  } catch (error) {
    if (!(error instanceof ServerlessFileError)) throw error;
    const { position, problem } = error;
    const place = position ? ` in line ${position.line}, column ${position.column}` : '';
    return checks.refuse(property, file, {
      reason: `cannot be read${place}: ${problem.replace(/\.$/, '')}`,
      remedy: position ? 'correct it' : `name a template, from ${process.cwd()} on`,
    });
  }
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
