import * as fs from 'fs';
import * as path from 'path';

/** A resource of a template, as CloudFormation would read it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
}

/** A stack of a synthesized app, with its nested stacks as stacks of their own. */
export interface AssemblyStack {
  readonly name: string;
  /** The AWS Region, if the app names one. */
  readonly region?: string;
  readonly resources: Record<string, TemplateResource>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: { readonly templateFile?: string; readonly directoryName?: string; readonly stackName?: string; readonly file?: string };
}

/** The stacks in a cloud assembly (`cdk.out`), those of its stages included. */
export function readAssembly(directory: string): AssemblyStack[] {
  const { artifacts = {} } = readJson(path.join(directory, 'manifest.json')) as { artifacts?: Record<string, Artifact> };
  const files = assetFiles(directory, Object.values(artifacts));
  return Object.entries(artifacts).flatMap(([id, { type, environment, displayName, properties = {} }]) => {
    if (type === 'cdk:cloud-assembly') return readAssembly(path.join(directory, properties.directoryName!));
    if (type !== 'aws:cloudformation:stack') return [];
    const region = environment?.split('/').pop();
    return readTemplate(directory, properties.templateFile!, files, {
      name: displayName ?? properties.stackName ?? id,
      region: region === 'unknown-region' ? undefined : region,
    });
  });
}

/** The files of assets by hash: a nested stack names its template by that. */
function assetFiles(directory: string, artifacts: Artifact[]): Map<string, string> {
  const manifests = artifacts.filter(({ type }) => type === 'cdk:asset-manifest')
    .map(({ properties }) => readJson(path.join(directory, properties!.file!)) as { files?: Record<string, { source: { path?: string } }> });
  return new Map(manifests.flatMap(({ files = {} }) => Object.entries(files).flatMap(
    ([hash, { source }]): Array<[string, string]> => (source.path ? [[hash, source.path]] : []),
  )));
}

function readTemplate(
  directory: string, file: string, files: Map<string, string>, stack: Omit<AssemblyStack, 'resources'>,
): AssemblyStack[] {
  const template = readJson(path.join(directory, file)) as { Resources?: Record<string, TemplateResource> };
  const resources = template.Resources ?? {};
  const nested = Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    const hash = /([0-9a-f]{64})\.json/.exec(JSON.stringify(Properties?.TemplateURL ?? ''))?.[1];
    const nestedFile = Type === 'AWS::CloudFormation::Stack' && hash ? files.get(hash) : undefined;
    return nestedFile ? readTemplate(directory, nestedFile, files, { ...stack, name: `${stack.name}/${id}` }) : [];
  });
  return [{ ...stack, resources }, ...nested];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`${path.dirname(file)} is no cloud assembly: it has no ${path.basename(file)}; run \`cdk synth\` first`);
  }
}
