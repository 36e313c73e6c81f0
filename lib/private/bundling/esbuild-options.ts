import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { findTypeScript } from './build-process';
import { EsbuildArg, esbuildArgsOptions } from './esbuild-args';
import { emptyAsUndefined } from '../members';

/** What esbuild's `build` takes; untyped here so that no declaration file needs esbuild's types. */
export type EsbuildOptions = Readonly<Record<string, unknown>>;

/** Whether one esbuild build can do all that these options ask for; if not, `NodejsFunction` has to bundle. */
export function fitsOneBuild(options: BundlingOptions, directory = '.'): boolean {
  const ownSteps = options.nodeModules?.length || options.commandHooks || (options.preCompilation && !findTypeScript(directory));
  const ownPlace = options.forceDockerBundling || options.dockerImage || options.environment;
  return !ownSteps && !ownPlace && esbuildArgsOptions(options.esbuildArgs ?? {}) !== undefined;
}

/** What `require`, `__dirname` and `__filename` are called in a bundle that is an ES module; no code of others has these names. */
const REQUIRE = '__websocketRequire';
const DIRNAME = '__websocketDirname';
const FILENAME = '__websocketFilename';

/** One line without double quotes: it goes through the command lines of several shells. */
const NAMES = [
  `import{createRequire as ${REQUIRE}From}from'node:module'`,
  `const ${REQUIRE}=${REQUIRE}From(import.meta.url)`,
  `const ${FILENAME}=${REQUIRE}('node:url').fileURLToPath(import.meta.url)`,
  `const ${DIRNAME}=${REQUIRE}('node:path').dirname(${FILENAME});`,
].join(';');

/** A banner of the user that declares `require` itself, as `const`, `function` or the name of an import. */
const DECLARES_REQUIRE = /(?<![.\w$'"`])require\s*=(?![=>])|\b(?:let|var|function|as|import)\s+require\b|\{\s*require\s*\}/;

/**
 * The options with all that CommonJS inside of an ES module needs: most packages are CommonJS, the AWS SDK requires `node:https`, and
 * esbuild's own `require` throws (`Dynamic require of "node:https" is not supported`) unless there is one in the scope around it.
 *
 * `__dirname` and `__filename` are replaced where code does not declare them itself: a second declaration would be a syntax error.
 *
 * @see https://github.com/evanw/esbuild/issues/1921
 */
export function withCommonJs(options: BundlingOptions): BundlingOptions {
  if (options.format !== OutputFormat.ESM) return options;
  const args = Object.entries(options.esbuildArgs ?? {}) as Array<[string, EsbuildArg]>;
  const banners = [options.banner, ...args.filter(([flag]) => flag.startsWith('--banner')).flat(2)].join('\n');
  const own = DECLARES_REQUIRE.test(banners.replace(/\/\*[^]*?\*\//g, '')) ? NAMES : `${NAMES}var require=${REQUIRE};`;
  const names = [['__dirname', DIRNAME], ['__filename', FILENAME]].filter(([name]) => !banners.includes(name));
  return {
    ...options,
    banner: own + (options.banner ?? ''),
    define: { ...Object.fromEntries(names), ...options.define },
    esbuildArgs: emptyAsUndefined(Object.fromEntries(args.map((arg) => afterBanner(own, arg)))) as BundlingOptions['esbuildArgs'],
  };
}

/** A banner in the arguments wins over `banner`: the text is behind `--banner:js=`, in the flag, its value or an item of its list. */
function afterBanner(own: string, [flag, value]: [string, EsbuildArg]): [string, EsbuildArg] {
  if (flag === '--banner:js') return [flag, `${own}${String(value)}`];
  if (flag === '--banner' && typeof value === 'object') return [flag, value.map((item) => item.replace(/^js=/, () => `js=${own}`))];
  return [flag.replace(/^--banner:js=/, () => `--banner:js=${own}`), value];
}

/** The esbuild options that say what `NodejsFunction` would have said on esbuild's command line. */
export function toEsbuildOptions(bundling: BundlingOptions, runtime: Runtime, leaveOutSmithy: boolean): EsbuildOptions {
  const options = withCommonJs(bundling);
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
