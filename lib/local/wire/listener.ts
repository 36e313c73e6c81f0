import * as http from 'http';
import * as https from 'https';
import * as net from 'net';
import type { Duplex } from 'stream';
import { GatewayError } from '../gateway-error';
import { Certificate } from './certificate';
import { portOwner } from './port-owner';
import { sayLast } from './refusal';
import { UpgradeFilter } from './upgrade-filter';

/** What a port serves. */
export interface PortHandlers {
  readonly request: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  readonly upgrade: (request: http.IncomingMessage, socket: net.Socket, head: Buffer) => void;
}

/** Time-outs for clients in milliseconds; by default those of Node.js, which end neither a slow `$connect` nor an open WebSocket. */
export interface Timeouts {
  /** For the first byte. */
  readonly firstByte: number;
  readonly tlsHandshake: number;
  /** For the headers of a request. */
  readonly headers: number;
  /** For a request with its body. */
  readonly request: number;
  /** How often the two above are checked. */
  readonly check: number;
}

const TIMEOUTS: Timeouts = { firstByte: 60_000, tlsHandshake: 120_000, headers: 60_000, request: 300_000, check: 30_000 };

/** The first byte of a TLS handshake; no HTTP method starts with it. */
const TLS_HANDSHAKE = 0x16;

/** Milliseconds that an idle http connection stays open: the SDK uses its connections again. */
const KEEP_ALIVE = 60_000;

/**
 * Bytes of a request's head: as many as its reader needs for an answer of its own to a URL that is far too long (1.1.8), which Node.js
 * would cut off at 16 KB.
 */
const HEAD_BYTES = 65_536;

/** Ports that browsers refuse to connect to: https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119,
  123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
  993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** One port that speaks http, https, ws and wss: the first byte tells. */
export class Listener {
  /** @throws GatewayError PORT_IN_USE, PORT_REFUSED, HOST_NOT_FOUND */
  public static async open(
    port: number, host: string, handlers: PortHandlers, certificate: Certificate, timeouts: Timeouts = TIMEOUTS,
  ): Promise<Listener> {
    if (BLOCKED.has(port)) {
      throw new GatewayError('PORT_REFUSED', `port ${port} is one that browsers refuse to connect to; take another, for example --port 3001`);
    }
    const listener = new Listener(host, handlers, certificate, timeouts);
    await listener.listen(port, host);
    if (host === '127.0.0.1' || host === 'localhost') await listener.listenToIPv6();
    return listener;
  }

  /** Known once it is open, and as long as somebody asks. */
  public port = 0;
  /** The IP address that it listens on, even if `host` is a name. */
  public address = '';
  private readonly servers: net.Server[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly http: http.Server;
  /** Made for the first client that speaks TLS: it takes as long as all else here. */
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
      // The handlers report the error.
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
    // With `Expect: 100-continue`: whoever reads the body asks for it.
    for (const event of ['request', 'checkContinue']) {
      server.on(event, (message: http.IncomingMessage, response: http.ServerResponse) => {
        upgrades.note(message, response);
        request(message, response);
      });
    }
    server.on('upgrade', (message, socket: net.Socket, head) => upgrades.see(message, socket, head));
    server.on('clientError', refuseNoise);
    // A server checks time-outs only after `listen`, which is never called for this one.
    server.emit('listening');
    return server;
  }

  /** "localhost" is ::1 for some clients and 127.0.0.1 for others: half of them would reach whoever else has the port there. */
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
      server.once('error', (error: NodeJS.ErrnoException) => void listenError(error, port, host).then(reject));
      server.listen({ port, host, backlog: 4096 }, () => {
        this.servers.push(server);
        const { port: taken, address } = server.address() as net.AddressInfo;
        this.port ||= taken;
        this.address ||= address;
        resolve();
      });
    });
  }

  private accept(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
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

const NOISE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** A malformed, oversized or slow request never reaches the handlers. */
function refuseNoise({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  // A client that does not speak TLS could not read the answer, and one that has gone does not need it.
  if (!/^(?:HPE|ERR_HTTP)_/.test(code)) socket.destroy();
  else sayLast(socket, `HTTP/1.1 ${NOISE[code] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function listenError(error: NodeJS.ErrnoException, port: number, host: string): Promise<GatewayError> {
  if (error.code === 'EADDRINUSE') {
    const owner = await portOwner(port) ?? 'another process';
    return new GatewayError('PORT_IN_USE', `port ${port} is taken by ${owner}; end it, or take another port: --port ${await freePort(port + 1, host)}`);
  }
  if (error.code === 'EACCES') {
    return new GatewayError('PORT_REFUSED', `port ${port} is not open to this user (${error.message}); take one above 1023, for example --port 3001`);
  }
  return new GatewayError('HOST_NOT_FOUND', `cannot listen on host ${JSON.stringify(host)} (${error.message}); take 127.0.0.1, or an address of this machine`);
}

/** The next port that nobody has, nor browsers refuse. */
async function freePort(first: number, host: string): Promise<number> {
  for (let port = first; port <= 65_535; port++) {
    if (!BLOCKED.has(port) && await isFree(port, host)) return port;
  }
  return 0;
}

function isFree(port: number, host: string): Promise<boolean> {
  const probe = net.createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
