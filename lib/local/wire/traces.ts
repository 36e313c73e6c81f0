import type { IncomingMessage } from 'http';
import type { Connection } from './connection';
import type { HandshakeFacts } from './handshake';
import type { InvocationResult, Invoker } from '../functions/invoker';
import type { Refusal } from '../protocol/connect-answer';
import { Close } from '../protocol/frames';
import { plainAddress } from '../protocol/host';
import { UNVERIFIED } from '../protocol/unverified';
import type { FrameEntry, Handshake, InvocationEntry, Trace } from '../trace';

/*
 * The entries of `wire/`. Whoever calls asks `trace.isOn` before, so that nothing is made for nobody.
 */

export function traceConnected(
  trace: Trace, request: IncomingMessage, { context, served, user }: Connection, requestId: string, subprotocol: string | undefined,
): void {
  const { connectionId, authorizer } = context;
  trace.add({
    type: 'connected',
    time: Date.now(),
    connectionId,
    ...handshakeOf(request),
    requestId,
    api: served.api.name,
    stage: context.stage,
    authorizer,
    user,
    subprotocol,
  });
}

export function traceRefused(
  trace: Trace, request: IncomingMessage, { status, body }: Refusal, { stamp, served, reason }: HandshakeFacts,
): void {
  const { requestId } = stamp;
  const of = { requestId, api: served?.api.name, stage: served?.stage.name };
  trace.add({ type: 'refused', time: Date.now(), ...handshakeOf(request), ...of, status, body, reason });
}

export function traceFrame(trace: Trace, { id }: Connection, frame: Omit<FrameEntry, 'type' | 'connectionId'>): void {
  trace.add({ type: 'frame', time: Date.now(), connectionId: id, ...frame });
}

export function traceDisconnected(trace: Trace, { id, closing, endedBy }: Connection, { code, reason }: Close): void {
  const by = endedBy ?? (closing ? 'gateway' : code === UNVERIFIED.lostClose.code ? 'network' : 'client');
  trace.add({ type: 'disconnected', time: Date.now(), connectionId: id, code, reason, by });
}

/** Whose invocation it is. */
type Occasion = Pick<InvocationEntry, 'role' | 'requestId' | 'connectionId' | 'routeKey'>;

interface Traced {
  readonly invoker: Invoker;
  readonly trace: Trace;
  readonly functionPath: (functionId: string) => string;
}

/** An invoker whose invocations are traced, those that begin while somebody listens. */
export function tracedInvoker({ invoker, trace, functionPath }: Traced, occasion: Occasion): Invoker {
  return {
    load: (functionId) => invoker.load(functionId),
    invoke: async (functionId, event, onStart, options) => {
      if (!trace.isOn) return invoker.invoke(functionId, event, onStart, options);
      let start = { startedAt: Date.now(), isColdStart: false };
      const result = await invoker.invoke(functionId, event, (isColdStart = false) => {
        start = { startedAt: Date.now(), isColdStart };
        onStart?.(isColdStart);
      }, options);
      const of = { ...occasion, functionId, target: functionPath(functionId), event };
      trace.add({ type: 'invocation', time: Date.now(), ...of, ...start, ...outcomeOf(result) });
      return result;
    },
  };
}

function outcomeOf(result: InvocationResult): Pick<InvocationEntry, 'invocationId' | 'duration' | 'answer' | 'error'> {
  const { requestId: invocationId, duration } = result;
  if (result.ok) return { invocationId, duration, answer: result.payload };
  const { errorType, errorMessage, stackTrace } = result;
  return { invocationId, duration, error: { type: errorType, message: errorMessage, stackTrace } };
}

function handshakeOf({ url = '', rawHeaders, socket }: IncomingMessage): Pick<Handshake, 'url' | 'rawHeaders' | 'sourceIp'> {
  return { url, rawHeaders, sourceIp: plainAddress(socket.remoteAddress ?? '') };
}
