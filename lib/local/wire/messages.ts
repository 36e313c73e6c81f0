import type { Socket } from 'net';
import { WebSocket } from 'ws';
import { Connection } from './connection';
import { callRoute, reportRequest, RouteOutcome, Services } from './requests';
import { FrameTap } from './text-frame';
import { traceFrame } from './traces';
import { Route } from '../assembly/local-app';
import { CONNECT_FAILURES } from '../protocol/connect-answer';
import { messageEvent, newId, newRequest, RequestStamp } from '../protocol/events';
import { CLOSES, errorFrame, FrameMessage } from '../protocol/frames';
import { LIMITS } from '../protocol/limits';
import { UNVERIFIED } from '../protocol/unverified';

/** How a message was answered. */
interface MessageAnswer {
  readonly status: number;
  /** Sent to the client. */
  readonly frame?: string;
  readonly reason?: string;
  readonly outcome?: RouteOutcome;
}

/** Milliseconds of work in the gateway, without the function, that make a connection heavy. */
const HEAVY_MS = 50;

/** Whoever sends an `id` waits for it, and nothing else would say why it does not come. */
const NO_REPLY = 'the reply to the id of this message reaches nobody: the route has no `returnResponse: true`';

/** Serves the messages of clients (section 4). */
export class Messages {
  public constructor(private readonly services: Services) {}

  /** Serves the messages of a connection from now on, up to the first frame that is too long (7.2.1): one chunk may bring both. */
  public listen(connection: Connection, webSocket: WebSocket, socket: Socket): void {
    const tap = new FrameTap(LIMITS.frameBytes);
    let received = 0;
    socket.prependListener('data', (chunk: Buffer) => tap.see(chunk));
    webSocket.on('message', (data, isBinary) => {
      if (received++ < tap.soundMessages) this.receive(connection, data as Buffer, isBinary);
    });
    // Registered after the listener of `ws`, which has read the chunk by then.
    socket.on('data', () => {
      if (tap.soundMessages < Infinity) connection.close(CLOSES.tooBig);
    });
  }

  private receive(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (!connection.isOpen) return;
    if (isBinary) {
      // 4.3.1: no event, no frame.
      connection.close(CLOSES.binary);
      return;
    }
    connection.lastActiveAt = Date.now();
    connection.begin();
    const served = this.services.serial
      ? connection.lastMessage.then(() => this.serveInTurn(connection, data.toString()))
      : this.serveInTurn(connection, data.toString());
    connection.lastMessage = served.then(() => connection.end());
    if (this.services.faults?.random) this.services.faults.received(connection);
  }

  /** Models and templates are bounded for each message; turns keep many expensive messages from blocking other connections. */
  private serveInTurn(connection: Connection, body: string): Promise<void> {
    if (!connection.isHeavy) return this.serveNow(connection, body);
    connection.turn = connection.turn.then(() => new Promise(setImmediate));
    return connection.turn.then(() => this.serveNow(connection, body));
  }

  private serveNow(connection: Connection, body: string): Promise<void> {
    const startedAt = Date.now();
    const served = this.serve(connection, body);
    connection.isHeavy = Date.now() - startedAt >= HEAVY_MS;
    return served;
  }

  private async serve(connection: Connection, body: string): Promise<void> {
    const stamp = newRequest();
    const route = connection.served.routeFor(body);
    const { trace } = this.services;
    if (trace.isOn) traceFrame(trace, connection, { direction: 'in', text: body, requestId: stamp.requestId, routeKey: route?.routeKey });
    const answer = await this.answer(connection, route, body, stamp);
    const { frame, reason } = answer;
    if (trace.isOn && frame !== undefined && connection.isOpen) {
      const by = reason === undefined ? 'reply' : 'error';
      traceFrame(trace, connection, { direction: 'out', text: frame, by, requestId: stamp.requestId, reason });
    }
    const bytesOut = frame === undefined ? 0 : connection.send(frame);
    if (!this.services.observe) return;
    reportRequest({
      type: 'message',
      connectionId: connection.id,
      stamp,
      served: connection.served,
      routeKey: route?.routeKey,
      integration: route?.integration,
      bytesIn: Buffer.byteLength(body),
      bytesOut,
      ...answer,
    }, this.services);
  }

  private async answer(connection: Connection, route: Route | undefined, body: string, stamp: RequestStamp): Promise<MessageAnswer> {
    const { served, context } = connection;
    const error = (message: FrameMessage, status: number, reason: string, outcome?: RouteOutcome): MessageAnswer => ({
      status, reason, outcome, frame: errorFrame(message, context.connectionId, stamp.requestId),
    });
    // 4.4.1: neither a route nor `$default`.
    if (!route) return error('Forbidden', 403, served.noRouteReason(body));
    if (!served.admits(route.routeKey, this.services)) {
      return error(UNVERIFIED.throttledFrame, 429, 'the throttling settings of the stage or route let no more messages pass');
    }
    const bodyError = served.bodyError(route, body);
    if (bodyError) return error('Invalid request body', 400, bodyError);

    const messageId = newId();
    const outcome = await callRoute({
      route,
      context,
      stamp,
      extra: { eventType: 'MESSAGE', messageId },
      event: () => messageEvent(context, stamp, { routeKey: route.routeKey, messageId, body }),
      body,
    }, this.services);
    if (!outcome.ok) return error(outcome.message, CONNECT_FAILURES[outcome.kind].status, outcome.reason, outcome);
    // 5.1.2: a one-way route sends nothing.
    if (!route.twoWay) return { status: outcome.status, outcome, ...isReply(outcome.body) && { reason: NO_REPLY } };
    const frame = outcome.body ?? '';
    if (Buffer.byteLength(frame) > LIMITS.messageBytes) {
      return error(UNVERIFIED.oversizedResponse, 500, `the response is longer than ${LIMITS.messageBytes} bytes`, outcome);
    }
    return { status: outcome.status, frame, outcome };
  }
}

/** The envelope of `onMessage` for a message that has an `id`. */
function isReply(body: string | undefined): boolean {
  return body !== undefined && /^\{"id":[^{[]+?,"(?:data|error)":/.test(body);
}
