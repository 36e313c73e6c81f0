import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { STORE_VARIABLE } from './store-access';
import { ENVIRONMENT_LIMIT, functionBehind, provideVariables } from '../handlers/function-environment';
import { list } from '../problem';
import { CALLBACK_URLS_VARIABLE } from '../routes/callback-url';

/**
 * The environment variable with the timeout of a function, in seconds: how long the runtime may send where it does not see the context
 * of Lambda. A contract with lib/runtime/aws/transport.ts.
 */
const TIMEOUT_VARIABLE = 'WEBSOCKET_TIMEOUT';

/** Of Lambda, where a function sets none. */
const DEFAULT_TIMEOUT = Duration.seconds(3);

/**
 * Adds what the runtime needs for sending to the environment of a function, or of the function behind an alias or version. Existing values
 * are kept. Warns about a function that cannot get them.
 *
 * @param isWrapped whether the code of the function is bundled within the runtime, which then knows how much time there is
 */
export function providePublishEnvironment(
  scope: Construct, target: lambda.IFunction, values: Record<string, string>, isReachable: (fn: lambda.Function, value: string) => boolean,
  isWrapped = false,
): void {
  const names = Object.keys(values);
  const { fn, unreachable, kept, dropped, size, unset, isPinned } = provideVariables(target, {
    values: { ...values, ...isWrapped || !(STORE_VARIABLE in values) ? {} : timeoutOf(target) },
    droppable: [TIMEOUT_VARIABLE, CALLBACK_URLS_VARIABLE, STORE_VARIABLE],
    isReachable,
  });
  const missing = unset.filter((name) => names.includes(name));
  if (!fn) return warnOfMissing(scope, target, names, 'the function is imported');
  if (unreachable.length > 0) {
    const stack = JSON.stringify(Stack.of(fn).node.path);
    warnOfMissing(scope, target, unreachable, `the function is made in the stack ${stack}, which would depend on this one`);
  }
  if (missing.length > 0) warnOfMissing(scope, target, missing, 'its environment is set on the resource (CfnFunction)');
  if (isPinned) {
    warnOfMissing(scope, target, names, 'a version keeps the environment that it was published with, and a `new lambda.Version(...)` is '
      + 'published once; give `currentVersion` of the function, or an alias of that', 'may lack');
  }
  if (kept.length > 0) {
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:publishEnvironmentKept',
      `${fn.node.path} keeps the ${list(kept)} that it has, which ${kept.length > 1 ? 'are not those' : 'is not that'} of this service. `
      + `Leave ${kept.length > 1 ? 'them' : 'it'} out, or give each service a function of its own`,
    );
  }
  if (dropped.length > 0) {
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:publishEnvironmentLeftOut',
      `${fn.node.path} does not get ${list(dropped)}: its environment would have some ${size} bytes, more than the `
      + `${ENVIRONMENT_LIMIT} that Lambda allows. Shorten the environment`,
    );
  }
}

function timeoutOf(target: lambda.IFunction): Record<string, string> {
  const fn = functionBehind(target);
  const timeout = (fn instanceof lambda.Function && fn.timeout) || DEFAULT_TIMEOUT;
  return timeout.isUnresolved() ? {} : { [TIMEOUT_VARIABLE]: String(timeout.toSeconds()) };
}

function warnOfMissing(
  scope: Construct, target: lambda.IFunction, names: readonly string[], reason: string, verb = 'does not get',
): void {
  const them = names.length > 1 ? 'them' : 'it';
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:publishEnvironmentMissing',
    `${target.node.path} ${verb} ${list(names)}: ${reason}. \`publishEnvironment\` of the service has ${them}: set ${them} where the `
    + 'function is made',
  );
}
