import { Annotations, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENVIRONMENT_LIMIT, functionBehind, isOfService, provideVariables, variablesOf } from '../handlers/function-environment';
import { list } from '../problem';
import { ServiceAddress } from '../service-address';

/** The environment variable with the `@connections` URL of the first stage. */
export const CALLBACK_URL_VARIABLE = 'WEBSOCKET_CALLBACK_URL';

/** The environment variable with the URLs of all stages: a JSON object by stage name. */
export const CALLBACK_URLS_VARIABLE = 'WEBSOCKET_CALLBACK_URLS';

const BOTH = [CALLBACK_URL_VARIABLE, CALLBACK_URLS_VARIABLE];

const FROM_EVENT = 'take the URL from the event (requestContext.domainName and stage)';

type Addresses = Pick<ServiceAddress, 'callbackUrl' | 'callbackUrls'>;

/** The variables with the URLs of a service. */
export function callbackUrlVariables({ callbackUrl, callbackUrls }: Addresses): Record<string, string> {
  return { [CALLBACK_URL_VARIABLE]: callbackUrl, [CALLBACK_URLS_VARIABLE]: json(callbackUrls) };
}

/**
 * Adds the URLs to the environment of a target, or of the function behind an alias or version. Existing values are kept.
 *
 * Warns about a function that cannot get the URLs.
 */
export function provideCallbackUrls(scope: Construct, target: lambda.IFunction, addresses: Addresses): void {
  const { fn, unreachable, kept, dropped, size, unset, isPinned } = provideVariables(target, {
    values: callbackUrlVariables(addresses),
    droppable: [CALLBACK_URLS_VARIABLE],
    isReachable: (candidate, value) => isOfService(scope, candidate, value),
  });
  if (!fn) return warnOfMissing(scope, target, 'the function is imported');
  if (unreachable.length > 0) {
    const stack = JSON.stringify(Stack.of(fn).node.path);
    warnOfMissing(scope, target, `the function is made in the stack ${stack}, which would depend on this one`, unreachable);
  }
  if (kept.length > 0) warnOfKept(scope, fn, kept);
  if (dropped.length > 0) warnOfSize(scope, fn, size);
  if (unset.length > 0) warnOfMissing(scope, target, 'its environment is set on the resource (CfnFunction)', unset);
  if (isPinned) warnOfPinned(scope, target);
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

function warnOfMissing(scope: Construct, target: lambda.IFunction, reason: string, names: readonly string[] = BOTH): void {
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

function warnOfKept(scope: Construct, fn: lambda.Function, names: readonly string[]): void {
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
