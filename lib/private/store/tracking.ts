import { Annotations, Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RoutePlan } from '../../route';
import { FunctionSettings } from '../handlers/function-settings';
import { canBeWrapped } from '../handlers/handler-functions';
import { presetFunction } from '../handlers/preset-function';

/** The routes that keep a connection store up to date, in the order in which they run. */
export const LIFECYCLE = ['$connect', '$disconnect'];

/** Longer than Lambda's 3 seconds: the end of a connection may have to be announced in many rooms. */
const TRACKER_TIMEOUT = Duration.seconds(10);

const WRAPPERS: Record<string, string | undefined> = { $connect: 'onConnect', $disconnect: 'onDisconnect' };

/**
 * Names what is bundled around the handler of a route: around those of `$connect` and `$disconnect` what keeps the connection store,
 * around the others what lets them send until their own deadline.
 */
export function withWrapper(plan: RoutePlan): RoutePlan {
  const { routeKey, target: { handler } } = plan;
  if (!handler) return plan;
  return { ...plan, target: { handler: { ...handler, wrapper: LIFECYCLE.includes(routeKey) ? 'tracked' : 'invoked' } } };
}

/** The function for those of the routes that the route map lacks. */
export function makeConnectionTracker(scope: Construct, defaults: FunctionSettings, subprotocol?: string): lambda.Function {
  const settings = { ...defaults, timeout: defaults.timeout ?? TRACKER_TIMEOUT };
  return presetFunction(scope, 'ConnectionTracker', 'connection-tracker', settings, { SUBPROTOCOL: subprotocol });
}

/** Warns of each route whose target keeps no connection store unless its own code does. */
export function warnOfUntracked(scope: Construct, plans: readonly RoutePlan[]): void {
  for (const { routeKey, target } of plans) {
    const wrapper = WRAPPERS[routeKey];
    if (wrapper === undefined) continue;
    const ways = `wrap it in \`${wrapper}\` of cdk-websocket-service/runtime, or let it write the items of docs/store.md`;
    if (target.integration) warn(scope, routeKey, 'an `integration`, which runs no code', 'give a `handler`, or leave the route out');
    if (target.function) warn(scope, routeKey, `the function ${target.function.node.path}, whose code is not bundled here`, ways);
    if (target.handler && !canBeWrapped(target.handler)) {
      const id = JSON.stringify(target.handler.handler.id);
      warn(scope, routeKey, `${id}, which is bundled by steps of its own (\`nodeModules\`, \`commandHooks\`, Docker)`, ways);
    }
  }
}

function warn(scope: Construct, routeKey: string, target: string, remedy: string): void {
  const which = routeKey === '$connect' ? 'new' : 'closed';
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:connectionsNotTracked',
    `the connection store does not learn of ${which} connections by itself: the target of ${routeKey} is ${target}. If it does not keep `
    + `the store already, ${remedy}`,
  );
}
