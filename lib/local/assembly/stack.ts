import type { Assets } from './assets';
import { nestedStackOf, type ConstructMetadata } from './construct-metadata';
import type { Environment } from './environment';
import { JsonObject, objectAt, textAt } from './json';

/** A stack of a synthesized app; a nested stack is one of its own. */
export interface Stack {
  /** The construct path (`Prod/Chat`); that of a nested stack is its parent's and its logical id there. */
  readonly name: string;
  /** The name in CloudFormation. */
  readonly stackName: string;
  readonly environment: Environment;
  /** Of the manifest that holds it: the paths of assets and metadata are relative to it. */
  readonly directory: string;
  readonly template: Template;
  readonly assets: Assets;
  readonly metadata: ConstructMetadata;
  /** The resource that a nested stack is in its parent. */
  readonly parent?: { readonly stack: Stack; readonly logicalId: string };
  /** By logical id. */
  readonly nested: ReadonlyMap<string, Stack>;
}

/** The sections of a template that values come from. */
export interface Template {
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: JsonObject;
  readonly outputs: JsonObject;
}

export function templateOf(json: JsonObject): Template {
  return {
    parameters: objectAt(json, 'Parameters'),
    mappings: objectAt(json, 'Mappings'),
    conditions: objectAt(json, 'Conditions'),
    resources: objectAt(json, 'Resources'),
    outputs: objectAt(json, 'Outputs'),
  };
}

/** For people: the construct path without `/Resource`, else the logical id. */
export function resourcePath(stack: Stack, logicalId: string): string {
  return constructPath(stack, logicalId)?.replace(/\/Resource$/, '') ?? logicalId;
}

/** `aws:cdk:path`, or what the manifest says where the template has none: path metadata is off unless the CLI of the CDK asks for it. */
export function constructPath({ template, metadata, parent }: Stack, logicalId: string): string | undefined {
  const path = textAt(objectAt(objectAt(template.resources, logicalId), 'Metadata'), 'aws:cdk:path');
  if (path !== undefined || !parent) return path ?? metadata.pathOf(logicalId);
  const ofParent = constructPath(parent.stack, parent.logicalId);
  return ofParent && metadata.pathOf(logicalId, nestedStackOf(ofParent));
}

export function resourceType(stack: Stack, logicalId: string): string {
  return textAt(objectAt(stack.template.resources, logicalId), 'Type') ?? '';
}
