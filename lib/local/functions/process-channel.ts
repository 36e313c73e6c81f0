import type * as net from 'net';

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
 * - `N["begin", number, service, host, access key id, is it made by SDK v2]`, `N["end", number, why it failed or null]`: a call of AWS.
 *   `N["plain", host, path]`: one of the gateway without TLS. They tell what cannot work, and nothing depends on them.
 * - `O["stdout" or "stderr", request id or null, text]`: printed.
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

/** The gateway's end. Writes of one turn of the event loop go out together, which is what messages a second depend on. */
export class ProcessChannel {
  private unsent = '';
  /** A line whose end has not come yet, in pieces: results may have megabytes. */
  private partial: string[] = [];

  public constructor(private readonly socket: net.Socket, private readonly onLine: (line: string) => void) {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.read(chunk));
    // The process is gone; its exit tells the story.
    socket.on('error', () => undefined);
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

  private read(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const line = chunk.slice(start, end);
      start = end + 1;
      if (this.partial.length === 0) {
        this.onLine(line);
      } else {
        this.partial.push(line);
        const whole = this.partial.join('');
        this.partial = [];
        this.onLine(whole);
      }
    }
    if (start < chunk.length) this.partial.push(start === 0 ? chunk : chunk.slice(start));
  }
}
