import { BundlingOptions, NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { sameValue } from '../equality';
import { emptyAsUndefined, withoutUndefined } from '../members';

/** The settings of a function: what a route, an authorizer or the defaults say of it, targets apart. */
export type FunctionSettings = Omit<NodejsFunctionProps, 'entry' | 'handler' | 'code' | 'awsSdkConnectionReuse'>
  & { readonly handlerRoot?: string };

/** The function settings among some options; `others` are the keys that are none. */
export function functionSettings(options: object, others: ReadonlySet<string>): FunctionSettings {
  return withoutUndefined(Object.fromEntries(Object.entries(options).filter(([key]) => !others.has(key))));
}

/** `own` over `defaults`; environments and bundling options merge key by key. */
export function mergeSettings(defaults: FunctionSettings, own: FunctionSettings): FunctionSettings {
  return withoutUndefined({
    ...merged(defaults, own),
    environment: emptyAsUndefined(merged(defaults.environment, own.environment)),
    bundling: emptyAsUndefined(mergedBundling(defaults.bundling, own.bundling)),
  });
}

/** The names of the settings in which the two differ. */
export function differences(left: FunctionSettings, right: FunctionSettings): string[] {
  const [a, b] = [left, right] as Array<Record<string, unknown>>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !sameValue(a[key], b[key]));
}

/** Code of an ES module, which no CommonJS file may have. */
const MODULE_CODE = /\b(?:import|export)\b/;

/**
 * `sourceMap` and `sourceMapMode` are one setting: whoever sets one of them does not inherit the other. Nor does a route that is
 * CommonJS in a service of ES modules inherit a banner or footer that only a module can have.
 */
function mergedBundling(defaults: BundlingOptions = {}, own: BundlingOptions = {}): BundlingOptions {
  const { sourceMap, sourceMapMode, ...others } = defaults;
  const setsMap = own.sourceMap !== undefined || own.sourceMapMode !== undefined;
  const inherited = setsMap ? others : defaults;
  const leavesModules = defaults.format === OutputFormat.ESM && own.format === OutputFormat.CJS;
  return merged(leavesModules ? withoutModuleCode(inherited) : inherited, own);
}

function withoutModuleCode({ banner, footer, esbuildArgs, ...others }: BundlingOptions): BundlingOptions {
  const args = Object.entries(esbuildArgs ?? {})
    .filter(([flag, value]) => !/^--(?:banner|footer):js/.test(flag) || !MODULE_CODE.test(`${flag} ${value}`));
  return {
    ...others,
    banner: MODULE_CODE.test(banner ?? '') ? undefined : banner,
    footer: MODULE_CODE.test(footer ?? '') ? undefined : footer,
    esbuildArgs: esbuildArgs && Object.fromEntries(args),
  };
}

function merged<T extends object>(defaults: T | undefined, own: T | undefined): T {
  return { ...withoutUndefined(defaults ?? {}), ...withoutUndefined(own ?? {}) } as T;
}
