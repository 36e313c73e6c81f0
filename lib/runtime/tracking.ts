import { hasStore } from './configuration';
import { runtimeError } from './error';
import type { LambdaContext, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketEvent } from './events';
import { connectionFrom } from './handled';
import { currentInvocation, isOfWebsocket, isTrackedEvent, RESERVE_MS, runInvocation } from './invocation';
import { countFailure, logFailure } from './log';
import { recordConnection, removeConnection } from './store/connections';

/** Runs a handler of ours, tracked where there is a store. */
export function handle<R>(event: WebsocketEvent, lambda: LambdaContext | undefined, fn: () => Promise<R>): Promise<R> {
  return hasStore() ? track(event, lambda, fn) : runInvocation(event, lambda, fn);
}

/**
 * Runs a handler, with the store's work around it: `$connect` is recorded before it runs, so that it may join rooms, and removed if it
 * refuses; `$disconnect` is removed after it, in any case. Other events are only handed through.
 */
export async function track<R>(event: WebsocketEvent, lambda: LambdaContext | undefined, fn: () => R | Promise<R>): Promise<R> {
  const eventType = isOfWebsocket(event) ? event.requestContext.eventType : undefined;
  // An authorizer's event has the type of `$connect`, too.
  if ((eventType !== 'CONNECT' && eventType !== 'DISCONNECT') || 'methodArn' in event || isTrackedEvent(event)) {
    return runInvocation(event, lambda, fn);
  }
  const around = eventType === 'CONNECT' ? aroundConnect : aroundDisconnect;
  return runInvocation(event, lambda, () => around(event as never, fn) as Promise<R>, { isTracked: true });
}

async function aroundConnect(event: WebsocketConnectEvent, fn: () => unknown): Promise<unknown> {
  const { deadline } = currentInvocation()!;
  try {
    // API Gateway has refused the handshake by then, and only its TTL would remove the record.
    if (Date.now() >= deadline) throw runtimeError('TIMEOUT', 'the time of $connect was over before the connection was recorded');
    const { id, user, stage, connectedAt, sourceIp } = connectionFrom(event);
    await recordConnection({ id, stage, at: connectedAt.getTime(), ...user !== undefined && { user }, ip: sourceIp });
  } catch (error) {
    logFailure('recording the connection', event, error);
    countFailure();
    // The write may have been done and its answer lost.
    await removeConnection(event.requestContext.connectionId).catch(() => undefined);
    return { statusCode: 500 };
  }
  let answer: unknown;
  try {
    answer = await fn();
  } catch (error) {
    await remove(event);
    throw error;
  }
  if (!isAccepted(answer) || Date.now() >= deadline + RESERVE_MS) await remove(event);
  return answer;
}

async function aroundDisconnect(event: WebsocketDisconnectEvent, fn: () => unknown): Promise<unknown> {
  try {
    return await fn();
  } finally {
    await remove(event);
  }
}

/** What a failed removal leaves ends by the first post that is answered with 410, or by its TTL: no reason for another answer. */
async function remove(event: WebsocketConnectEvent | WebsocketDisconnectEvent): Promise<void> {
  try {
    await removeConnection(event.requestContext.connectionId);
  } catch (error) {
    logFailure('removing the connection', event, error);
    countFailure();
  }
}

const RESULT_KEYS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/** Whether API Gateway opens the connection: 2xx, in a response of the right form. */
function isAccepted(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !Object.keys(answer).every((key) => RESULT_KEYS.has(key))) return false;
  const { statusCode, body } = answer as { statusCode?: unknown; body?: unknown };
  // assumed: a status that is text counts
  return /^2\d\d$/.test(String(statusCode)) && (typeof body === 'string' || body === undefined || body === null);
}
