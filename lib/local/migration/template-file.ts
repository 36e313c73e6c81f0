import * as fs from 'fs';
import type { Template } from '../../serverless/template';
import { GatewayError } from '../gateway-error';
import { isRecord, show } from '../protocol/json';

/** Deeper than any template that CloudFormation takes, and less deep than what ends a recursion. */
const DEEPEST = 200;

/**
 * Reads the template of a stack.
 *
 * @throws GatewayError INVALID_OPTION if there is no such file, or it is not a template
 */
export function readTemplate(file: string): Template {
  const template = parse(file, read(file));
  const problem = problemOf(template);
  if (problem !== undefined) throw refused(file, problem);
  return template as Template;
}

function problemOf(template: unknown): string | undefined {
  if (!isRecord(template)) return `it holds ${show(template)}, and a template is an object`;
  if (isTooDeep(template, DEEPEST)) return `it is nested deeper than ${DEEPEST} levels`;
  if (!isRecord(template.Resources) || Object.keys(template.Resources).length === 0) {
    return 'it has no "Resources"; take .serverless/cloudformation-template-update-stack.json, or one like cdk.out/App.template.json';
  }
  for (const section of ['Parameters', 'Mappings', 'Conditions', 'Outputs']) {
    const value = template[section];
    if (value !== undefined && !isRecord(value)) return `"${section}" is ${show(value)} and not an object`;
  }
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => problemOfResource(logicalId, resource) ?? [])[0];
}

function problemOfResource(logicalId: string, resource: unknown): string | undefined {
  if (logicalId.startsWith('Fn::ForEach::')) return `${logicalId} makes resources at deployment, which nobody can compare before`;
  if (!isRecord(resource) || typeof resource.Type !== 'string') return `the resource ${show(logicalId)} has no "Type"`;
  const { Properties, Condition } = resource;
  if (Properties !== undefined && !isRecord(Properties)) return `"Properties" of the resource ${show(logicalId)} is not an object`;
  if (Condition !== undefined && typeof Condition !== 'string') return `"Condition" of the resource ${show(logicalId)} is not a name`;
  return undefined;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw refused(file, 'there is no such file');
    throw refused(file, code === 'EISDIR' ? 'it is a folder' : `it cannot be read (${code})`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw refused(file, `it is not JSON: ${(error as Error).message}`);
  }
}

/** Looks level by level, so that no depth ends it. */
function isTooDeep(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function refused(file: string, reason: string): GatewayError {
  return new GatewayError('INVALID_OPTION', `${file} is not the template of a stack: ${reason}`);
}
