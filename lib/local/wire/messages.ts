import { Connection } from './connection';
import { reportRequest } from './request-report';
import { callRoute, RouteOutcome } from './route-call';
import { Services } from './services';
import { Route } from '../assembly/model';
import { CLOSES } from '../protocol/close';
import { CONNECT_FAILURES } from '../protocol/connect-answer';
import { errorFrame, FrameMessage } from '../protocol/error-frame';
import { EventTime, messageEvent } from '../protocol/events';
import { newId } from '../protocol/ids';
import { LIMITS } from '../protocol/limits';
import { UNVERIFIED } from '../protocol/unverified';

/** What a client gets in answer to a message. */
interface Answer {
  readonly status: number;
  /** Sent to the client. */
  readonly frame?: string;
  readonly reason?: string;
  readonly outcome?: RouteOutcome;
}

/** Milliseconds of work in the gateway, without the function, that make a connection heavy. */
const HEAVY_MS = 50;

/** Serves what clients say (section 4). */
export class Messages {
  public constructor(private readonly services: Services) {}

  /** Takes a message of a connection; never throws. */
  public receive(connection: Connection, data: Buffer, isBinary: boolean): void {
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
  }

  /** Models and templates are bounded for each message; this keeps many such messages from blocking other connections. */
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
    const time = { requestId: newId(), now: Date.now() };
    const route = connection.served.routeFor(body);
    const answer = await this.answer(connection, route, body, time);
    const bytesOut = answer.frame === undefined ? 0 : connection.send(answer.frame);
    if (!this.services.observe) return;
    reportRequest({
      type: 'message',
      connectionId: connection.id,
      requestId: time.requestId,
      served: connection.served,
      startedAt: time.now,
      routeKey: route?.routeKey,
      integration: route?.integration,
      bytesIn: Buffer.byteLength(body),
      bytesOut,
      ...answer,
    }, this.services);
  }

  private async answer(connection: Connection, route: Route | undefined, body: string, time: EventTime): Promise<Answer> {
    const { served, context } = connection;
    const error = (message: FrameMessage, status: number, reason: string, outcome?: RouteOutcome): Answer => ({
      status, reason, outcome, frame: errorFrame(message, context.connectionId, time.requestId),
    });
    // 4.4.1
    if (!route) return error('Forbidden', 403, served.noRouteReason(body));
    if (!served.admits(route.routeKey)) {
      return error(UNVERIFIED.throttledFrame, 429, 'the throttling settings of the stage or route let no more messages pass');
    }
    const complaint = served.bodyComplaint(route, body);
    if (complaint) return error('Invalid request body', 400, complaint);

    const messageId = newId();
    const outcome = await callRoute({
      route,
      context,
      time,
      extra: { eventType: 'MESSAGE', messageId },
      event: () => messageEvent(context, time, { routeKey: route.routeKey, messageId, body }),
      body,
    }, this.services);
    if (!outcome.ok) return error(outcome.message, CONNECT_FAILURES[outcome.kind].status, outcome.reason, outcome);
    // 5.1.2
    if (!route.twoWay) return { status: outcome.status, outcome };
    const frame = outcome.body ?? '';
    if (Buffer.byteLength(frame) > LIMITS.messageBytes) {
      return error(UNVERIFIED.oversizedResponse, 500, `the response is longer than ${LIMITS.messageBytes} bytes`, outcome);
    }
    return { status: outcome.status, frame, outcome };
  }
}
