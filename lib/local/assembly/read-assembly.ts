import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../gateway-error';
import { Assets, ConstructMetadata, EnvironmentDefaults, environmentOf, Stack, templateOf } from './stack';
import { isRecord, JsonObject, objectAt, own, textAt } from '../protocol/json';

/** A cloud assembly (`cdk.out`) with the assemblies of its stages. */
export interface Assembly {
  /** Nested stacks included, each parent before its children. */
  readonly stacks: readonly Stack[];
  readonly missing: readonly MissingContext[];
}

/** A context value that the app asked for and that is not in cdk.context.json. */
interface MissingContext {
  readonly key: string;
  readonly provider: string;
}

/**
 * Reads the manifest, templates and metadata of an assembly, and of the assemblies within it.
 *
 * @throws GatewayError ASSEMBLY_NOT_FOUND if the folder has no manifest.json, ASSEMBLY_BROKEN if a file in it is missing or cut off.
 */
export function readAssembly(directory: string, defaults: EnvironmentDefaults): Assembly {
  if (!fs.existsSync(path.join(directory, 'manifest.json'))) {
    throw new GatewayError(
      'ASSEMBLY_NOT_FOUND', `${directory} is not a cloud assembly: it has no manifest.json; run \`cdk synth\` first`,
    );
  }
  return readManifest(path.resolve(directory), defaults, []);
}

/** @param outer the folders of the assemblies around this one, so that an assembly within itself is an error and not a loop */
function readManifest(directory: string, defaults: EnvironmentDefaults, outer: readonly string[]): Assembly {
  const file = path.join(directory, 'manifest.json');
  if (outer.includes(directory)) throw broken(file, 'names itself as a nested assembly');
  const manifest = readJsonFile(file);
  const artifacts = Object.entries(objectAt(manifest, 'artifacts'))
    .flatMap(([id, artifact]): Array<[string, JsonObject]> => (isRecord(artifact) ? [[id, artifact]] : []));
  const assets = new Assets(
    directory, filesOf(artifacts, 'cdk:asset-manifest', 'file').map((name) => readJsonFile(path.join(directory, name))),
  );
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
  if (templateFile === undefined) throw broken(path.join(directory, 'manifest.json'), `names no template for the stack ${id}`);
  const stackName = textAt(properties, 'stackName') ?? id;
  return readTemplate(path.join(directory, templateFile), {
    name: textAt(artifact, 'displayName') ?? stackName,
    stackName,
    environment: environmentOf(textAt(artifact, 'environment'), defaults),
    directory,
    assets,
    metadata: readMetadata(artifact, directory),
  }, []);
}

function readMetadata(artifact: JsonObject, directory: string): ConstructMetadata {
  const file = textAt(artifact, 'additionalMetadataFile');
  return new ConstructMetadata({ ...objectAt(artifact, 'metadata'), ...(file ? readJsonFile(path.join(directory, file)) : {}) });
}

/** A stack whose template is not read yet. */
type StackFrame = Omit<Stack, 'template' | 'nested'>;

/** @param outer the templates around this one, so that a template within itself is an error and not a loop */
function readTemplate(file: string, frame: StackFrame, outer: readonly string[]): Stack[] {
  if (outer.includes(file)) throw broken(file, 'is a nested stack of itself');
  const nested = new Map<string, Stack>();
  const stack: Stack = { ...frame, template: templateOf(readJsonFile(file)), nested };
  const descendants = Object.entries(stack.template.resources).flatMap(([logicalId, resource]) => {
    const child = nestedTemplate(stack, resource);
    if (!child) return [];
    const stacks = readTemplate(child, nestedFrame(stack, logicalId), [...outer, file]);
    nested.set(logicalId, stacks[0]);
    return stacks;
  });
  return [stack, ...descendants];
}

/** The template file of a nested stack, if the resource is one and its template is in the assembly. */
function nestedTemplate(stack: Stack, resource: unknown): string | undefined {
  if (!isRecord(resource) || resource.Type !== 'AWS::CloudFormation::Stack') return undefined;
  return stack.assets.findInUrl(objectAt(resource, 'Properties').TemplateURL);
}

function nestedFrame(stack: Stack, logicalId: string): StackFrame {
  const { environment, directory, assets, metadata } = stack;
  const name = `${stack.name}/${logicalId}`;
  return { name, stackName: `${stack.stackName}-${logicalId}`, environment, directory, assets, metadata, parent: { stack, logicalId } };
}

function readJsonFile(file: string): JsonObject {
  const value = parse(file, read(file));
  if (!isRecord(value)) throw broken(file, 'does not hold a JSON object');
  return value;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw broken(file, code === 'ENOENT' ? 'is missing' : `cannot be read (${firstLine(message)})`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(file, `is not valid JSON (${firstLine((error as Error).message)})`);
  }
}

function broken(file: string, what: string): GatewayError {
  return new GatewayError('ASSEMBLY_BROKEN', `${file} ${what}; run \`cdk synth\` again`);
}

function firstLine(text: string): string {
  return text.split('\n')[0];
}
