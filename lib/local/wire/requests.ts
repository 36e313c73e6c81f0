import type { IncomingMessage } from 'http';
import { Connections } from './connections';
import { ServedStage } from './served-stage';
import { tracedInvoker } from './traces';
import { Integration, Route } from '../assembly/local-app';
import { Clock } from '../clock';
import { ActiveFaults } from '../faults/active-faults';
import { InvocationResult, Invoker } from '../functions/invoker';
import { GatewayObserver, RequestEvent } from '../gateway-event';
import { IntegrationOutcome, IntegrationRequest, runLambdaProxy, targetIn, timedOut, timeLimit } from '../integrations/integration';
import { ConnectionContext, ContextExtra, contextVariables, RequestStamp } from '../protocol/events';
import { RecordedAdmissions } from '../recorded-admission';
import { Trace } from '../trace';

/** What the parts of a gateway share. */
export interface Services {
  readonly invoker: Invoker;
  readonly connections: Connections;
  readonly trace: Trace;
  readonly clock: Clock;
  readonly faults?: ActiveFaults;
  /** Absent: nothing is reported. */
  readonly observe?: GatewayObserver;
  /** Absent if `observe` is. */
  readonly slowCalls?: SlowCalls;
  /** Whether the events and results of functions are reported too. */
  readonly verbose: boolean;
  /** Whether the messages of a connection are served one after the other; AWS serves them concurrently (4.2.4). */
  readonly serial: boolean;
  /** Construct path of a function. */
  readonly functionPath: (functionId: string) => string;
  /** The URL under which backends reach a stage's `@connections`. */
  readonly callbackUrl: (served: ServedStage) => string;
  /** Called when a function calls `@connections` by a client without an endpoint, which works only here. */
  readonly onMissingEndpoint?: (functionId: string) => void;
  /** Called with each handshake before anything runs for it. */
  readonly beforeHandshake?: (request: IncomingMessage) => void;
  /** In a replay. */
  readonly recorded?: RecordedAdmissions;
}

/** One use of a route: by a handshake, a message or the end of a connection. */
export interface RouteCall {
  readonly route: Route;
  readonly context: ConnectionContext;
  readonly stamp: RequestStamp;
  readonly extra: Omit<ContextExtra, 'routeKey'>;
  /** Makes the proxy event. */
  readonly event: () => object;
  /** Raw text of a message, else empty. */
  readonly body: string;
  readonly handshake?: IntegrationRequest['handshake'];
}

/** The outcome of the integration, with the event if `verbose` asks for it. */
export type RouteOutcome = IntegrationOutcome & { readonly event?: string };

const NO_INTEGRATION: IntegrationOutcome = {
  ok: false, message: 'Internal server error', kind: 'misconfigured', reason: 'the route has no target: give it an integration',
};

/** Runs the integration of a route. */
export async function callRoute(call: RouteCall, services: Services): Promise<RouteOutcome> {
  const { integration } = call.route;
  if (!integration) return NO_INTEGRATION;
  services.slowCalls?.begin(call);
  try {
    return await run(call, integration, services);
  } finally {
    services.slowCalls?.end(call);
  }
}

async function run(call: RouteCall, integration: Integration, services: Services): Promise<RouteOutcome> {
  const { verbose, faults } = services;
  const { route, context, stamp, extra, body, handshake } = call;
  const { requestId } = stamp;
  const invoker = services.trace.isOn
    ? tracedInvoker(services, { role: 'route', requestId, connectionId: context.connectionId, routeKey: route.routeKey })
    : services.invoker;
  let event: string | undefined;
  const request: IntegrationRequest = {
    integration: { ...integration, target: targetIn(context.stage, integration.target) },
    event: () => {
      const text = JSON.stringify(call.event());
      if (verbose) event = text;
      return text;
    },
    body,
    context: () => contextVariables(context, stamp, { ...extra, routeKey: route.routeKey }),
    stageVariables: context.stageVariables,
    handshake,
  };
  const outcome = await (faults?.slowsFunctions ? runSlowly(request, route.routeKey, invoker, faults) : runIntegration(request, invoker));
  return event === undefined ? outcome : { ...outcome, event };
}

/** Runs an integration whose function a fault may slow down or kill. */
function runSlowly(request: IntegrationRequest, routeKey: string, invoker: Invoker, faults: ActiveFaults): Promise<IntegrationOutcome> {
  const fault = request.integration.target?.type === 'function' ? faults.invocation(routeKey) : undefined;
  const limit = timeLimit(request.integration);
  const outcome = runIntegration(request, !fault ? invoker : {
    load: (functionId) => invoker.load(functionId),
    invoke: (functionId, event, onStart, options) => invoker.invoke(functionId, event, onStart, { ...options, fault }),
  });
  return faults.within(limit, outcome, () => timedOut(limit));
}

function runIntegration(request: IntegrationRequest, invoker: Invoker): Promise<IntegrationOutcome> {
  if (request.integration.type === 'AWS_PROXY') return runLambdaProxy(request, invoker);
  // Loaded with the first use: the language of mapping templates takes as long to load as the rest of a small app.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { runTemplated } = require('../integrations/templated-integration') as typeof import('../integrations/templated-integration');
  return runTemplated(request, invoker);
}

/** What is known about a request that is over. */
export interface RequestFacts extends Pick<RequestEvent, 'type' | 'connectionId' | 'status' | 'reason' | 'routeKey'> {
  readonly stamp: RequestStamp;
  /** Absent: the request led to no stage. */
  readonly served?: ServedStage;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  readonly integration?: Integration;
  readonly outcome?: RouteOutcome;
  readonly authorizerInvocation?: InvocationResult;
}

/** Reports a request that is over to the observer, if there is one. */
export function reportRequest(facts: RequestFacts, services: Services): void {
  if (!services.observe) return;
  const { stamp, served, integration, outcome, authorizerInvocation, type, connectionId, status, routeKey } = facts;
  const now = Date.now();
  const invocation = outcome?.invocation;
  services.observe({
    type,
    time: now,
    connectionId,
    requestId: stamp.requestId,
    api: served?.api.name,
    stage: served?.stage.name,
    routeKey,
    target: integration && targetName(integration, services),
    status,
    duration: now - stamp.time,
    bytesIn: facts.bytesIn ?? 0,
    bytesOut: facts.bytesOut ?? 0,
    reason: facts.reason ?? (outcome?.ok === false ? outcome.reason : undefined),
    invocationId: invocation?.requestId,
    authorizerInvocationId: authorizerInvocation?.requestId,
    error: errorOf(invocation) ?? errorOf(authorizerInvocation),
    event: outcome?.event,
    result: services.verbose && invocation?.ok ? invocation.payload : undefined,
  });
}

function targetName({ type, target }: Integration, { functionPath }: Pick<Services, 'functionPath'>): string {
  return target?.type === 'function' ? functionPath(target.functionId) : type;
}

function errorOf(invocation?: InvocationResult): RequestEvent['error'] {
  if (!invocation || invocation.ok) return undefined;
  return { type: invocation.errorType, message: invocation.errorMessage, stackTrace: invocation.stackTrace };
}

/** Milliseconds after which a route call that still runs is reported. */
const SLOW = 2_000;

/** Reports each slow route call once, while it runs. One timer serves all: there are thousands of calls a second, and few are slow. */
export class SlowCalls {
  /** When each call began, oldest first: milliseconds of `performance.now()`. */
  private readonly calls = new Map<RouteCall, number>();
  private timer?: NodeJS.Timeout;

  public constructor(private readonly options: { readonly observe: GatewayObserver } & Pick<Services, 'functionPath'>) {}

  public begin(call: RouteCall): void {
    this.calls.set(call, performance.now());
    this.timer ??= setTimeout(() => this.reportSlow(), SLOW).unref();
  }

  public end(call: RouteCall): void {
    this.calls.delete(call);
  }

  private reportSlow(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [call, startedAt] of this.calls) {
      const left = startedAt + SLOW - now;
      // Timers may be early by a part of a millisecond.
      if (left >= 1) {
        this.timer = setTimeout(() => this.reportSlow(), left).unref();
        return;
      }
      this.calls.delete(call);
      this.report(call, Math.round(now - startedAt));
    }
  }

  private report({ context, stamp, route: { routeKey, integration } }: RouteCall, duration: number): void {
    this.options.observe({
      type: 'running',
      time: Date.now(),
      connectionId: context.connectionId,
      requestId: stamp.requestId,
      stage: context.stage,
      routeKey,
      target: integration && targetName(integration, this.options),
      duration,
    });
  }
}
