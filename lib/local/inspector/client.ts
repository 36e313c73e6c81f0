import type { IncomingHttpHeaders, IncomingMessage } from 'http';
import * as net from 'net';
import { WebSocket } from 'ws';

/** Whereto a client connects, and with what. */
export interface Handshake {
  /** Path and query string. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
}

/** A handshake that was not answered with 101. */
export interface RefusedHandshake {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** An address of the gateway itself. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds: `$connect` and its authorizer may take 29 seconds each. */
const HANDSHAKE_PATIENCE = 65_000;
const CLOSING_PATIENCE = 2_000;
/** Bytes of a refusal that are kept. */
const MOST_BODY = 65_536;
/** Bytes that wait to be sent. */
const MOST_BACKLOG = 4 * 1024 * 1024;
/** More than the service sends in one frame. */
const MOST_MESSAGE = 1_048_576;

/** A WebSocket client of the playground. What it receives is in the trace already, so that it keeps nothing. */
export class PlaygroundClient {
  public state: 'connecting' | 'open' | 'closed' = 'connecting';
  public refused?: RefusedHandshake;
  public code?: number;
  public reason?: string;
  /** Resolves when the handshake is over, or has failed. */
  public readonly settled: Promise<void>;
  private readonly socket: WebSocket;

  /** @throws Error if a header or subprotocol cannot be sent */
  public constructor({ host, port }: OwnAddress, { target, headers, subprotocols }: Handshake, private readonly onChange: () => void) {
    this.socket = new WebSocket(`ws://localhost:${port}${target}`, [...subprotocols], {
      headers: { ...headers },
      // Whatever the URL says, no connection leaves the gateway.
      createConnection: () => net.connect({ host, port }),
      followRedirects: false,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_PATIENCE,
      maxPayload: MOST_MESSAGE,
    });
    this.settled = new Promise((resolve) => this.listen(resolve));
  }

  /** The port from which it connected, by which the gateway knows it. */
  public get localPort(): number | undefined {
    return (this.socket as unknown as { readonly _socket?: net.Socket })._socket?.localPort;
  }

  /** @throws Error if it is not open, or the gateway does not read it */
  public send(text: string): void {
    if (this.state !== 'open') throw new Error(`the client is ${this.state}`);
    if (this.socket.bufferedAmount > MOST_BACKLOG) throw new Error('the gateway does not read what this client sends: wait');
    this.socket.send(text);
  }

  /** @throws Error for a code that no client may send */
  public close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), CLOSING_PATIENCE).unref();
  }

  private listen(settle: () => void): void {
    const { socket } = this;
    socket.on('open', () => {
      this.state = 'open';
      this.onChange();
      settle();
    });
    socket.on('unexpected-response', (_request, response) => void this.noteRefusal(response));
    socket.on('error', ({ message }) => { this.reason ??= message; });
    socket.on('close', (code, reason) => {
      // A handshake that nobody answered, since the gateway is ending.
      if (this.state === 'connecting') this.refused ??= { status: 0, body: this.reason ?? 'the connection was cut', headers: {} };
      this.state = 'closed';
      this.code = code;
      if (reason.length > 0) this.reason = reason.toString();
      this.onChange();
      settle();
    });
  }

  private async noteRefusal(response: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        if (length < MOST_BODY) chunks.push(chunk);
        length += chunk.length;
      }
    } catch {
      // What has come is shown.
    }
    const body = Buffer.concat(chunks).subarray(0, MOST_BODY).toString();
    this.refused = { status: response.statusCode ?? 0, body, headers: response.headers };
    // Ends as one whose connection is lost, since `ws` leaves it to its user.
    this.socket.terminate();
  }
}
