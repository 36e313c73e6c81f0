import { AsyncLocalStorage } from 'node:async_hooks';
import type { LambdaContext, WebsocketEvent } from './events';
import { processState } from './process-state';

/** The current invocation, for what a handler calls without passing its event on. */
export interface Invocation {
  /** `undefined`, and so is the event, where it is not of a WebSocket API. */
  readonly stage?: string;
  readonly event?: WebsocketEvent;
  /** In milliseconds since 1970: half a second before Lambda ends the function. Of `$connect`, at most what API Gateway waits. */
  readonly deadline: number;
  /** Whether the store's write or removal of this event is done by a wrapper further out. */
  readonly isTracked: boolean;
}

/** Kept for the answer. */
export const RESERVE_MS = 500;

/** What API Gateway waits for an integration. */
const INTEGRATION_MS = 29_000;

/** Runs `fn` as an invocation of its own, so that several in one process keep apart. */
export function runInvocation<R>(
  event: WebsocketEvent, lambda: LambdaContext | undefined, fn: () => R, options?: { readonly isTracked?: boolean },
): R {
  const { stage, eventType } = isOfWebsocket(event) ? event.requestContext : {};
  const remaining = lambda?.getRemainingTimeInMillis?.() ?? INTEGRATION_MS;
  const deadline = Date.now() + (eventType === 'CONNECT' ? Math.min(remaining, INTEGRATION_MS) : remaining) - RESERVE_MS;
  const isTracked = options?.isTracked ?? isTrackedEvent(event);
  return storage().run({ ...stage !== undefined && { stage, event }, deadline, isTracked }, fn);
}

/** Other events have a stage, too: those of an HTTP API. */
export function isOfWebsocket(event: WebsocketEvent | undefined): event is WebsocketEvent {
  return event?.requestContext?.connectionId !== undefined;
}

/** `undefined` where no handler was wrapped: in queue consumers, and in functions whose code is not bundled by the construct. */
export function currentInvocation(): Invocation | undefined {
  return storage().getStore();
}

/** Whether a wrapper further out tracks this event. By its request, since a middleware may have made another object of it. */
export function isTrackedEvent(event: WebsocketEvent | undefined): boolean {
  const current = currentInvocation();
  return current?.isTracked === true && current.event?.requestContext.requestId === event?.requestContext?.requestId;
}

function storage(): AsyncLocalStorage<Invocation> {
  return processState<{ invocations: AsyncLocalStorage<Invocation> }>().invocations ??= new AsyncLocalStorage();
}
