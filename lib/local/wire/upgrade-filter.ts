import type { IncomingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';

/** Whether a client asks for a WebSocket, maybe among other protocols (RFC 9110 7.8). */
export function isWebSocketUpgrade({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return (headers.upgrade ?? '').split(',').some((protocol) => protocol.trim().toLowerCase() === 'websocket');
}

/**
 * Ignores upgrades to other protocols (RFC 9110 7.8): Java's HttpClient and `curl --http2` offer HTTP/2 (`Upgrade: h2c`) with an ordinary
 * request. Node.js takes every upgrade for one that its server wants, and reads no further; so the request is put back in
 * front of what follows it, without the header, and read again. `shouldUpgradeCallback` of Node.js 24.9 loses what was sent behind it.
 */
export class UpgradeFilter {
  /** The response to the last request of each connection, so that requests sent ahead are answered in order. */
  private readonly answers = new WeakMap<Socket, ServerResponse>();

  /**
   * @param readAgain makes the server parse the socket from its beginning
   * @param upgrade handles upgrades to WebSocket
   */
  public constructor(
    private readonly readAgain: (socket: Socket) => void,
    private readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void,
  ) {}

  /** A request without an upgrade. */
  public note({ socket }: IncomingMessage, response: ServerResponse): void {
    this.answers.set(socket, response);
  }

  /** An upgrade, of whatever kind. */
  public see(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A client that leaves during a handshake is not an error, but an unhandled `error` event of its socket would be.
    socket.on('error', () => socket.destroy());
    const before = this.answers.get(socket);
    // Requests that were sent without waiting are answered in order.
    if (before && !before.writableFinished) before.once('close', () => this.lead(request, socket, head));
    else this.lead(request, socket, head);
  }

  private lead(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (socket.destroyed) return;
    if (isWebSocketUpgrade(request)) return this.upgrade(request, socket, head);
    socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
    this.readAgain(socket);
  }
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i].toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  }
  // As in Node.js, one character per byte.
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1');
}
