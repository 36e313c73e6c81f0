import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../gateway-error';
import { broken, readAssemblyFile } from './assembly-file';
import { Assets } from './assets';
import { ConstructMetadata } from './construct-metadata';
import { EnvironmentDefaults, environmentOf } from './environment';
import { JsonObject, objectAt, own, textAt } from './json';
import { Stack, templateOf } from './stack';
import { isRecord } from '../protocol/json';

/** A cloud assembly (`cdk.out`) with its stages: their stacks and nested stacks, each parent before its children. */
export interface Assembly {
  readonly stacks: readonly Stack[];
  readonly missing: readonly MissingContext[];
}

/** A look-up that the app asked for and `cdk synth` has not made. */
interface MissingContext {
  readonly key: string;
  readonly provider: string;
}

/**
 * Reads an assembly.
 *
 * Fails with ASSEMBLY_NOT_FOUND if the folder has no manifest.json, and with ASSEMBLY_BROKEN if a file in it is missing or cut off.
 */
export function readAssembly(directory: string, defaults: EnvironmentDefaults): Assembly {
  if (!fs.existsSync(path.join(directory, 'manifest.json'))) {
    throw new GatewayError(
      'ASSEMBLY_NOT_FOUND', `${directory} is no cloud assembly: it has no manifest.json; run \`cdk synth\` first`,
    );
  }
  return readManifest(path.resolve(directory), defaults, []);
}

/** @param outer the folders around it: an assembly within itself has no end */
function readManifest(directory: string, defaults: EnvironmentDefaults, outer: readonly string[]): Assembly {
  const file = path.join(directory, 'manifest.json');
  if (outer.includes(directory)) throw broken(file, 'names itself as a nested assembly');
  const manifest = readAssemblyFile(file);
  const artifacts = Object.entries(objectAt(manifest, 'artifacts'))
    .flatMap(([id, artifact]): Array<[string, JsonObject]> => (isRecord(artifact) ? [[id, artifact]] : []));
  const assets = new Assets(directory, filesOf(artifacts, 'cdk:asset-manifest', 'file'));
  const nested = filesOf(artifacts, 'cdk:cloud-assembly', 'directoryName')
    .map((name) => readManifest(path.join(directory, name), defaults, [...outer, directory]));
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .flatMap(([id, artifact]) => readStack(id, artifact, directory, assets, defaults));
  return {
    stacks: [...stacks, ...nested.flatMap((assembly) => assembly.stacks)],
    missing: [...missingContext(manifest), ...nested.flatMap((assembly) => assembly.missing)],
  };
}

function filesOf(artifacts: ReadonlyArray<[string, JsonObject]>, type: string, property: string): string[] {
  return artifacts.filter(([, artifact]) => artifact.type === type)
    .flatMap(([, artifact]) => textAt(objectAt(artifact, 'properties'), property) ?? []);
}

function missingContext(manifest: JsonObject): MissingContext[] {
  const missing = own(manifest, 'missing');
  return (Array.isArray(missing) ? missing : []).filter(isRecord)
    .map((entry) => ({ key: textAt(entry, 'key') ?? '?', provider: textAt(entry, 'provider') ?? '?' }));
}

function readStack(id: string, artifact: JsonObject, directory: string, assets: Assets, defaults: EnvironmentDefaults): Stack[] {
  const properties = objectAt(artifact, 'properties');
  const templateFile = textAt(properties, 'templateFile');
  if (templateFile === undefined) throw broken(path.join(directory, 'manifest.json'), `names no template of the stack ${id}`);
  const stackName = textAt(properties, 'stackName') ?? id;
  return readTemplate(path.join(directory, templateFile), {
    name: textAt(artifact, 'displayName') ?? stackName,
    stackName,
    environment: environmentOf(textAt(artifact, 'environment'), defaults),
    directory,
    assets,
    metadata: new ConstructMetadata(directory, artifact),
  }, []);
}

type StackFrame = Omit<Stack, 'template' | 'nested'>;

/** @param outer the templates around it: a template within itself has no end */
function readTemplate(file: string, frame: StackFrame, outer: readonly string[]): Stack[] {
  if (outer.includes(file)) throw broken(file, 'is a nested stack of itself');
  const nested = new Map<string, Stack>();
  const stack: Stack = { ...frame, template: templateOf(readAssemblyFile(file)), nested };
  const descendants = Object.entries(stack.template.resources).flatMap(([logicalId, resource]) => {
    const child = nestedTemplate(stack, resource);
    if (!child) return [];
    const stacks = readTemplate(child, nestedFrame(stack, logicalId), [...outer, file]);
    nested.set(logicalId, stacks[0]);
    return stacks;
  });
  return [stack, ...descendants];
}

/** The file of a nested stack; a template that is elsewhere has none. */
function nestedTemplate(stack: Stack, resource: unknown): string | undefined {
  if (!isRecord(resource) || resource.Type !== 'AWS::CloudFormation::Stack') return undefined;
  return stack.assets.findInUrl(objectAt(resource, 'Properties').TemplateURL);
}

function nestedFrame(stack: Stack, logicalId: string): StackFrame {
  const { environment, directory, assets, metadata } = stack;
  const name = `${stack.name}/${logicalId}`;
  return { name, stackName: `${stack.stackName}-${logicalId}`, environment, directory, assets, metadata, parent: { stack, logicalId } };
}
