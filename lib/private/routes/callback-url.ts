import { Annotations, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { list } from '../problem';
import { ServiceAddress } from '../service-address';

/** The environment variable with the `@connections` URL of the first stage. */
export const CALLBACK_URL_VARIABLE = 'WEBSOCKET_CALLBACK_URL';

/** The environment variable with the URLs of all stages: a JSON object by stage name. */
export const CALLBACK_URLS_VARIABLE = 'WEBSOCKET_CALLBACK_URLS';

const BOTH = [CALLBACK_URL_VARIABLE, CALLBACK_URLS_VARIABLE];

/** Lambda's limit for names and values together, in bytes. */
const ENVIRONMENT_LIMIT = 4096;

/** An estimate for the value of a token, such as the id of an API. */
const TOKEN_LENGTH = 14;

const FROM_EVENT = 'take the URL from the event (requestContext.domainName and stage)';

type Addresses = Pick<ServiceAddress, 'callbackUrl' | 'callbackUrls'>;

/**
 * Adds the URLs to the environment of a target, or of the function behind an alias or version. Existing values are kept.
 *
 * Warns about a function that cannot get the URLs.
 */
export function provideCallbackUrls(scope: Construct, target: lambda.IFunction, { callbackUrl, callbackUrls }: Addresses): void {
  const fn = functionBehind(target);
  if (!(fn instanceof lambda.Function)) return warnOfMissing(scope, target, 'the function is imported');
  const variables: Record<string, string> = { [CALLBACK_URL_VARIABLE]: callbackUrl, [CALLBACK_URLS_VARIABLE]: json(callbackUrls) };
  const present = variablesOf(fn);
  if (!present) return;
  const names = BOTH.filter((name) => isReachable(scope, fn, variables[name]));
  const lacking = BOTH.filter((name) => !names.includes(name) && present[name] === undefined);
  if (lacking.length > 0) {
    const stack = JSON.stringify(Stack.of(fn).node.path);
    warnOfMissing(scope, target, `the function is made in the stack ${stack}, which would depend on this one`, lacking);
  }

  const kept = names.filter((name) => present[name] !== undefined && !sameToken(fn, present[name], variables[name]));
  if (kept.length > 0) warnOfKept(scope, fn, kept);
  const added = names.filter((name) => present[name] === undefined);
  const size = added.includes(CALLBACK_URLS_VARIABLE) ? sizeOf({ ...variables, ...present }) : 0;
  if (size > ENVIRONMENT_LIMIT) warnOfSize(scope, fn, size);
  const fitting = size > ENVIRONMENT_LIMIT ? added.filter((name) => name !== CALLBACK_URLS_VARIABLE) : added;
  for (const name of fitting) fn.addEnvironment(name, variables[name]);
  const unset = fitting.filter((name) => variablesOf(fn)?.[name] === undefined);
  if (unset.length > 0) warnOfMissing(scope, target, 'its environment is set on the resource (CfnFunction)', unset);
  if (fitting.length > 0 && isPinned(target, fn)) warnOfPinned(scope, target);
}

/** With a token, a function of another stack would depend on the API, which depends on the function. */
function isReachable(scope: Construct, fn: lambda.Function, value: string): boolean {
  return Stack.of(fn) === Stack.of(scope) || fn.node.scopes.includes(scope) || !Token.isUnresolved(value);
}

/** Warns about a function of several stages with the URL of only one: replies to clients of the others would go to the wrong stage. */
export function warnOfOneStage(scope: Construct, target: lambda.IFunction, addresses: Addresses): void {
  const fn = functionBehind(target);
  if (Object.keys(addresses.callbackUrls).length < 2 || !(fn instanceof lambda.Function)) return;
  const present = variablesOf(fn);
  if (present?.[CALLBACK_URL_VARIABLE] === undefined || present[CALLBACK_URLS_VARIABLE] !== undefined) return;
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:callbackUrlOfOneStage',
    `${fn.node.path} serves several stages and has the URL of only one, in ${CALLBACK_URL_VARIABLE}: a connection is reachable through `
    + `its own stage only. Leave out \`callbackUrlEnvironment: false\`, or set ${CALLBACK_URLS_VARIABLE} too`,
  );
}

/** Built by hand, since values may be tokens. Names and URLs need no escaping: neither has quotes or backslashes. */
function json(urls: { readonly [stageName: string]: string }): string {
  return `{${Object.entries(urls).map(([stageName, url]) => `"${stageName}":"${url}"`).join(',')}}`;
}

/** The function of an alias or version, or the function itself. */
function functionBehind(target: lambda.IFunction): lambda.IFunction {
  if (isAlias(target)) return functionBehind(target.version);
  if (isVersion(target) && target.lambda !== target) return functionBehind(target.lambda);
  // The function that all singletons of one id share has their permissions.
  if (target instanceof lambda.SingletonFunction) return target.permissionsNode.scopes.at(-1) as lambda.IFunction;
  return target;
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

/** The environment so far; `undefined` if the variables are a token. */
function variablesOf(fn: lambda.Function): Record<string, unknown> | undefined {
  const { environment } = fn.node.defaultChild as lambda.CfnFunction;
  // Only one level is resolved: other variables may be lazy values that are not ready yet.
  const found = Tokenization.isResolvable(environment) ? environment.resolve({
    scope: fn, preparing: false, documentPath: [], registerPostProcessor: () => undefined, resolve: (value: unknown) => value,
  }) as lambda.CfnFunction.EnvironmentProperty | undefined : environment;
  return Tokenization.isResolvable(found?.variables) ? undefined : { ...found?.variables };
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

function warnOfMissing(scope: Construct, target: lambda.IFunction, reason: string, names = BOTH): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:callbackUrlMissing',
    `${target.node.path} does not get ${list(names)}: ${reason}. Set ${names.length > 1 ? 'them' : 'it'} there, ${FROM_EVENT}, or set `
    + '`callbackUrlEnvironment: false`',
  );
}

function warnOfPinned(scope: Construct, target: lambda.IFunction): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:callbackUrlMissing',
    `${target.node.path} may lack ${list(BOTH)}: a version keeps the environment that it was published with, and a `
    + '`new lambda.Version(...)` is published once. Give `currentVersion` of the function, an alias of that, or set '
    + '`callbackUrlEnvironment: false`',
  );
}

function warnOfKept(scope: Construct, fn: lambda.Function, names: string[]): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:callbackUrlKept',
    `${fn.node.path} keeps the ${list(names)} that it has, which ${names.length > 1 ? 'are not those' : 'is not that'} of this service. `
    + 'Take the URL from the event (requestContext.domainName and stage), or set `callbackUrlEnvironment: false`',
  );
}

function warnOfSize(scope: Construct, fn: lambda.Function, size: number): void {
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:callbackUrlsLeftOut',
    `${fn.node.path} does not get ${CALLBACK_URLS_VARIABLE}: its environment would have some ${size} bytes, more than the `
    + `${ENVIRONMENT_LIMIT} that Lambda allows. Shorten the environment, or ${FROM_EVENT}`,
  );
}
