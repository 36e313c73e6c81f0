import type * as net from 'net';
import type { Readable } from 'stream';

/**
 * Lines of UTF-8 on file descriptor 3 of a handler's process; the first character tells what a line is. JSON text has no line feed
 * inside, so events and results cross as they are: who only hands them on neither parses nor quotes them.
 *
 * To the process, after one line of JSON (`ProcessSetup`):
 * - `I<request id, 36 characters><lease> <event>`: run this when what was sent before is done. The lease is the `systemTime` after which
 *   it must not be started any more, in whole milliseconds; none if nothing was sent before that is not done.
 *
 * From the process:
 * - `S`: the handler is loaded. `F<error>`: it could not be.
 * - `R<request id><milliseconds> <result>`, `E<request id><milliseconds> <error>`: how an invocation ended.
 * - `X<request id><milliseconds> <error>`: the same, and the process ends.
 * - `B<number>`: the lease of the next one is over. All that were received are given back, which are that many since the start; the
 *   gateway may have taken some back already.
 * - `N["begin", number, service, host, access key id, is it made by SDK v2]`, `N["end", number, why it failed or null]`: a call to AWS.
 *   `N["plain", host, path]`: a call to the gateway without TLS. They lead to notices only.
 * - `O["stdout" or "stderr", request id or null, text]`: printed.
 *
 * Handlers can write there too. Any other line ends the process (process-message.ts).
 */
export interface ProcessSetup {
  /** `index.send` */
  readonly handler: string;
  readonly arn: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** 24 of `nodejs24.x`, 3 of `python3.13`. */
  readonly runtimeMajor: number;
  /** ES modules, which know no NODE_PATH, find here what their own folders lack. */
  readonly fallbackDirectory?: string;
  /** Port on 127.0.0.1 that debuggers attach to. */
  readonly inspectorPort?: number;
}

/** Lambda's limit for a result, in bytes, and what stands before it in its line. */
export const LINE_LIMIT = 6_291_556 + 100;
/** Milliseconds that the lines of one process may take before others get their turn. */
const TURN = 5;
/** Bytes that Node.js reads from a pipe at a time. */
const PIPE_READ = 65_536;
const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

export interface ChannelReader {
  onLine(line: string): void;
  /** A line is longer than the bootstrap ever writes. */
  onTooLong(): void;
  /** The process has closed its end. */
  onEnd(): void;
}

/** The gateway's end. Writes of one turn of the event loop go out together, which is what messages a second depend on. */
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
    // The process is gone; its exit tells the story.
    socket.on('error', () => undefined);
  }

  /** There may be unread data. */
  public get paused(): boolean {
    return this.isPaused;
  }

  public send(line: string): void {
    if (this.unsent === '') setImmediate(() => this.flush());
    this.unsent += `${line}\n`;
  }

  /** Sends what there is now: somebody has nothing to do meanwhile. */
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

  /** Processes the lines that end in this chunk. */
  private linesOf(chunk: Buffer): string {
    const last = chunk.lastIndexOf(LINE_FEED);
    const text = last === -1 ? '' : this.takePartial(chunk.subarray(0, last + 1));
    if (!this.socket.destroyed && last !== chunk.length - 1) this.keep(chunk.subarray(last + 1));
    return text;
  }

  /** @returns the remaining bytes when the time is up */
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

  /** In a buffer that doubles when it is full: each byte is copied a few times, however small the pieces are. */
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
  /** Does the work; returns the rest when the time is up. */
  readonly go: (work: string, isLate: () => boolean) => string;
  /** A chunk is still being processed. */
  readonly onPause?: (paused: boolean) => void;
}

/** Reads a stream in slices of time, so that its writer cannot block other work. */
export function readInTurns<Chunk>(stream: Readable, { begin, go, onPause }: TurnReader<Chunk>): void {
  let paused = false;
  const take = (work: string): void => {
    const start = performance.now();
    const isLate = (): boolean => performance.now() - start > TURN;
    const rest = go(work, isLate);
    if (stream.destroyed) return;
    // One more turn of the event loop, so that others come first.
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
