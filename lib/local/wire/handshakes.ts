import type { IncomingMessage } from 'http';
import type { Socket } from 'net';
import { WebSocket, WebSocketServer } from 'ws';
import { AddressBook } from './address-book';
import { Admission, Entrance, Refused } from './admission';
import { closeOfBrokenFrame } from './broken-frame';
import { Connection } from './connection';
import { FrameTap } from './frame-tap';
import { Lifecycle } from './lifecycle';
import { Messages } from './messages';
import { refuseHandshake, sayLast } from './refusal';
import { reportRequest } from './request-report';
import { Services } from './services';
import { CLOSES } from '../protocol/close';
import { LIMITS } from '../protocol/limits';
import { UNVERIFIED } from '../protocol/unverified';

/** RFC 6455 4.2.1: 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Opens WebSockets: nothing is said to the client before `$connect` has let it in (1.2.1, 1.2.2). */
export class Handshakes {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // assumed (7.2.6): no compression is agreed on
    perMessageDeflate: false,
    // assumed (7.2.5): pings are answered
    autoPong: true,
    maxPayload: LIMITS.messageBytes,
    // 7.4
    maxFragments: UNVERIFIED.mostFragments,
  });
  private readonly subprotocols = new WeakMap<IncomingMessage, string>();

  public constructor(
    private readonly services: Services,
    private readonly admission: Admission,
    private readonly messages: Messages,
    private readonly lifecycle: Lifecycle,
  ) {
    this.server.on('headers', (headers, request) => {
      const subprotocol = this.subprotocols.get(request);
      // 2.8, 2.9: what the function says, as it says it.
      if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    });
  }

  /** Serves an upgrade request; never throws. */
  public async upgrade(book: AddressBook, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    if (!isHandshake(request)) return turnAway(socket, '400 Bad Request');
    // Clients that connect again as soon as they are closed would keep the gateway from its end, or lose their `$disconnect`.
    if (this.services.connections.closing) return turnAway(socket, '503 Service Unavailable');
    const decision = await this.admission.decide(book, request);
    if ('refusal' in decision) this.refuse(decision, socket);
    else this.accept(decision, request, socket, head);
  }

  private refuse({ refusal, facts }: Refused, socket: Socket): void {
    refuseHandshake(socket, refusal, facts.requestId);
    reportRequest({ ...facts, type: 'connect', status: refusal.status }, this.services);
  }

  private accept(entrance: Entrance, request: IncomingMessage, socket: Socket, head: Buffer): void {
    reportRequest({ ...entrance.facts, type: 'connect', status: 101 }, this.services);
    if (entrance.subprotocol !== undefined) this.subprotocols.set(request, entrance.subprotocol);
    // `ws` takes no list of protocols.
    request.headers.upgrade = 'websocket';
    // `ws` would choose one, and refuse a list that it cannot read after `$connect` has let the client in.
    delete request.headers['sec-websocket-protocol'];
    let opened = false;
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true;
      this.serve(new Connection(entrance.context, entrance.served, webSocket, socket), webSocket, socket);
    });
    // The client went away while `$connect` ran, which has noted it down by now.
    if (!opened) void this.lifecycle.disconnected(entrance.context, entrance.served, UNVERIFIED.lostClose);
  }

  private serve(connection: Connection, webSocket: WebSocket, socket: Socket): void {
    this.services.connections.add(connection);
    this.listen(connection, webSocket, socket);
    // assumed (7.2.4): a ping does not keep a connection open
    webSocket.on('error', (error) => connection.noteClose(closeOfBrokenFrame(error)));
    webSocket.on('close', (code, reason) => {
      this.services.connections.remove(connection);
      void this.lifecycle.closed(connection, code, reason.toString());
    });
  }

  /** Messages are served up to the first frame that is too long (7.2.1), which may have come with them. */
  private listen(connection: Connection, webSocket: WebSocket, socket: Socket): void {
    const tap = new FrameTap(LIMITS.frameBytes);
    let received = 0;
    socket.prependListener('data', (chunk: Buffer) => tap.see(chunk));
    webSocket.on('message', (data, isBinary) => {
      if (received++ < tap.soundMessages) this.messages.receive(connection, data as Buffer, isBinary);
    });
    // `ws` has read the chunk before.
    socket.on('data', () => {
      if (tap.soundMessages < Infinity) connection.close(CLOSES.tooBig);
    });
  }
}

/** An answer that is not of API Gateway: nothing of it runs. */
function turnAway(socket: Socket, status: string): void {
  sayLast(socket, `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** `ws` would find out only after `$connect` had run. */
function isHandshake({ method, headers }: IncomingMessage): boolean {
  // `ws` would take the drafts' version 8 too.
  return method === 'GET' && headers['sec-websocket-version'] === '13' && KEY.test(headers['sec-websocket-key'] ?? '');
}
