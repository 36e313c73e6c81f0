import { Token } from 'aws-cdk-lib';
import { BundlingOptions, NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Checks } from '../checks/checks';
import { optionsOf } from '../checks/options';
import { emptyAsUndefined, entriesOf, withoutUndefined } from '../members';
import { StructName } from '../option-names';
import { Fault } from '../problem';
import { literal, sameValue } from '../values';

/** Settings that aws-cdk-lib does not have. */
export interface OwnSettings {
  readonly handlerRoot?: string;
  readonly buildScript?: string;
  readonly alias?: string;
  readonly provisionedConcurrentExecutions?: number;
  readonly logGroupRetention?: RetentionDays;
}

/** The settings of a function, from a route, an authorizer or `defaults`. */
export type FunctionSettings = Omit<NodejsFunctionProps, 'entry' | 'handler' | 'code' | 'awsSdkConnectionReuse'> & OwnSettings;

/** Settings of the log group. A route that sets one of them inherits neither of the others. */
const LOGS = ['logGroup', 'logGroupRetention', 'logRetention'] as const;

/** The function settings among the options of a struct. An option that no struct has belongs to a newer aws-cdk-lib. */
export function functionSettings(struct: StructName, options: object): FunctionSettings {
  const [all, settings] = [optionsOf(struct), optionsOf('WebsocketFunctionOptions')];
  return withoutUndefined(Object.fromEntries(entriesOf(options).filter(([name]) => settings.has(name) || !all.has(name))));
}

/** `own` over `defaults`; environments and bundling options merge key by key. */
export function mergeSettings(defaults: FunctionSettings, own: FunctionSettings): FunctionSettings {
  const inherited = LOGS.some((name) => own[name] !== undefined) ? without(defaults, LOGS) : defaults;
  return withoutUndefined({
    ...merged(inherited, own),
    environment: emptyAsUndefined(merged(defaults.environment, own.environment)),
    bundling: emptyAsUndefined(mergedBundling(defaults.bundling, own.bundling)),
  });
}

/** The names of the settings in which the two differ. */
export function differences(left: FunctionSettings, right: FunctionSettings): string[] {
  const [a, b] = [left, right] as Array<Record<string, unknown>>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !sameValue(a[key], b[key]));
}

/** Checks the settings of one place, before they are merged. */
export function checkSettings(checks: Checks, settings: FunctionSettings): void {
  const { alias, provisionedConcurrentExecutions, snapStart, logGroupRetention } = settings;
  if (typeof alias === 'string') checks.that('alias', alias, aliasFault);
  const count = literal(provisionedConcurrentExecutions ?? 0);
  if (typeof count === 'number' && !(Number.isInteger(count) && count >= 0)) {
    checks.refuse('provisionedConcurrentExecutions', count, {
      reason: 'is not a number of execution environments', remedy: 'use a whole number, or 0 for none',
    });
  }
  if (snapStart !== undefined) {
    checks.refuse('snapStart', snapStart, {
      reason: 'has no effect on a handler: Lambda has no SnapStart for Node.js',
      remedy: 'leave it out; `alias` with `provisionedConcurrentExecutions` keeps functions warm',
    });
  }
  checks.that('logGroupRetention', logGroupRetention, retentionFault);
  const other = LOGS.find((name) => name !== 'logGroupRetention' && settings[name] !== undefined);
  if (logGroupRetention !== undefined && other) {
    checks.refuse('logGroupRetention', logGroupRetention, {
      reason: `applies to a log group that the service creates, but \`${other}\` is given`,
      remedy: other === 'logGroup' ? 'set the retention where the log group is made' : 'leave out the deprecated `logRetention`',
    });
  }
}

/** Checks the merged settings of a function. Errors name the place of a value, `own` or `defaults`. */
export function checkCombination(checks: Checks, own: FunctionSettings, defaults: FunctionSettings): void {
  const settings = mergeSettings(defaults, own);
  const refuse = (name: keyof FunctionSettings, fault: Fault): never => {
    throw (own[name] === undefined ? new Checks(checks.scope, 'defaults') : checks).refuse(name, settings[name], fault);
  };
  const { alias, provisionedConcurrentExecutions: provisioned, currentVersionOptions, reservedConcurrentExecutions: reserved } = settings;
  if (alias === undefined) {
    if (provisioned) {
      refuse('provisionedConcurrentExecutions', {
        reason: 'needs an alias, but the function has none: Lambda has no provisioned concurrency for $LATEST',
        remedy: "set `alias` too, for example 'live'",
      });
    }
    if (currentVersionOptions !== undefined) {
      refuse('currentVersionOptions', {
        reason: 'describes a version, but none is published', remedy: 'set `alias` too: it publishes a version on every change',
      });
    }
    return;
  }
  if (provisioned && currentVersionOptions?.provisionedConcurrentExecutions !== undefined) {
    refuse('provisionedConcurrentExecutions', {
      reason: 'is also set in `currentVersionOptions`, and Lambda allows it on the version or on its alias, not on both',
      remedy: 'keep one of them',
    });
  }
  if (provisioned === undefined || reserved === undefined || Token.isUnresolved(provisioned) || Token.isUnresolved(reserved)) return;
  if (provisioned > reserved) {
    refuse('provisionedConcurrentExecutions', {
      reason: `is more than the \`reservedConcurrentExecutions\` of the function, which are ${reserved}`,
      remedy: 'raise that, or lower this',
    });
  }
}

/** CloudWatch Logs accepts certain numbers of days only. */
export function retentionFault(retention: RetentionDays): Fault | undefined {
  if (Token.isUnresolved(retention) || typeof RetentionDays[retention] === 'string') return undefined;
  return { reason: 'is not a retention period of CloudWatch Logs', remedy: 'use one of logs.RetentionDays' };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
function aliasFault(alias: string): Fault | undefined {
  if (Token.isUnresolved(alias)) {
    return {
      reason: 'is known only at deployment, but the construct id is made from it before that',
      remedy: 'write the name as a literal',
    };
  }
  if (/^(?!\d+$)[\w-]{1,128}$/.test(alias)) return undefined;
  return {
    reason: 'is not a legal name of an alias',
    remedy: "use 1 to 128 letters, digits, hyphens and underscores, not digits alone, for example 'live'",
  };
}

/** Syntax that only an ES module may have. */
const MODULE_CODE = /\b(?:import|export)\b/;

/**
 * `sourceMap` and `sourceMapMode` are one setting: a route that sets one of them does not inherit the other. A CommonJS route does not
 * inherit a banner or footer with syntax of ES modules.
 */
function mergedBundling(defaults: BundlingOptions = {}, own: BundlingOptions = {}): BundlingOptions {
  const setsMap = own.sourceMap !== undefined || own.sourceMapMode !== undefined;
  const inherited = setsMap ? without(defaults, ['sourceMap', 'sourceMapMode']) : defaults;
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

function without<T extends object>(settings: T, names: ReadonlyArray<keyof T>): T {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !(names as readonly string[]).includes(name))) as T;
}

function merged<T extends object>(defaults: T | undefined, own: T | undefined): T {
  return { ...withoutUndefined(defaults ?? {}), ...withoutUndefined(own ?? {}) } as T;
}
