import * as http from 'http';
import * as https from 'https';
import * as net from 'net';
import type { Duplex } from 'stream';
import { GatewayError } from '../gateway-error';
import { Certificate } from './certificate';
import { descriptors } from './descriptors';
import { portError, refuseBlockedPort } from './port-errors';
import { sayLast } from './refusal';

/** What a port does with requests. */
export interface PortHandlers {
  readonly request: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  readonly upgrade: (request: http.IncomingMessage, socket: net.Socket, head: Buffer) => void;
  /** A client was refused, since the process has no file descriptors left. */
  readonly noRoom?: () => void;
}

/** Timeouts for clients in milliseconds; by default those of Node.js, which end neither a slow `$connect` nor an open WebSocket. */
export interface Timeouts {
  /** Until the first byte. */
  readonly firstByte: number;
  readonly tlsHandshake: number;
  /** Until the headers of a request are complete. */
  readonly headers: number;
  /** Until a request with its body is complete. */
  readonly request: number;
  /** Between two checks of the two timeouts above. */
  readonly check: number;
}

const TIMEOUTS: Timeouts = { firstByte: 60_000, tlsHandshake: 120_000, headers: 60_000, request: 300_000, check: 30_000 };

/** The first byte of a TLS handshake; no HTTP method starts with it. */
const TLS_HANDSHAKE = 0x16;

/** Milliseconds that an idle http connection stays open, since the SDK reuses connections. */
const KEEP_ALIVE = 60_000;

/** Bytes of a request's head. Node.js would refuse more than 16 KB itself, but a URL that is too long has its own answer (1.1.8). */
const HEAD_BYTES = 65_536;

/** One port that speaks http, https, ws and wss, distinguished by the first byte. */
export class Listener {
  /** @throws GatewayError PORT_IN_USE, PORT_REFUSED, HOST_NOT_FOUND */
  public static async open(
    port: number, host: string, handlers: PortHandlers, certificate: Certificate, timeouts: Timeouts = TIMEOUTS,
  ): Promise<Listener> {
    refuseBlockedPort(port);
    const listener = new Listener(host, handlers, certificate, timeouts);
    await listener.listen(port, host);
    if (host === '127.0.0.1' || host === 'localhost') await listener.listenToIPv6();
    return listener;
  }

  /** The number of the port, also after `close`. */
  public port = 0;
  /** The IP address on which the port listens, even if `host` is a name. */
  public address = '';
  private readonly servers: net.Server[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly http: http.Server;
  /** Made for the first TLS client, since making this server takes as long as everything else here. */
  private https?: https.Server;

  private constructor(
    public readonly host: string, private readonly handlers: PortHandlers, private readonly certificate: Certificate,
    private readonly timeouts: Timeouts,
  ) {
    this.http = this.handled(http.createServer(this.options), 'connection');
  }

  /** Frees the port and ends every socket that is still open. */
  public async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.sockets) socket.destroy();
    this.http.close();
    this.https?.close();
    await Promise.all(closed);
  }

  private get options(): http.ServerOptions {
    return {
      maxHeaderSize: HEAD_BYTES,
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: this.timeouts.headers,
      requestTimeout: this.timeouts.request,
      connectionsCheckingInterval: this.timeouts.check,
      // `Visitors` reports a missing `Host`.
      requireHostHeader: false,
    };
  }

  private secured(): https.Server {
    const { certificate: { key, cert }, timeouts } = this;
    const options = { ...this.options, key, cert, minVersion: 'TLSv1.2', handshakeTimeout: timeouts.tlsHandshake } as const;
    return this.handled(https.createServer(options), 'secureConnection');
  }

  /** @param arrival the event by which a server takes a connection over */
  private handled<S extends http.Server>(server: S, arrival: string): S {
    const { request, upgrade } = this.handlers;
    const upgrades = new UpgradeFilter((socket) => this.pass(socket, server, arrival), upgrade);
    // `checkContinue`: with `Expect: 100-continue`, whoever reads the body requests it.
    for (const event of ['request', 'checkContinue']) {
      server.on(event, (message: http.IncomingMessage, response: http.ServerResponse) => {
        upgrades.noteRequest(message, response);
        request(message, response);
      });
    }
    server.on('upgrade', (message, socket: net.Socket, head) => upgrades.upgrade(message, socket, head));
    server.on('clientError', refuseMalformed);
    // A server checks its timeouts only after `listen`, which is never called here.
    server.emit('listening');
    return server;
  }

  /** "localhost" is ::1 for some clients and 127.0.0.1 for others, and another process may have the port at ::1. */
  private async listenToIPv6(): Promise<void> {
    try {
      await this.listen(this.port, '::1');
    } catch (error) {
      if ((error as GatewayError).code !== 'PORT_IN_USE') return; // This machine has no IPv6.
      await this.close();
      throw error;
    }
  }

  private listen(port: number, host: string): Promise<void> {
    const server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
    return new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => void portError(error, port, host).then(reject));
      server.listen({ port, host, backlog: 4096 }, () => {
        this.servers.push(server);
        // The system could not accept a client. Without a listener, this would end the process.
        server.removeAllListeners('error').on('error', () => this.handlers.noRoom?.());
        const { port: taken, address } = server.address() as net.AddressInfo;
        this.port ||= taken;
        this.address ||= address;
        resolve();
      });
    });
  }

  private accept(socket: net.Socket): void {
    if (!descriptors.take()) {
      socket.destroy();
      this.handlers.noRoom?.();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      descriptors.free();
    });
    socket.on('error', () => socket.destroy());
    const giveUp = (): unknown => socket.destroy();
    socket.setTimeout(this.timeouts.firstByte, giveUp);
    socket.once('data', (first) => {
      socket.setTimeout(0, giveUp);
      socket.unshift(first);
      this.pass(socket, first[0] === TLS_HANDSHAKE ? this.https ??= this.secured() : this.http, 'connection');
    });
  }

  /** Hands a socket to a server from its first byte. */
  private pass(socket: net.Socket, server: http.Server, arrival: string): void {
    socket.pause();
    server.emit(arrival, socket);
    process.nextTick(() => socket.resume());
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers malformed, oversized and slow requests, which never reach the handlers. */
function refuseMalformed({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  // A client that does not speak TLS could not read an answer, and one that has left needs none.
  if (!/^(?:HPE|ERR_HTTP)_/.test(code)) socket.destroy();
  else sayLast(socket, `HTTP/1.1 ${REFUSALS[code] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Whether an upgrade is to WebSocket, maybe among other protocols (RFC 9110 7.8). */
export function isWebSocketUpgrade({ headers }: Pick<http.IncomingMessage, 'headers'>): boolean {
  return (headers.upgrade ?? '').split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}

/**
 * Ignores upgrades to other protocols (RFC 9110 7.8): Java's HttpClient and `curl --http2` offer HTTP/2 (`Upgrade: h2c`) with an ordinary
 * request. Node.js treats every upgrade as one that the server wants and stops parsing, so the request is put back in front of what
 * follows it, without the header, and parsed again. `shouldUpgradeCallback` of Node.js 24.9 loses what was sent behind the request.
 */
export class UpgradeFilter {
  /** The response to the last request of each socket, so that pipelined requests are answered in order. */
  private readonly responses = new WeakMap<net.Socket, http.ServerResponse>();

  /**
   * @param parseAgain makes the server parse the socket as if it had just connected
   * @param handle handles upgrades to WebSocket
   */
  public constructor(
    private readonly parseAgain: (socket: net.Socket) => void,
    private readonly handle: (request: http.IncomingMessage, socket: net.Socket, head: Buffer) => void,
  ) {}

  /** Notes a request without an upgrade. */
  public noteRequest({ socket }: http.IncomingMessage, response: http.ServerResponse): void {
    this.responses.set(socket, response);
  }

  /** Handles a request with an upgrade, to WebSocket or not. */
  public upgrade(request: http.IncomingMessage, socket: net.Socket, head: Buffer): void {
    // A client that leaves during a handshake is not an error, but an unhandled `error` event of its socket would be.
    socket.on('error', () => socket.destroy());
    const before = this.responses.get(socket);
    if (before && !before.writableFinished) before.once('close', () => this.pass(request, socket, head));
    else this.pass(request, socket, head);
  }

  private pass(request: http.IncomingMessage, socket: net.Socket, head: Buffer): void {
    if (socket.destroyed) return;
    if (isWebSocketUpgrade(request)) return this.handle(request, socket, head);
    socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
    this.parseAgain(socket);
  }
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: http.IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i].toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  }
  // Node.js reads heads as latin1: one character per byte.
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
}
