import { Services } from './services';
import { Integration, Route } from '../assembly/model';
import { IntegrationOutcome, IntegrationRequest, targetIn } from '../integrations/integration';
import { runIntegration } from '../integrations/run-integration';
import { ConnectionContext, ContextExtra, contextVariables, EventTime } from '../protocol/events';

/** One use of a route: a handshake, a message or the end of a connection. */
export interface RouteCall {
  readonly route: Route;
  readonly context: ConnectionContext;
  readonly time: EventTime;
  readonly extra: Omit<ContextExtra, 'routeKey'>;
  /** The proxy event. */
  readonly event: () => object;
  /** Raw text of a message, else empty. */
  readonly body: string;
  readonly handshake?: IntegrationRequest['handshake'];
}

/** How it went; the event is there if somebody wants to see it. */
export type RouteOutcome = IntegrationOutcome & { readonly event?: string };

/** A route without a target: nothing runs. */
const NO_TARGET: IntegrationOutcome = {
  ok: false, message: 'Internal server error', kind: 'misconfigured', reason: 'the route has no target: give it an integration',
};

/** Runs the integration of a route. */
export async function callRoute(call: RouteCall, services: Services): Promise<RouteOutcome> {
  const { route } = call;
  if (!route.integration) return NO_TARGET;
  services.slowCalls?.begin(call);
  try {
    return await run(call, route.integration, services);
  } finally {
    services.slowCalls?.end(call);
  }
}

async function run(call: RouteCall, integration: Integration, services: Services): Promise<RouteOutcome> {
  const { route, context, time, extra, body, handshake } = call;
  let event: string | undefined;
  const outcome = await runIntegration({
    integration: { ...integration, target: targetIn(context.stage, integration.target) },
    event: () => {
      const text = JSON.stringify(call.event());
      if (services.verbose) event = text;
      return text;
    },
    body,
    context: () => contextVariables(context, time, { ...extra, routeKey: route.routeKey }),
    stageVariables: context.stageVariables,
    handshake,
  }, services.invoker);
  return event === undefined ? outcome : { ...outcome, event };
}
