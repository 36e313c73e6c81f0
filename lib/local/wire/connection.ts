import type { Writable } from 'stream';
import { WebSocket } from 'ws';
import { ServedStage } from './served-stage';
import { textFrame } from './text-frame';
import { Close } from '../protocol/close';
import { ConnectionContext } from '../protocol/events';

/** Milliseconds that a client has for its half of the closing handshake. */
const CLOSING_PATIENCE = 2_000;

/** A connection with this many unanswered messages is not read until some are answered. */
const MOST_IN_FLIGHT = 1_000;

/** A client that takes nothing has this much kept for it, in bytes; then it is full. */
const FULL_BACKLOG = 4 * 1024 * 1024;

/** An open WebSocket. */
export class Connection {
  /** When the last message came or went, in milliseconds since 1970 (7.2.4). */
  public lastActiveAt: number;
  /** How we ended it, if we did. */
  public closing?: Close;
  /** The end of the last message's work, if messages are served one after the other. */
  public lastMessage: Promise<void> = Promise.resolve();
  /** Its last message blocked the gateway's thread for long, so its next ones yield to other connections. */
  public isHeavy = false;
  /** When the next message of a heavy connection has its turn. */
  public turn: Promise<unknown> = Promise.resolve();
  /** Messages that are being answered. */
  private inFlight = 0;
  private isPaused = false;

  public constructor(
    public readonly context: ConnectionContext,
    public readonly served: ServedStage,
    private readonly socket: WebSocket,
    /** What `socket` writes to. */
    private readonly transport: Writable,
  ) {
    this.lastActiveAt = context.connectedAt;
  }

  public get id(): string {
    return this.context.connectionId;
  }

  public get isOpen(): boolean {
    return !this.closing && this.socket.readyState === WebSocket.OPEN;
  }

  /** The client does not take what it is sent. */
  public get isFull(): boolean {
    return this.socket.bufferedAmount > FULL_BACKLOG;
  }

  /** Sends a text frame, unless the connection is over; says how many bytes the text has. */
  public send(text: string): number {
    if (!this.isOpen) return 0;
    this.lastActiveAt = Date.now();
    const bytes = Buffer.byteLength(text);
    if (!this.transport.write(textFrame(text, bytes))) {
      this.regulate();
      this.transport.once('drain', () => this.regulate());
    }
    return bytes;
  }

  /** A message came and is to be answered. */
  public begin(): void {
    this.inFlight++;
    this.regulate();
  }

  /** It is answered. */
  public end(): void {
    this.inFlight--;
    this.regulate();
  }

  /** Ends the connection; what the client still sends is not heard. */
  public close(how: Close): void {
    if (!this.isOpen) return;
    this.closing = how;
    // The client's half of the closing handshake has to be read.
    if (this.isPaused) this.socket.resume();
    this.socket.close(how.code, how.reason);
    this.cutOffLater();
  }

  /** Notes that `ws` ends the connection. */
  public noteClose(how: Close): void {
    this.closing ??= how;
    this.cutOffLater();
  }

  /** A client need not answer the close frame. */
  private cutOffLater(): void {
    setTimeout(() => this.socket.terminate(), CLOSING_PATIENCE).unref();
  }

  /** Does not read a client that asks faster than it is answered, or takes no answers: it notices by its own full buffer. */
  private regulate(): void {
    const pause = this.inFlight >= MOST_IN_FLIGHT || this.isFull;
    if (pause === this.isPaused || this.closing) return;
    this.isPaused = pause;
    if (pause) this.socket.pause();
    else this.socket.resume();
  }
}
