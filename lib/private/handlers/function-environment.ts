import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IConstruct } from 'constructs';

/** Lambda's limit for names and values together, in bytes. */
export const ENVIRONMENT_LIMIT = 4096;

/** An estimate for the value of a token, such as the id of an API. */
const TOKEN_LENGTH = 14;

export interface Variables {
  readonly values: Readonly<Record<string, string>>;
  /** Left out, the first one first, if the environment would be too large with them. */
  readonly droppable: readonly string[];
  /** Whether a function may have this value without a cycle between stacks. */
  readonly isReachable: (fn: lambda.Function, value: string) => boolean;
}

/** What became of the variables of a target. Each list has names of variables. */
export interface Provision {
  /** The function behind the target; `undefined` if it is imported, and has no variables from here. */
  readonly fn?: lambda.Function;
  /** Variables with a value that the function cannot refer to. */
  readonly unreachable: readonly string[];
  /** Variables that the function has already, with other values. */
  readonly kept: readonly string[];
  /** Variables that are left out, and the size of the environment with them, in bytes. */
  readonly dropped: readonly string[];
  readonly size: number;
  /** Variables that have no effect, since the environment is set on the resource. */
  readonly unset: readonly string[];
  /** Whether the target is a version that aws-cdk-lib does not replace, so that it may lack the variables. */
  readonly isPinned: boolean;
}

/** Adds variables to the environment of a target, or of the function behind an alias or version. Existing values are kept. */
export function provideVariables(target: lambda.IFunction, { values, droppable, isReachable }: Variables): Provision {
  const fn = functionBehind(target);
  const nothing = { unreachable: [], kept: [], dropped: [], size: 0, unset: [], isPinned: false };
  if (!(fn instanceof lambda.Function)) return nothing;
  const present = variablesOf(fn);
  if (!present) return { ...nothing, fn };
  const reachable = Object.keys(values).filter((name) => isReachable(fn, values[name]));
  const added = reachable.filter((name) => present[name] === undefined);
  const { fitting, dropped, size } = fit({ ...values, ...present }, added, droppable);
  for (const name of fitting) fn.addEnvironment(name, values[name]);
  return {
    fn,
    unreachable: Object.keys(values).filter((name) => !reachable.includes(name) && present[name] === undefined),
    kept: reachable.filter((name) => present[name] !== undefined && !sameToken(fn, present[name], values[name])),
    dropped,
    size,
    unset: fitting.filter((name) => variablesOf(fn)?.[name] === undefined),
    isPinned: fitting.length > 0 && isPinned(target, fn),
  };
}

/** With a token, a function of another stack would depend on the API, which depends on the function. */
export function isOfService(scope: IConstruct, fn: lambda.Function, value: string): boolean {
  return Stack.of(fn) === Stack.of(scope) || fn.node.scopes.includes(scope) || !Token.isUnresolved(value);
}

function fit(
  all: Record<string, unknown>, added: readonly string[], droppable: readonly string[],
): { readonly fitting: string[]; readonly dropped: string[]; readonly size: number } {
  const size = sizeOf(all);
  const dropped: string[] = [];
  for (const name of droppable.filter((one) => added.includes(one))) {
    const left = Object.entries(all).filter(([one]) => !dropped.includes(one));
    if (sizeOf(Object.fromEntries(left)) > ENVIRONMENT_LIMIT) dropped.push(name);
  }
  return { fitting: added.filter((name) => !dropped.includes(name)), dropped, size };
}

/** The function of an alias or version, or the function itself. */
export function functionBehind(target: lambda.IFunction): lambda.IFunction {
  if (isAlias(target)) return functionBehind(target.version);
  if (isVersion(target) && target.lambda !== target) return functionBehind(target.lambda);
  // The function that all singletons of one id share has their permissions.
  if (target instanceof lambda.SingletonFunction) return target.permissionsNode.scopes.at(-1) as lambda.IFunction;
  return target;
}

/** The environment so far; `undefined` if the variables are a token. */
export function variablesOf(fn: lambda.Function): Record<string, unknown> | undefined {
  const { environment } = fn.node.defaultChild as lambda.CfnFunction;
  // Only one level is resolved: other variables may be lazy values that are not ready yet.
  const found = Tokenization.isResolvable(environment) ? environment.resolve({
    scope: fn, preparing: false, documentPath: [], registerPostProcessor: () => undefined, resolve: (value: unknown) => value,
  }) as lambda.CfnFunction.EnvironmentProperty | undefined : environment;
  return Tokenization.isResolvable(found?.variables) ? undefined : { ...found?.variables };
}

/** Whether the target is a version that aws-cdk-lib does not replace when the function changes. */
function isPinned(target: lambda.IFunction, fn: lambda.Function): boolean {
  if (isAlias(target)) return isPinned(target.version, fn);
  return isVersion(target) && target.version !== '$LATEST' && target !== fn.node.tryFindChild('CurrentVersion');
}

function isAlias(target: lambda.IFunction): target is lambda.IAlias {
  return 'aliasName' in target;
}

function isVersion(target: lambda.IFunction): target is lambda.IVersion {
  return 'version' in target && 'lambda' in target;
}

function sameToken(fn: lambda.Function, present: unknown, value: string): boolean {
  const [left, right] = [present, value].map((each) => JSON.stringify(Stack.of(fn).resolve(each)));
  return left === right;
}

function sizeOf(variables: Record<string, unknown>): number {
  const lengths = Object.entries(variables).map(([name, value]) => {
    const text = typeof value === 'string' ? value.replace(/\$\{Token\[[^\]]*\]\}/g, '-'.repeat(TOKEN_LENGTH)) : '';
    return Buffer.byteLength(name) + Buffer.byteLength(text);
  });
  return lengths.reduce((sum, length) => sum + length, 0);
}
