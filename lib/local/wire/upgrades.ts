import type { IncomingMessage } from 'http';
import type { Socket } from 'net';
import { WebSocket, WebSocketServer } from 'ws';
import { AddressBook } from './address-book';
import { Admission } from './admission';
import { Connection } from './connection';
import { Disconnects } from './disconnects';
import { Admitted, Refused } from './handshake';
import { Messages } from './messages';
import { refuseHandshake, sayLast } from './refusal';
import { reportRequest, Services } from './requests';
import { SharedUsers, tokenOf } from './shared-users';
import { traceConnected, traceDisconnected, traceRefused } from './traces';
import { Refusal } from '../protocol/connect-answer';
import { newRequest } from '../protocol/events';
import { disconnectOf } from '../protocol/frames';
import { LIMITS } from '../protocol/limits';
import { UNVERIFIED } from '../protocol/unverified';

/** RFC 6455 4.2.1: 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Opens WebSockets. The client is answered nothing before `$connect` has let it in (1.2.1, 1.2.2). */
export class Upgrades {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // assumed (7.2.6): no compression is negotiated
    perMessageDeflate: false,
    // assumed (7.2.5): pings are answered
    autoPong: true,
    maxPayload: LIMITS.messageBytes,
    maxFragments: UNVERIFIED.mostFragments,
  });
  private readonly subprotocols = new WeakMap<IncomingMessage, string>();

  public constructor(
    private readonly services: Services,
    private readonly admission: Admission,
    private readonly messages: Messages,
    private readonly disconnects: Disconnects,
    private readonly users: SharedUsers,
  ) {
    this.server.on('headers', (headers, request) => {
      const subprotocol = this.subprotocols.get(request);
      if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    });
  }

  /** Serves an upgrade request; never throws. */
  public async serve(book: AddressBook, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    if (!isHandshake(request)) return refuseBare(socket, '400 Bad Request');
    // Clients that reconnect at once would keep the gateway from ending, or lose their `$disconnect`.
    if (this.services.connections.closing) return refuseBare(socket, '503 Service Unavailable');
    this.services.beforeHandshake?.(request);
    const answer = await this.admission.decide(book, request);
    if ('refusal' in answer) this.refuse(answer, request, socket);
    else this.accept(answer, request, socket, head);
  }

  /** Refuses a handshake that may not even ask. */
  public refuseVisitor(refusal: Refusal, request: IncomingMessage, socket: Socket): void {
    const stamp = newRequest();
    refuseHandshake(socket, refusal, stamp.requestId);
    if (this.services.trace.isOn) traceRefused(this.services.trace, request, refusal, { stamp });
  }

  private refuse({ refusal, facts }: Refused, request: IncomingMessage, socket: Socket): void {
    refuseHandshake(socket, refusal, facts.stamp.requestId);
    if (this.services.trace.isOn) traceRefused(this.services.trace, request, refusal, facts);
    reportRequest({ ...facts, type: 'connect', status: refusal.status }, this.services);
  }

  private accept({ context, served, subprotocol, facts }: Admitted, request: IncomingMessage, socket: Socket, head: Buffer): void {
    reportRequest({ ...facts, type: 'connect', status: 101 }, this.services);
    const { trace } = this.services;
    const token = context.authorizer && tokenOf(request, served.api);
    if (subprotocol !== undefined) this.subprotocols.set(request, subprotocol);
    // `ws` accepts no list of protocols.
    request.headers.upgrade = 'websocket';
    // `ws` would choose a subprotocol itself, and refuse a list that it cannot read although `$connect` has let the client in.
    delete request.headers['sec-websocket-protocol'];
    let opened = false;
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true;
      const connection = new Connection(context, served, webSocket, socket, this.services.clock);
      if (trace.isOn) traceConnected(trace, request, connection, facts.stamp.requestId, subprotocol);
      this.open(connection, webSocket, socket);
      this.users.opened(connection, token);
    });
    // The client left while `$connect` ran, which may have stored the connection.
    if (!opened) void this.disconnects.run(context, served, UNVERIFIED.lostClose);
  }

  private open(connection: Connection, webSocket: WebSocket, socket: Socket): void {
    this.services.connections.add(connection);
    this.messages.listen(connection, webSocket, socket);
    // assumed (7.2.4): a ping does not keep a connection open
    webSocket.on('error', (error) => connection.noteError(error));
    webSocket.on('close', (code, reason) => {
      this.services.connections.remove(connection);
      this.users.closed(connection);
      const how = connection.closing ?? disconnectOf(code, reason.toString());
      const { trace } = this.services;
      if (trace.isOn) traceDisconnected(trace, connection, how);
      void this.disconnects.run(connection.context, connection.served, how);
    });
  }
}

/** Refuses a handshake without the headers of API Gateway, which has not seen it. */
function refuseBare(socket: Socket, status: string): void {
  sayLast(socket, `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Checked here, since `ws` would check it only after `$connect` had run, and would also accept version 8 of the drafts. */
function isHandshake({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-websocket-version'] === '13' && KEY.test(headers['sec-websocket-key'] ?? '');
}
