import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { esbuildArgsOptions } from './esbuild-args';

/** What esbuild's `build` takes; untyped here so that no declaration file needs esbuild's types. */
export type EsbuildOptions = Readonly<Record<string, unknown>>;

/** Whether one esbuild build can do all that these options ask for; if not, `NodejsFunction` has to bundle. */
export function fitsOneBuild(options: BundlingOptions): boolean {
  const ownSteps = options.nodeModules?.length || options.commandHooks || options.preCompilation;
  const ownPlace = options.forceDockerBundling || options.dockerImage || options.environment;
  return !ownSteps && !ownPlace && esbuildArgsOptions(options.esbuildArgs ?? {}) !== undefined;
}

/** The esbuild options that say what `NodejsFunction` would have said on esbuild's command line. */
export function toEsbuildOptions(options: BundlingOptions, runtime: Runtime, leaveOutSmithy: boolean): EsbuildOptions {
  const written: EsbuildOptions = {
    platform: 'node',
    format: options.format ?? OutputFormat.CJS,
    target: options.target ?? nodeTarget(runtime),
    minify: options.minify ?? true,
    sourcemap: sourceMap(options),
    sourcesContent: options.sourcesContent,
    external: options.externalModules ?? runtimeModules(options, runtime, leaveOutSmithy),
    loader: options.loader,
    define: options.define,
    keepNames: options.keepNames,
    tsconfig: options.tsconfig,
    charset: options.charset,
    mainFields: options.mainFields,
    inject: options.inject,
    metafile: options.metafile,
    banner: options.banner === undefined ? undefined : { js: options.banner },
    footer: options.footer === undefined ? undefined : { js: options.footer },
    outExtension: options.format === OutputFormat.ESM ? { '.js': '.mjs' } : undefined,
  };
  return merge(written, esbuildArgsOptions(options.esbuildArgs ?? {}) ?? {});
}

/** What the runtime brings along and a bundle need not carry. */
function runtimeModules(options: BundlingOptions, runtime: Runtime, leaveOutSmithy: boolean): string[] {
  if (options.bundleAwsSDK || runtime.isVariable) return [];
  if (nodeVersion(runtime) < 18) return ['aws-sdk'];
  return leaveOutSmithy ? ['@aws-sdk/*', '@smithy/*'] : ['@aws-sdk/*'];
}

function sourceMap(options: BundlingOptions): boolean | string {
  if (options.sourceMapMode && options.sourceMapMode !== SourceMapMode.DEFAULT) return options.sourceMapMode;
  return options.sourceMapMode === SourceMapMode.DEFAULT || (options.sourceMap ?? false);
}

function nodeTarget(runtime: Runtime): string {
  return `node${nodeVersion(runtime)}`;
}

function nodeVersion(runtime: Runtime): number {
  return Number(/^nodejs(\d+)/.exec(runtime.name)?.[1]);
}

/** Later options win; lists and tables grow, as on the command line. */
function merge(first: EsbuildOptions, second: EsbuildOptions): EsbuildOptions {
  const merged: Record<string, unknown> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = merged[name];
    if (Array.isArray(before) && Array.isArray(value) && name !== 'mainFields') merged[name] = [...before, ...value];
    else if (isTable(before) && isTable(value)) merged[name] = { ...before, ...value };
    else merged[name] = value;
  }
  return merged;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
