import * as fs from 'fs';
import * as path from 'path';
import { FeatureFlags } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import type { BuildOptions } from 'esbuild';
import { buildInProcess, BuildSteps, findTypeScript } from './build-process';
import { emitsMetadata, filesWithoutMetadata, metadataWarning } from './decorator-metadata';
import { buildHandlers, BuiltHandler, findEsbuild, mergeBuilds, virtualFolder } from './esbuild';
import { EsbuildOptions, toEsbuildOptions } from './esbuild-options';
import { Handler } from './handler';
import { list } from '../problem';
import { sameValue } from '../values';

/** A handler and what decides how it is built. */
export interface BundleRequest {
  readonly handler: Handler;
  readonly bundling: BundlingOptions;
  readonly runtime: Runtime;
  readonly directory: string;
  /** Relative to the directory. */
  readonly buildScript?: string;
}

/** How esbuild was asked to build a handler. */
export interface Recipe {
  /** esbuild's working directory, by its real path. */
  readonly directory: string;
  readonly options: EsbuildOptions;
}

/** What a build made of one handler, and how. */
export interface BundledHandler extends BuiltHandler {
  readonly recipe: Recipe;
  /** Built with more than esbuild: by a build script, or by TypeScript first. */
  readonly hasSteps: boolean;
}

/** A warning of the service. */
export interface BundleWarning {
  readonly id: string;
  readonly text: string;
}

/** What the builds made of all handlers, by handler id. */
export interface Bundles {
  readonly handlers: Map<string, BundledHandler>;
  readonly warnings: BundleWarning[];
}

/** Builds the handlers: one esbuild run for all that are built alike. */
export function bundle(scope: Construct, requests: BundleRequest[]): Bundles {
  const leaveOutSmithy = leavesOutSmithy(scope);
  const handlers = new Map<string, BundledHandler>();
  const builds = groups(requests).map((group) => {
    const { bundling, runtime } = group[0];
    const steps = stepsOf(group[0]);
    // esbuild names files by where they really are.
    const directory = fs.realpathSync(group[0].directory);
    const recipe = { directory, options: toEsbuildOptions(bundling, runtime, leaveOutSmithy) };
    const run = steps && ((options: BuildOptions, built: Handler[]) => buildInProcess(steps, built, options));
    const build = buildHandlers(group.map((request) => request.handler), directory, recipe.options, run);
    for (const [id, built] of build.handlers) handlers.set(id, { ...built, recipe, hasSteps: steps !== undefined });
    return build;
  });
  const esbuildWarnings = mergeBuilds(builds).warnings.map((text) => ({ id: 'bundling', text }));
  return { handlers, warnings: [...esbuildWarnings, ...bundledSdk(requests, handlers), ...lostMetadata(handlers)] };
}

function leavesOutSmithy(scope: Construct): boolean {
  return FeatureFlags.of(scope).isEnabled(cxapi.LAMBDA_NODEJS_SDK_V3_EXCLUDE_SMITHY_PACKAGES) ?? false;
}

/** `externalModules` replaces the default list, so naming another module bundles the AWS SDK. */
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

function lostMetadata(handlers: Map<string, BundledHandler>): BundleWarning[] {
  const files = [...handlers.values()].filter(({ hasSteps }) => !hasSteps).flatMap(({ inputs, recipe: { directory, options } }) => {
    return filesWithoutMetadata(inputs, options, directory).map((file) => path.relative(directory, file));
  });
  return metadataWarning(files);
}

/**
 * The same for a handler that `NodejsFunction` bundles, which does not tell what is in the bundle: a build that is thrown away does.
 *
 * It costs its time only where the tsconfig of the handler has the setting.
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

/** The steps in a child process that this handler needs, if any. */
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

/** In the folder of the handler, where `NodejsFunction` looks for its package.json; watchers leave out names with a dot. */
const FOLDER = '.websocket-precompiled';

/** A handler that `NodejsFunction` bundles from what TypeScript made of it. */
export interface Precompiled {
  /** Absolute path of a file of JavaScript; there if there are no errors. */
  readonly entry: string;
  readonly errors: readonly string[];
  readonly remove: () => void;
}

/**
 * Lets TypeScript compile a handler that `NodejsFunction` has to bundle, with all sources that it imports, into one file.
 *
 * On its own `NodejsFunction` compiles the handler's own file, takes the TypeScript of the others, leaves JavaScript beside it, and knows no
 * tsconfig in a package. Nothing is done if there is no TypeScript with an API, or if hooks may have to make sources first.
 */
export function precompile(scope: Construct, request: BundleRequest): Precompiled | undefined {
  const { handler, bundling, directory } = request;
  if (!bundling.preCompilation || bundling.commandHooks || !findTypeScript(directory) || !findEsbuild()) return undefined;
  const steps = stepsOf(request)!;
  const options = toEsbuildOptions({ ...bundling, minify: false, metafile: false }, request.runtime, leavesOutSmithy(scope));
  const place = fs.realpathSync(directory);
  const built = buildHandlers([handler], place, {
    ...options,
    // What is installed beside the bundle stays an import; the banner is for the second build.
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

/** The code with its source map in it, for the second build to follow. */
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
