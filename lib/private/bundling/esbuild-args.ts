/**
 * `bundling.esbuildArgs` are flags of esbuild's command line; its JavaScript API takes the same things as options.
 *
 * @see https://esbuild.github.io/api/
 */

/** Newer versions of aws-cdk-lib take a list, too: one flag for each item. */
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
/** They say what is printed; the construct reports errors and warnings itself. */
const IGNORED = new Set(['log-level', 'log-limit', 'color']);

/** `NodejsFunction` writes these as `--flag:value`, the others as `--flag=value`. */
const WITH_COLON = new Set(['--alias', '--drop', '--pure', '--log-override', '--out-extension']);

/** The same as esbuild options; `undefined` if a flag has no counterpart in a build that several handlers share. */
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

/** What JavaScript takes for no pattern may still be one for esbuild's command line. */
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
