import * as path from 'path';
import { object, objectOf, print, quoted, tall, callWith } from './code-layout';
import { Imports } from './imports';
import { stackCode } from './stack-code';
import type { ServicePlan } from '../../serverless/plan';
import type { Template } from '../../serverless/template';

/** A service to write as a CDK app. */
export interface AppOptions {
  readonly plan: ServicePlan;
  /** The name of the service. */
  readonly name: string;
  /** Absolute: where serverless.yml is, and where the app will be. */
  readonly serviceFolder: string;
  readonly appFolder: string;
  /** Logical ids of the functions, by key. */
  readonly functionIds: ReadonlyMap<string, string>;
  /** See `freshPlan`. */
  readonly isFresh?: boolean;
  readonly keptIds?: readonly string[];
  /** What is left out of code that is deployed as it is, in the syntax of .gitignore. */
  readonly packedFiles?: readonly string[];
  /** Of this package. */
  readonly version: string;
}

/** The files of an app, by path relative to its folder, with slashes. */
export interface AppFiles {
  readonly files: ReadonlyMap<string, string>;
  /** What runs the app. */
  readonly entry: string;
  readonly sources: readonly string[];
}

/** The versions that the app is made for: those that this package is developed with. */
const VERSIONS = {
  'aws-cdk-lib': '^2.257.0',
  'constructs': '^10.6.0',
  '@types/node': '^22.0.0',
  'aws-cdk': '^2.1148.1',
  'esbuild': '^0.28.0',
  'tsx': '^4.20.0',
  'typescript': '^6.0.0',
};

export function appFiles(options: AppOptions): AppFiles {
  const { plan, name, serviceFolder, appFolder, version, ...code } = options;
  const stem = fileStem(name);
  const entry = `bin/${stem}.ts`;
  const stack = `lib/${stem}-stack.ts`;
  const className = `${pascalCase(name)}Stack`;
  const fragmentFile = hasContent(plan.fragment) ? 'resources.json' : undefined;
  const root = path.relative(path.join(appFolder, 'lib'), serviceFolder);
  const within = path.relative(serviceFolder, appFolder);
  const isWithin = within !== '' && !within.startsWith('..') && !path.isAbsolute(within);
  const packedFiles = [...options.packedFiles ?? [], ...isWithin ? [`/${within.split(path.sep).join('/')}/**`] : []];
  const files = new Map([
    [entry, entryCode(plan, className, `../lib/${stem}-stack`)],
    [stack, stackCode(plan, { ...code, packedFiles, className, root, fragmentFile })],
    ...fragmentFile === undefined ? [] : [[`lib/${fragmentFile}`, json(plan.fragment)] as const],
    ['cdk.json', json({ app: `npx tsx ${entry}`, versionReporting: false })],
    ['package.json', json(packageOf(stem, version))],
    ['tsconfig.json', json(TSCONFIG)],
    ['.gitignore', 'node_modules/\ncdk.out/\n'],
  ]);
  return { files, entry, sources: [entry, stack] };
}

/** Starts with a letter, and is a legal name of a file and of a package. */
function fileStem(name: string): string {
  return name.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^[^A-Za-z]+/, '').replace(/-+$/, '').toLowerCase() || 'service';
}

function pascalCase(name: string): string {
  const words = fileStem(name).split('-').filter((word) => word !== '');
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}

function entryCode({ stackName, region, stackTags }: ServicePlan, className: string, module: string): string {
  const imports = new Imports();
  imports.core('App');
  imports.from(module, className);
  const tags = Object.entries(stackTags).map(([key, value]) => [key, quoted(value)] as const);
  const stack = callWith(`new ${className}`, ['app', quoted(stackName)], tall(object({
    stackName: quoted(stackName),
    env: object({ region: quoted(region) }),
    tags: tags.length === 0 ? undefined : objectOf(tags),
  })));
  return `${imports.text}\nconst app = new App();\n\n${print(stack, 0, '', ';')}\n`;
}

function hasContent({ AWSTemplateFormatVersion: _version, Description: _description, ...sections }: Template): boolean {
  return Object.values(sections).some((section) => Object.keys(section as object ?? {}).length > 0);
}

function packageOf(stem: string, version: string): object {
  const { 'aws-cdk-lib': cdk, constructs, ...devDependencies } = VERSIONS;
  return {
    name: `${stem}-cdk`,
    private: true,
    scripts: { build: 'tsc', synth: 'cdk synth', diff: 'cdk diff', deploy: 'cdk deploy', start: 'cdk-websocket-service local' },
    dependencies: { 'aws-cdk-lib': cdk, 'cdk-websocket-service': version === '0.0.0' ? '*' : `^${version}`, constructs },
    devDependencies,
  };
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'node16',
    types: ['node'],
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['bin', 'lib'],
};

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
