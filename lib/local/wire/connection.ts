import { isUtf8 } from 'buffer';
import type { Socket } from 'net';
import type { Writable } from 'stream';
import { WebSocket } from 'ws';
import { ServedStage } from './served-stage';
import { textFrame } from './text-frame';
import type { Clock } from '../clock';
import { ConnectionContext } from '../protocol/events';
import { Close, CLOSES } from '../protocol/frames';
import { UNVERIFIED } from '../protocol/unverified';

/** Milliseconds that a client has for its half of the closing handshake. */
const CLOSING_PATIENCE = 2_000;

/** A connection with this many unanswered messages is not read until some are answered. */
const MOST_IN_FLIGHT = 1_000;

/** Bytes that the gateway keeps for a client that does not read them; beyond them, the connection is full. */
const FULL_BACKLOG = 4 * 1024 * 1024;

/** Bytes that the gateway keeps for all clients; beyond them, a connection is full sooner. */
const MOST_BACKLOGS = 256 * 1024 * 1024;

/** Bytes for a client while those for all are too many. */
const FAIR_BACKLOG = 16 * 1024;

/** What waits for all clients of this process. */
const backlogs = { bytes: 0 };

/** A fault that keeps everything from passing (docs/faults.md), and what waits for its end. */
interface Silence {
  readonly how: 'stalled' | 'half-open';
  readonly frames: Buffer[];
  /** Of all that was written, also of what is lost: a client that reads nothing is full one day. */
  bytes: number;
}

const UNMOVED = { moved: 0 };

/** An open WebSocket. */
export class Connection {
  /** How the gateway ended the connection; absent if it did not. */
  public closing?: Close;
  /** Who ended the connection, if it was neither of the two that the close tells. */
  public endedBy?: 'fault';
  /** Settles when the last message is served, if messages are served one after the other. */
  public lastMessage: Promise<void> = Promise.resolve();
  /** Whether the last message blocked the gateway's thread for long, so that the next ones yield to other connections. */
  public isHeavy = false;
  /** When the next message of a heavy connection has its turn. */
  public turn: Promise<unknown> = Promise.resolve();
  private inFlight = 0;
  private isPaused = false;
  private waitsForDrain = false;
  /** Bytes that were written since the client reads too slowly. */
  private backlog = 0;
  private activeAt: number;
  private movedWhenActive: number;
  private readonly movedWhenOpened: number;
  private silenced?: Silence;

  public constructor(
    public readonly context: ConnectionContext,
    public readonly served: ServedStage,
    private readonly socket: WebSocket,
    /** The stream that `socket` writes to. */
    private readonly transport: Writable,
    private readonly clock: Pick<Clock, 'moved'> = UNMOVED,
  ) {
    this.activeAt = context.connectedAt;
    this.movedWhenActive = this.movedWhenOpened = clock.moved;
  }

  /** When the last message came or went, in milliseconds since 1970 (7.2.4). */
  public get lastActiveAt(): number {
    return this.activeAt;
  }

  public set lastActiveAt(time: number) {
    this.activeAt = time;
    this.movedWhenActive = this.clock.moved;
  }

  /** The same by the clock of the gateway. */
  public get idleSince(): number {
    return this.activeAt + this.movedWhenActive;
  }

  /** When the connection was opened, by the clock of the gateway. */
  public get openSince(): number {
    return this.context.connectedAt + this.movedWhenOpened;
  }

  /** The fault that keeps everything from passing, if there is one. */
  public get silence(): Silence['how'] | undefined {
    return this.silenced?.how;
  }

  public get id(): string {
    return this.context.connectionId;
  }

  /** `principalId` or `sub` of the authorizer's context. */
  public get user(): string | undefined {
    const { authorizer } = this.context;
    const user = authorizer?.principalId ?? authorizer?.sub;
    return user === undefined || user === null ? undefined : String(user);
  }

  /** The port of the client. */
  public get remotePort(): number | undefined {
    return (this.transport as Partial<Socket>).remotePort;
  }

  public get isOpen(): boolean {
    return !this.closing && this.socket.readyState === WebSocket.OPEN;
  }

  /** Whether too many bytes wait for the client to read them. */
  public get isFull(): boolean {
    const unsent = this.socket.bufferedAmount + (this.silenced?.bytes ?? 0);
    return unsent > (backlogs.bytes > MOST_BACKLOGS ? FAIR_BACKLOG : FULL_BACKLOG);
  }

  /** Sends a text frame, unless the connection is over; returns the bytes of the text. */
  public send(text: string): number {
    if (!this.isOpen) return 0;
    this.lastActiveAt = Date.now();
    const bytes = Buffer.byteLength(text);
    this.write(textFrame(text, bytes));
    return bytes;
  }

  /** Sends a text frame of what a backend posted; what is not UTF-8 in it is replaced. */
  public sendBytes(body: Buffer): void {
    if (!isUtf8(body)) {
      this.send(body.toString());
    } else if (this.isOpen) {
      this.lastActiveAt = Date.now();
      this.write(textFrame(body, body.length));
    }
  }

  /** Counts a message that is to be answered. */
  public begin(): void {
    this.inFlight++;
    this.regulate();
  }

  /** Counts a message that has been answered. */
  public end(): void {
    this.inFlight--;
    this.regulate();
  }

  /** Ends the connection; what the client still sends is dropped. */
  public close(how: Close): void {
    if (!this.isOpen) return;
    this.closing = how;
    // A close frame would not arrive either.
    if (this.silence === 'half-open') return this.cut();
    this.resume();
    // The client's half of the closing handshake has to be read.
    if (this.isPaused) this.socket.resume();
    this.socket.close(how.code, how.reason);
    this.cutOffLater();
  }

  /** Notes why `ws` ends the connection, unless the gateway has ended it before. */
  public noteError(error: Error): void {
    this.closing ??= closeOfBrokenFrame(error);
    this.cutOffLater();
  }

  /** Keeps everything from passing; what is written meanwhile is kept if the connection is stalled, else lost. */
  public silent(how: Silence['how']): void {
    this.silenced = { how, frames: [], bytes: 0 };
    this.regulate();
  }

  /** Ends a stall: what was kept goes on. */
  public resume(): void {
    const { silenced } = this;
    if (!silenced) return;
    this.silenced = undefined;
    for (const frame of silenced.frames) this.write(frame);
    this.regulate();
  }

  /** Resets the TCP connection. */
  public cut(): void {
    this.closing ??= UNVERIFIED.lostClose;
    const socket = this.transport as Socket;
    try {
      socket.resetAndDestroy();
    } catch {
      // A TLS socket cannot; without a close frame it ends just the same.
      socket.destroy();
    }
  }

  private write(frame: Buffer): void {
    if (this.silenced) return hold(this.silenced, frame);
    const isWritten = this.transport.write(frame);
    if (isWritten && !this.waitsForDrain) return;
    this.backlog += frame.length;
    backlogs.bytes += frame.length;
    this.waitForDrain();
  }

  /** Listens once, however many texts wait for the client. */
  private waitForDrain(): void {
    this.regulate();
    if (this.waitsForDrain) return;
    this.waitsForDrain = true;
    const drained = (): void => {
      this.transport.off('drain', drained).off('close', drained);
      this.waitsForDrain = false;
      backlogs.bytes -= this.backlog;
      this.backlog = 0;
      this.regulate();
    };
    this.transport.on('drain', drained).on('close', drained);
  }

  /** A client need not answer the close frame. */
  private cutOffLater(): void {
    setTimeout(() => this.socket.terminate(), CLOSING_PATIENCE).unref();
  }

  /** Stops reading from a client that sends faster than it is answered, or does not read its answers: its own send buffer fills up. */
  private regulate(): void {
    const pause = this.inFlight >= MOST_IN_FLIGHT || this.isFull || this.silenced !== undefined;
    if (pause === this.isPaused || this.closing) return;
    this.isPaused = pause;
    if (pause) this.socket.pause();
    else this.socket.resume();
  }
}

function hold(silence: Silence, frame: Buffer): void {
  silence.bytes += frame.length;
  if (silence.how === 'stalled') silence.frames.push(frame);
}

/** How `ws` ends a connection whose client sent a broken or too large frame (7.2.1, 7.3, 7.4), by the code of its error. */
export function closeOfBrokenFrame({ code }: NodeJS.ErrnoException): Close {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH') return CLOSES.tooBig;
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return UNVERIFIED.tooManyFragmentsClose;
  return code === 'WS_ERR_INVALID_UTF8' ? UNVERIFIED.brokenTextClose : UNVERIFIED.brokenFrameClose;
}
