import { randomBytes } from 'crypto';
import type { Journal } from './journal';
import type { ToolAnswer, ToolCall } from '../wire/tools';

/** What a reader is told besides the entries, as often as it changes: each as a whole. */
export type Subject = 'hello' | 'connections' | 'clients';

export interface StreamsOptions {
  readonly journal: Journal;
  /** What a subject is now, as JSON can have it. */
  readonly current: (subject: Subject) => unknown;
}

const SUBJECTS: readonly Subject[] = ['hello', 'connections', 'clients'];

const MOST_STREAMS = 20;
/** Milliseconds. */
const BATCH = 50;
const DEBOUNCE = 200;
const HEARTBEAT = 15_000;
/** Bytes of entries in one event, about. */
const CHUNK = 131_072;

/** The readers of the journal: each gets server-sent events. */
export class Streams {
  /** Of this run of the gateway: a reader that comes back after a restart begins anew. */
  public readonly run = randomBytes(6).toString('hex');
  private readonly readers = new Set<Reader>();
  private readonly changed = new Set<Subject>();
  private batch?: NodeJS.Timeout;
  private debounce?: NodeJS.Timeout;
  private heartbeat?: NodeJS.Timeout;

  public constructor(private readonly options: StreamsOptions) {}

  /** Whether somebody reads. */
  public get isRead(): boolean {
    return this.readers.size > 0;
  }

  /** Serves a reader until it leaves. */
  public serve({ request, response, query }: Pick<ToolCall, 'request' | 'response' | 'query'>): ToolAnswer {
    if (this.readers.size >= MOST_STREAMS) {
      return { status: 503, json: { message: `at most ${MOST_STREAMS} streams are served at a time: close a page` } };
    }
    const { journal, current } = this.options;
    const seen = String(request.headers['last-event-id'] ?? query.get('since') ?? '');
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    const reader = new Reader(response, journal, this.run, positionOf(seen, this.run, journal));
    this.readers.add(reader);
    response.on('close', () => this.remove(reader)).on('error', () => response.destroy());
    this.heartbeat ??= setInterval(() => this.each((each) => each.beat()), HEARTBEAT).unref();
    for (const subject of SUBJECTS) reader.tell(subject, () => JSON.stringify(current(subject)));
    reader.pump();
    return undefined;
  }

  /** The journal has grown. */
  public grown(): void {
    if (this.readers.size > 0) this.batch ??= setTimeout(() => this.sendEntries(), BATCH);
  }

  /** A subject has changed. */
  public change(subject: Subject): void {
    this.changed.add(subject);
    if (this.readers.size > 0) this.debounce ??= setTimeout(() => this.sendChanges(), DEBOUNCE);
  }

  public close(): void {
    for (const timer of [this.batch, this.debounce, this.heartbeat]) clearTimeout(timer);
    this.each((reader) => reader.end());
  }

  private sendEntries(): void {
    this.batch = undefined;
    this.each((reader) => reader.pump());
  }

  private sendChanges(): void {
    this.debounce = undefined;
    for (const subject of this.changed) {
      let json: string | undefined;
      this.each((reader) => reader.tell(subject, () => json ??= JSON.stringify(this.options.current(subject))));
    }
    this.changed.clear();
    this.each((reader) => reader.pump());
  }

  private each(action: (reader: Reader) => void): void {
    for (const reader of this.readers) action(reader);
  }

  private remove(reader: Reader): void {
    this.readers.delete(reader);
    if (this.readers.size > 0) return;
    for (const timer of [this.batch, this.debounce, this.heartbeat]) clearTimeout(timer);
    this.batch = this.debounce = this.heartbeat = undefined;
  }
}

/** `<number>-<run>`: a reader that has seen another run, or nothing, gets all that is kept. */
function positionOf(seen: string, run: string, { last }: Journal): number {
  const [, number = '', of] = /^(\d{1,15})-([\da-f]+)$/.exec(seen) ?? [];
  return of === run && Number(number) <= last ? Number(number) : 0;
}

/** One reader. What waits for it is in the journal, so that a reader that does not read costs one chunk. */
class Reader {
  private readonly pending = new Map<Subject, () => string>();
  private waits = false;

  public constructor(
    private readonly response: ToolCall['response'],
    private readonly journal: Journal,
    private readonly run: string,
    private position: number,
  ) {}

  public tell(subject: Subject, json: () => string): void {
    this.pending.delete(subject);
    this.pending.set(subject, json);
  }

  public beat(): void {
    if (!this.waits) this.write([': \n\n']);
  }

  public end(): void {
    this.response.end();
  }

  /** Sends what there is, as far as the reader keeps up. */
  public pump(): void {
    for (const [subject, json] of this.pending) {
      if (this.waits) return;
      this.pending.delete(subject);
      this.write([`event: ${subject}\ndata: `, json(), '\n\n']);
    }
    while (!this.waits && this.position < this.journal.last) this.sendEntries();
  }

  private sendEntries(): void {
    const lost = this.journal.lostAfter(this.position);
    const from = this.position + lost;
    const piece = this.journal.after(from, CHUNK);
    // What came before the first look at the gateway is not missed.
    const gap = lost > 0 && this.position > 0 ? `{"n":${from},"type":"gap","lost":${lost}}` : '';
    this.position = piece?.last ?? from;
    const id = `id: ${this.position}-${this.run}\nevent: entries\ndata: [${gap}${gap && piece ? ',' : ''}`;
    this.write([id, piece?.json ?? '', ']\n\n']);
  }

  private write(parts: readonly (string | Buffer)[]): void {
    const isOpen = !this.response.destroyed && !this.response.writableEnded;
    const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    if (isOpen && this.response.write(bytes)) return;
    this.waits = true;
    if (!isOpen) return;
    this.response.once('drain', () => {
      this.waits = false;
      this.pump();
    });
  }
}
