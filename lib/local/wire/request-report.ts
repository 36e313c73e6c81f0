import { Integration } from '../assembly/model';
import { InvocationResult } from '../functions/invoker';
import { RequestEvent } from '../gateway-event';
import { RouteOutcome } from './route-call';
import { ServedStage } from './served-stage';
import { Services } from './services';
import { SlowCalls } from './slow-calls';

/** What only the place that served the request knows of it. */
export interface RequestFacts extends Pick<RequestEvent, 'type' | 'connectionId' | 'requestId' | 'status' | 'reason' | 'routeKey'> {
  /** Absent: no stage is served where it went. */
  readonly served?: ServedStage;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  readonly integration?: Integration;
  readonly outcome?: RouteOutcome;
  /** Of the authorizer. */
  readonly authorizerInvocation?: InvocationResult;
}

/** Tells those who listen of a request that is over. */
export function reportRequest(facts: RequestFacts, services: Services): void {
  if (!services.observe) return;
  const { served, startedAt, integration, outcome, authorizerInvocation, type, connectionId, requestId, status, routeKey } = facts;
  const now = Date.now();
  const invocation = outcome?.invocation;
  services.observe({
    type,
    time: now,
    connectionId,
    requestId,
    api: served?.api.name,
    stage: served?.stage.name,
    routeKey,
    target: integration && targetName(integration, services),
    status,
    duration: now - startedAt,
    bytesIn: facts.bytesIn ?? 0,
    bytesOut: facts.bytesOut ?? 0,
    reason: facts.reason ?? (outcome?.ok === false ? outcome.reason : undefined),
    invocationId: invocation?.requestId,
    authorizerInvocationId: authorizerInvocation?.requestId,
    error: failureOf(invocation) ?? failureOf(authorizerInvocation),
    event: outcome?.event,
    result: services.verbose && invocation?.ok ? invocation.payload : undefined,
  });
}

/** Reports a slow handshake or message; absent if nobody listens. */
export function slowCallsOf({ observe, functionPath }: Pick<Services, 'observe' | 'functionPath'>): SlowCalls | undefined {
  return observe && new SlowCalls(({ context: { connectionId, stage }, time, route: { routeKey, integration } }, duration) => observe({
    type: 'running',
    time: Date.now(),
    connectionId,
    requestId: time.requestId,
    stage,
    routeKey,
    target: integration && targetName(integration, { functionPath }),
    duration,
  }));
}

function targetName({ type, target }: Integration, services: Pick<Services, 'functionPath'>): string {
  return target?.type === 'function' ? services.functionPath(target.functionId) : type;
}

function failureOf(invocation?: InvocationResult): RequestEvent['error'] {
  if (!invocation || invocation.ok) return undefined;
  return { type: invocation.errorType, message: invocation.errorMessage, stackTrace: invocation.stackTrace };
}
