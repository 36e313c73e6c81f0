import * as fs from 'fs';
import * as path from 'path';
import { FeatureFlags } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import type { BuildOptions } from 'esbuild';
import { buildInProcess, BuildSteps, findTypeScript } from './build-process';
import { BundleWarning, emitsMetadata, filesWithoutMetadata, metadataWarning } from './decorator-metadata';
import { buildHandlers, BuiltExport, BuiltHandler, EsbuildOptions, findEsbuild, mergeBuilds, virtualFolder } from './esbuild';
import { hasSdkV2, toEsbuildOptions } from './esbuild-options';
import { sdkV2Warnings } from './sdk-v2';
import { list } from '../problem';
import { sameValue } from '../values';

/** A handler, and the options for its build. */
export interface BundleRequest {
  readonly handler: BuiltExport;
  readonly bundling: BundlingOptions;
  readonly runtime: Runtime;
  readonly directory: string;
  /** Relative to `directory`. */
  readonly buildScript?: string;
}

/** esbuild's input for a handler. */
export interface Recipe {
  /** The real path of esbuild's working directory. */
  readonly directory: string;
  readonly options: EsbuildOptions;
}

/** The output of a build for one handler, with its recipe. */
export interface BundledHandler extends BuiltHandler {
  readonly recipe: Recipe;
  /** Whether a build script or TypeScript took part. */
  readonly hasSteps: boolean;
}

/** The output of all builds. */
export interface Bundles {
  readonly handlers: Map<string, BundledHandler>;
  readonly warnings: BundleWarning[];
}

/** Builds the handlers, with one esbuild run for all handlers with equal options. */
export function bundle(scope: Construct, requests: BundleRequest[]): Bundles {
  const leaveOutSmithy = leavesOutSmithy(scope);
  const handlers = new Map<string, BundledHandler>();
  const builds = groups(requests).map((group) => {
    const { bundling, runtime } = group[0];
    const steps = stepsOf(group[0]);
    // esbuild names files by their real paths.
    const directory = fs.realpathSync(group[0].directory);
    const recipe = { directory, options: toEsbuildOptions(bundling, runtime, leaveOutSmithy) };
    const run = steps && ((options: BuildOptions, built: BuiltExport[]) => buildInProcess(steps, built, options));
    const build = buildHandlers(group.map((request) => request.handler), directory, recipe.options, run);
    for (const [id, built] of build.handlers) handlers.set(id, { ...built, recipe, hasSteps: steps !== undefined });
    return build;
  });
  const esbuildWarnings = mergeBuilds(builds).warnings.map((text) => ({ id: 'bundling', text }));
  const sdkWarnings = [...bundledSdk(requests, handlers), ...importedSdkV2(requests, handlers)];
  return { handlers, warnings: [...esbuildWarnings, ...sdkWarnings, ...lostMetadata(handlers)] };
}

function leavesOutSmithy(scope: Construct): boolean {
  return FeatureFlags.of(scope).isEnabled(cxapi.LAMBDA_NODEJS_SDK_V3_EXCLUDE_SMITHY_PACKAGES) ?? false;
}

/** `externalModules` replaces the default list, so that the AWS SDK is bundled if another module is listed. */
function bundledSdk(requests: BundleRequest[], handlers: Map<string, BundledHandler>): BundleWarning[] {
  const ids = requests.filter(({ handler, bundling: { externalModules, bundleAwsSDK } }) => {
    if (!externalModules?.length || bundleAwsSDK) return false;
    return handlers.get(handler.id)?.inputs.some((file) => /[\\/]node_modules[\\/]@aws-sdk[\\/]/.test(file));
  }).map(({ handler }) => JSON.stringify(handler.id));
  return ids.length === 0 ? [] : [{
    id: 'sdkBundled',
    text: `the bundle of ${list(ids)} contains the AWS SDK, which the runtime already has: \`externalModules\` replaces the default list; `
      + "add '@aws-sdk/*' and '@smithy/*' to it, or set `bundleAwsSDK: true` if you want the SDK bundled",
  }];
}

function importedSdkV2(requests: BundleRequest[], handlers: Map<string, BundledHandler>): BundleWarning[] {
  return sdkV2Warnings(requests.flatMap(({ handler, runtime }) => {
    const { inputs, recipe: { directory, options } } = handlers.get(handler.id)!;
    return { inputs, directory, external: options.external, runtimeHasIt: hasSdkV2(runtime) };
  })).map((text) => ({ id: 'sdkV2', text }));
}

function lostMetadata(handlers: Map<string, BundledHandler>): BundleWarning[] {
  const files = [...handlers.values()].filter(({ hasSteps }) => !hasSteps).flatMap(({ inputs, recipe: { directory, options } }) => {
    return filesWithoutMetadata(inputs, options, directory).map((file) => path.relative(directory, file));
  });
  return metadataWarning(files);
}

/**
 * Warnings about lost metadata for a handler that `NodejsFunction` bundles. Since `NodejsFunction` does not report the inputs of the
 * bundle, this makes a build of its own and discards it, but only if the tsconfig of the handler has the setting.
 */
export function lostMetadataOf(scope: Construct, { handler, bundling, runtime, directory }: BundleRequest): BundleWarning[] {
  const { tsconfig, nodeModules = [] } = bundling;
  if (!emitsMetadata(handler.file, { tsconfig }, directory)) return [];
  const place = fs.realpathSync(directory);
  const options = toEsbuildOptions({ ...bundling, metafile: false }, runtime, leavesOutSmithy(scope));
  const build = buildHandlers([handler], place, { ...options, external: [...options.external as string[], ...nodeModules] });
  const files = filesWithoutMetadata([handler.file, ...build.handlers.get(handler.id)?.inputs ?? []], { tsconfig }, directory);
  return metadataWarning(files.map((file) => path.relative(place, fs.realpathSync(file))));
}

function stepsOf({ bundling: { preCompilation, tsconfig }, buildScript, directory }: BundleRequest): BuildSteps | undefined {
  if (!preCompilation && buildScript === undefined) return undefined;
  return {
    script: buildScript && path.resolve(directory, buildScript),
    typescript: preCompilation ? findTypeScript(directory) : undefined,
    tsconfig: tsconfig && path.resolve(directory, tsconfig),
  };
}

function groups(requests: BundleRequest[]): BundleRequest[][] {
  const found: BundleRequest[][] = [];
  for (const request of requests) {
    const group = found.find(([first]) => builtAlike(first, request));
    if (group) group.push(request);
    else found.push([request]);
  }
  return found;
}

function builtAlike(left: BundleRequest, right: BundleRequest): boolean {
  return left.directory === right.directory
    && left.runtime.name === right.runtime.name
    && left.buildScript === right.buildScript
    && sameValue(left.bundling, right.bundling);
}

/** In the folder of the handler, since `NodejsFunction` looks for package.json from there. Watchers ignore names with a leading dot. */
const FOLDER = '.websocket-precompiled';

/** A handler that TypeScript has compiled for `NodejsFunction` to bundle. */
export interface Precompiled {
  /** Absolute path of a JavaScript file, which exists if there are no errors. */
  readonly entry: string;
  readonly errors: readonly string[];
  readonly remove: () => void;
}

/**
 * Compiles a handler for `NodejsFunction`, with all sources that it imports, into one file.
 *
 * `NodejsFunction` alone would compile only the handler's own file, leave JavaScript beside it, and ignore a tsconfig in a package.
 * Returns `undefined` without a TypeScript that has an API, or if hooks may have to generate sources first.
 */
export function precompile(scope: Construct, request: BundleRequest): Precompiled | undefined {
  const { handler, bundling, directory } = request;
  if (!bundling.preCompilation || bundling.commandHooks || !findTypeScript(directory) || !findEsbuild()) return undefined;
  const steps = stepsOf(request)!;
  const options = toEsbuildOptions({ ...bundling, minify: false, metafile: false }, request.runtime, leavesOutSmithy(scope));
  const place = fs.realpathSync(directory);
  const built = buildHandlers([handler], place, {
    ...options,
    // Modules that are installed beside the bundle remain imports. The banner is added by the second build.
    external: [...options.external as string[], ...bundling.nodeModules ?? []],
    banner: undefined,
    footer: undefined,
    sourcemap: 'external',
  }, (all, handlers) => buildInProcess(steps, handlers, all)).handlers.get(handler.id)!;

  const folder = path.join(path.dirname(handler.file), FOLDER);
  const entry = path.join(folder, options.format === 'esm' ? 'index.mjs' : 'index.cjs');
  if (built.errors.length === 0) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(entry, withSourceMap(built, virtualFolder(handler, place)));
  }
  return { entry, errors: built.errors, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** The code with an inline source map, which the second build reads. */
function withSourceMap({ files }: BuiltHandler, from: string): string {
  const code = files.find(({ path: name }) => /^index\.m?js$/.test(name))!;
  const map = JSON.parse(utf8(files.find(({ path: name }) => name.endsWith('.map'))!.contents)) as { sources: string[] };
  const sources = map.sources.map((source) => (/^[a-z]+:/.test(source) ? source : path.resolve(from, source)));
  const encoded = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return `${utf8(code.contents)}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

function utf8(contents: Uint8Array): string {
  return Buffer.from(contents).toString('utf8');
}
