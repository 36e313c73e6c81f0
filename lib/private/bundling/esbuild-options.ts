import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { findTypeScript } from './build-process';
import type { EsbuildOptions } from './esbuild';
import { emptyAsUndefined } from '../members';

/** Whether one esbuild build supports these options. If not, `NodejsFunction` has to bundle. */
export function fitsOneBuild(options: BundlingOptions, directory = '.'): boolean {
  const ownSteps = options.nodeModules?.length || options.commandHooks || (options.preCompilation && !findTypeScript(directory));
  const ownPlace = options.forceDockerBundling || options.dockerImage || options.environment;
  return !ownSteps && !ownPlace && esbuildArgsOptions(options.esbuildArgs ?? {}) !== undefined;
}

/** The names of `require`, `__dirname` and `__filename` in a bundle that is an ES module, unlikely to collide with others. */
const REQUIRE = '__websocketRequire';
const DIRNAME = '__websocketDirname';
const FILENAME = '__websocketFilename';

/** One line without double quotes, since it passes through the command lines of several shells. */
const NAMES = [
  `import{createRequire as ${REQUIRE}From}from'node:module'`,
  `const ${REQUIRE}=${REQUIRE}From(import.meta.url)`,
  `const ${FILENAME}=${REQUIRE}('node:url').fileURLToPath(import.meta.url)`,
  `const ${DIRNAME}=${REQUIRE}('node:path').dirname(${FILENAME});`,
].join(';');

/** Matches a banner of the user that declares `require` itself. */
const DECLARES_REQUIRE = /(?<![.\w$'"`])require\s*=(?![=>])|\b(?:let|var|function|as|import)\s+require\b|\{\s*require\s*\}/;

/**
 * Adds a banner that CommonJS packages need inside an ES module. For example, the AWS SDK requires `node:https`, and esbuild's own
 * `require` throws (`Dynamic require of "node:https" is not supported`) unless there is one in the surrounding scope.
 *
 * `__dirname` and `__filename` are replaced unless code declares them, where a second declaration would be a syntax error.
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

/** A banner in the arguments overrides `banner`. The text follows `--banner:js=` in the flag, its value or an item of a list. */
function afterBanner(own: string, [flag, value]: [string, EsbuildArg]): [string, EsbuildArg] {
  if (flag === '--banner:js') return [flag, `${own}${String(value)}`];
  if (flag === '--banner' && typeof value === 'object') return [flag, value.map((item) => item.replace(/^js=/, () => `js=${own}`))];
  return [flag.replace(/^--banner:js=/, () => `--banner:js=${own}`), value];
}

/** The esbuild options that correspond to the command line of `NodejsFunction`. */
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

/** Modules that the runtime includes. */
function runtimeModules(options: BundlingOptions, runtime: Runtime, leaveOutSmithy: boolean): string[] {
  if (options.bundleAwsSDK || runtime.isVariable) return [];
  if (hasSdkV2(runtime)) return ['aws-sdk'];
  return leaveOutSmithy ? ['@aws-sdk/*', '@smithy/*'] : ['@aws-sdk/*'];
}

/** Runtimes before nodejs18.x have the AWS SDK for JavaScript v2, later ones v3. */
export function hasSdkV2(runtime: Runtime): boolean {
  return nodeVersion(runtime) < 18;
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

/** Later options override, and lists and tables are merged, as on the command line. */
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

/**
 * `bundling.esbuildArgs` are flags of esbuild's command line, converted here to options of its JavaScript API.
 *
 * @see https://esbuild.github.io/api/
 */

/** Newer versions of aws-cdk-lib also accept a list, with one flag for each item. */
export type EsbuildArg = string | boolean | readonly string[];

/** `--flag` or `--flag=true`. */
const SWITCHES = new Set([
  'allow-overwrite', 'ignore-annotations', 'jsx-dev', 'jsx-side-effects', 'keep-names', 'mangle-quoted', 'minify',
  'minify-identifiers', 'minify-syntax', 'minify-whitespace', 'preserve-symlinks', 'sources-content', 'tree-shaking',
]);
/** `--flag=value`. */
const TEXTS = new Set([
  'charset', 'jsx', 'jsx-factory', 'jsx-fragment', 'jsx-import-source', 'legal-comments', 'packages', 'source-root',
  'sourcemap', 'tsconfig', 'tsconfig-raw',
]);
/** `--flag=number`. */
const NUMBERS = new Set(['line-limit']);
/** `--flag=regular expression`. */
const PATTERNS = new Set(['mangle-props', 'reserve-props']);
/** `--flag=a,b`. */
const LISTS = new Set(['conditions', 'main-fields', 'resolve-extensions', 'target']);
/** `--flag:a --flag:b`. */
const REPEATED = new Set(['drop', 'drop-labels', 'external', 'inject', 'pure']);
/** `--flag:key=value`. */
const TABLES = new Set(['alias', 'banner', 'define', 'footer', 'loader', 'log-override', 'supported']);
/** Flags about printing, since the construct reports errors and warnings itself. */
const IGNORED = new Set(['log-level', 'log-limit', 'color']);

/** `NodejsFunction` writes these as `--flag:value`, the others as `--flag=value`. */
const WITH_COLON = new Set(['--alias', '--drop', '--pure', '--log-override', '--out-extension']);

/** The arguments as options of the API; `undefined` if a flag has no counterpart in a build of several handlers. */
export function esbuildArgsOptions(args: Record<string, EsbuildArg>): Record<string, unknown> | undefined {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(args)) {
    if (!flags(key, value).every((flag) => addFlag(options, flag))) return undefined;
  }
  return options;
}

function flags(key: string, value: EsbuildArg): string[] {
  if (value === false) return [];
  if (typeof value === 'object') return value.map((item) => `${key}:${item}`);
  return [value === true || value === '' ? key : `${key}${WITH_COLON.has(key) ? ':' : '='}${value}`];
}

function addFlag(options: Record<string, unknown>, flag: string): boolean {
  const match = /^--([a-z-]+)(?::([^=]+))?(?:=(.*))?$/s.exec(flag);
  if (!match) return false;
  const [, name, item, value] = match;
  const option = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (IGNORED.has(name)) return true;

  if (item !== undefined) return addItem(options, option, name, item, value);
  if (SWITCHES.has(name)) options[option] = value === undefined || value === 'true';
  else if (LISTS.has(name) && value !== undefined) options[option] = value.split(',');
  else if (NUMBERS.has(name) && value !== undefined) options[option] = Number(value);
  else if (PATTERNS.has(name) && value !== undefined) return addPattern(options, option, value);
  else if (TEXTS.has(name)) options[option] = value ?? true;
  else return false;
  return true;
}

/** A pattern that JavaScript rejects may be valid on esbuild's command line. */
function addPattern(options: Record<string, unknown>, option: string, value: string): boolean {
  try {
    options[option] = new RegExp(value);
    return true;
  } catch {
    return false;
  }
}

function addItem(options: Record<string, unknown>, option: string, name: string, item: string, value?: string): boolean {
  if (REPEATED.has(name) && value === undefined) {
    options[option] = [...((options[option] as string[]) ?? []), item];
    return true;
  }
  if (TABLES.has(name) && value !== undefined) {
    const entry = name === 'supported' ? value === 'true' : value;
    options[option] = { ...((options[option] as object) ?? {}), [item]: entry };
    return true;
  }
  return false;
}
