import type * as net from 'net';
import type { Readable } from 'stream';
import { LINE_LIMIT } from './runtime/lines';

/** Milliseconds that reading the lines of one process may take before others get their turn. */
const TURN = 5;
/** Bytes that Node.js reads from a pipe at a time. */
const PIPE_READ = 65_536;
const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

export interface ChannelReader {
  onLine(line: string): void;
  /** A line is longer than a runtime ever writes. */
  onTooLong(): void;
  /** The process has closed its end. */
  onEnd(): void;
}

/**
 * The gateway's end of a process's file descriptor 3 (runtime/lines.ts). Writes of one turn of the event loop go out together, on which the
 * number of messages a second depends.
 */
export class ProcessChannel {
  private unsent = '';
  /** The beginning of an incomplete line: results may have megabytes. */
  private partial: Buffer = NOTHING;
  private partialLength = 0;
  private isPaused = false;

  public constructor(private readonly socket: net.Socket, private readonly reader: ChannelReader) {
    readInTurns<Buffer>(socket, {
      begin: (chunk) => this.linesOf(chunk),
      go: (lines, isLate) => this.read(lines, isLate),
      onPause: (paused) => { this.isPaused = paused; },
    });
    socket.once('end', () => reader.onEnd());
    // The process is gone, which its exit reports.
    socket.on('error', () => undefined);
  }

  /** Whether there may be data that was not processed. */
  public get paused(): boolean {
    return this.isPaused;
  }

  public send(line: string): void {
    if (this.unsent === '') setImmediate(() => this.flush());
    this.unsent += `${line}\n`;
  }

  /** Sends at once: the process is idle. */
  public flush(): void {
    if (this.unsent === '') return;
    const text = this.unsent;
    this.unsent = '';
    if (this.socket.writable) this.socket.write(text);
  }

  /** Stops reading. */
  public close(): void {
    this.socket.destroy();
    this.partial = NOTHING;
    this.partialLength = 0;
  }

  /** @returns the lines that end in this chunk */
  private linesOf(chunk: Buffer): string {
    const last = chunk.lastIndexOf(LINE_FEED);
    const text = last === -1 ? '' : this.takePartial(chunk.subarray(0, last + 1));
    if (!this.socket.destroyed && last !== chunk.length - 1) this.keep(chunk.subarray(last + 1));
    return text;
  }

  /** @returns the remaining lines when the time is up */
  private read(lines: string, isLate: () => boolean): string {
    let start = 0;
    for (let end = lines.indexOf('\n'); end !== -1 && !this.socket.destroyed; end = lines.indexOf('\n', start)) {
      if (end - start > LINE_LIMIT) {
        this.reader.onTooLong();
        return '';
      }
      this.reader.onLine(lines.slice(start, end));
      start = end + 1;
      if (isLate()) return lines.slice(start);
    }
    return '';
  }

  /** The buffered bytes followed by these. */
  private takePartial(bytes: Buffer): string {
    const { partialLength } = this;
    if (partialLength === 0) return bytes.toString();
    this.keep(bytes);
    const text = this.partial.toString('utf8', 0, this.partialLength);
    this.partial = NOTHING;
    this.partialLength = 0;
    return text;
  }

  /** Keeps bytes in a buffer that doubles when it is full, so each byte is copied a few times only, however small the chunks are. */
  private keep(bytes: Buffer): void {
    const length = this.partialLength + bytes.length;
    if (length > this.partial.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.partial.length));
      this.partial.copy(larger, 0, 0, this.partialLength);
      this.partial = larger;
    }
    bytes.copy(this.partial, this.partialLength);
    this.partialLength = length;
    if (length > LINE_LIMIT + PIPE_READ) this.reader.onTooLong();
  }
}

export interface TurnReader<Chunk> {
  /** The work for a chunk. */
  readonly begin: (chunk: Chunk) => string;
  /** Does the work; returns the rest of it when the time is up. */
  readonly go: (work: string, isLate: () => boolean) => string;
  /** Called with `true` when a chunk takes more than one turn, with `false` when it is done. */
  readonly onPause?: (paused: boolean) => void;
}

/** Reads a stream in slices of time, so that its writer cannot block the gateway. */
export function readInTurns<Chunk>(stream: Readable, { begin, go, onPause }: TurnReader<Chunk>): void {
  let paused = false;
  const take = (work: string): void => {
    const start = performance.now();
    const isLate = (): boolean => performance.now() - start > TURN;
    const rest = go(work, isLate);
    if (stream.destroyed) return;
    // The rest waits for the next turn of the event loop, so that others come first.
    const isPaused = rest !== '' || isLate();
    if (isPaused !== paused) {
      paused = isPaused;
      onPause?.(paused);
      if (paused) stream.pause();
      else stream.resume();
    }
    if (paused) setImmediate(take, rest);
  };
  stream.on('data', (chunk: Chunk) => take(begin(chunk)));
}
