import { ServerlessFileError } from '../../serverless/file-error';
import { readTemplateFile } from '../../serverless/reading/template-file';
import type { Json, Template } from '../../serverless/template';
import { GatewayError } from '../gateway-error';
import { isRecord, show } from '../protocol/json';

/**
 * Reads the template of a stack, in JSON or YAML.
 *
 * @throws GatewayError INVALID_OPTION if there is no such file, or it is not a template
 */
export function readTemplate(file: string): Template {
  const template = parsed(file);
  const problem = problemOf(template);
  if (problem !== undefined) throw refused(file, problem);
  return template as unknown as Template;
}

function parsed(file: string): Json {
  try {
    return readTemplateFile(file);
  } catch (error) {
    if (!(error instanceof ServerlessFileError)) throw error;
    const { position, problem } = error;
    throw refused(file, `${position ? `line ${position.line}, column ${position.column}: ` : ''}${problem.replace(/\.$/, '')}`);
  }
}

function problemOf(template: unknown): string | undefined {
  if (!isRecord(template)) return `it holds ${show(template)}, and a template is an object`;
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

function refused(file: string, reason: string): GatewayError {
  return new GatewayError('INVALID_OPTION', `${file} is not the template of a stack: ${reason}`);
}
