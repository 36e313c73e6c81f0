import { Masking } from './masking';
import { RecordingFile, recordingHeader } from './recording-file';
import { identitySources } from './secret-names';
import type { LocalApp, Notice } from '../assembly/local-app';
import type { Handshake, Trace, TraceEntry } from '../trace';

/** Bytes of a recording. */
const MOST_BYTES = 1024 ** 3;

/** Bytes that wait for the disk. */
const MOST_WAITING = 64 * 1024 ** 2;

/** Bytes of one entry, which one line has to hold when the recording is read. */
export const LONGEST_LINE = 64 * 1024 ** 2;

/** Variables of the gateway that handlers get and may print. */
const SECRET_VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'];

export interface RecorderOptions {
  readonly app: LocalApp;
  readonly trace: Trace;
  readonly maskBodies: boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Bytes at which the recording ends.
   * @default 1 GiB
   */
  readonly mostBytes?: number;
  /**
   * Bytes that may wait for the disk.
   * @default 64 MiB
   */
  readonly mostWaiting?: number;
}

/**
 * Writes what passes the gateway into a file, masked. Whatever happens to the disk, the gateway goes on: the recording ends, with a notice.
 * What was written survives the end of the process, up to the last whole line.
 */
export class Recorder {
  private readonly masking: Masking;
  private readonly stopListening: () => void;
  private lines: string[] = [];
  private waiting = 0;
  private length: number;
  private writing?: Promise<void>;
  private isOver = false;

  public constructor(private readonly file: RecordingFile, private readonly options: RecorderOptions) {
    const { app, trace, maskBodies, environment = process.env } = options;
    const header = recordingHeader(app, maskBodies);
    this.masking = new Masking({
      sources: identitySources(header.apis.flatMap((api) => api.identitySources)),
      secrets: [
        ...SECRET_VARIABLES.flatMap((name) => environment[name] ?? []),
        ...app.apis.flatMap(({ apiKeys }) => apiKeys.map(({ value }) => value)),
      ],
      words: new Set(header.apis.flatMap(({ name, stages, routes }) => [name, ...stages, ...routes])),
      bodies: maskBodies,
    });
    this.length = file.begin(header);
    const kept = maskBodies ? 'bodies are masked' : 'bodies are kept (--mask masks them)';
    this.notice('recording-started', `what passes the gateway is recorded in ${file.path}: credentials are masked, ${kept}`);
    this.stopListening = trace.listen((entry) => this.add(entry));
  }

  public get path(): string {
    return this.file.path;
  }

  /** Called before a handshake is answered: what it brings is masked in everything that follows. */
  public learn(handshake: Pick<Handshake, 'url' | 'rawHeaders'>): void {
    if (!this.isOver) this.masking.learn(handshake);
  }

  /** Writes what is left, and closes the file. */
  public async close(): Promise<void> {
    this.stopListening();
    while (!this.isOver && (this.writing || this.lines.length > 0)) await (this.writing ?? this.write());
    if (!this.isOver) this.end();
  }

  private add(entry: TraceEntry): void {
    const line = this.lineOf(entry);
    const bytes = Buffer.byteLength(line);
    const { mostBytes = MOST_BYTES, mostWaiting = MOST_WAITING } = this.options;
    if (this.masking.isFull) return this.stop('it has met more secrets than it can tell apart');
    if (this.length + this.waiting + bytes > mostBytes) return this.stop(`it has reached ${mostBytes} bytes`);
    if (this.waiting + bytes > mostWaiting) return this.stop('the disk does not keep up');
    this.lines.push(line);
    this.waiting += bytes;
    // Once a turn: there are thousands of entries a second.
    if (!this.writing && this.lines.length === 1) setImmediate(() => void this.write());
  }

  /** An entry that cannot be masked, for example JSON of absurd depth, is not written. */
  private lineOf(entry: TraceEntry): string {
    let line: string;
    try {
      line = JSON.stringify(this.masking.entry(entry));
    } catch (error) {
      line = leftOut(entry, (error as Error).message);
    }
    return `${line.length > LONGEST_LINE / 4 && Buffer.byteLength(line) >= LONGEST_LINE ? leftOut(entry, 'it is too long') : line}\n`;
  }

  private write(): Promise<void> {
    if (this.writing || this.isOver || this.lines.length === 0) return this.writing ?? Promise.resolve();
    const bytes = Buffer.from(this.lines.join(''));
    this.lines = [];
    this.writing = this.file.write(bytes, this.length).then(
      () => {
        this.length += bytes.length;
        this.waiting -= bytes.length;
      },
      (error: Error) => this.fail(error),
    ).finally(() => {
      this.writing = undefined;
      if (this.lines.length > 0) void this.write();
    });
    return this.writing;
  }

  private fail(error: Error): void {
    try {
      this.file.cut(this.length);
    } catch {
      // A reader drops an incomplete last line.
    }
    this.lines = [];
    this.over(error.message);
    this.end();
  }

  /** Ends the recording after what waits. */
  private stop(reason: string): void {
    this.stopListening();
    this.over(reason);
    void this.close();
  }

  private over(reason: string): void {
    this.notice('recording-ended', `the recording ${this.file.path} has ended, since ${reason}; the gateway goes on`);
  }

  private notice(code: string, text: string): void {
    this.options.onNotice({ code, subject: this.file.path, text });
  }

  private end(): void {
    this.isOver = true;
    this.stopListening();
    this.file.close();
  }
}

function leftOut({ time, type }: TraceEntry, reason: string): string {
  const text = `an entry of type ${type} is left out: ${reason}`;
  return JSON.stringify({ time, type: 'note', kind: 'notice', text } satisfies TraceEntry);
}
