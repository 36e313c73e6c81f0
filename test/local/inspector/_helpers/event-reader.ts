import * as http from 'http';
import { until } from '../../_helpers/local-server';

/** An entry as readers get it. */
export interface ReadEntry {
  readonly n: number;
  readonly type: string;
  readonly [name: string]: unknown;
}

/** Reads server-sent events, as an `EventSource` does. */
export class EventReader {
  public static async open(port: number, options: { readonly lastEventId?: string; readonly path?: string } = {}): Promise<EventReader> {
    const { lastEventId, path = '/_ws/events' } = options;
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    return new Promise((resolve, reject) => {
      http.get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => resolve(new EventReader(response))).on('error', reject);
    });
  }

  /** Every event that has come, except entries. */
  public readonly events: Array<{ readonly event: string; readonly data: unknown }> = [];
  public readonly entries: ReadEntry[] = [];
  public lastEventId = '';
  public hasEnded = false;
  /** What came in comments. */
  public comments = 0;
  private text = '';

  private constructor(public readonly response: http.IncomingMessage) {
    response.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    response.on('close', () => { this.hasEnded = true; }).on('error', () => undefined);
  }

  /** The last event of a kind. */
  public last<T>(event: string): T | undefined {
    return this.events.filter((each) => each.event === event).at(-1)?.data as T | undefined;
  }

  public async untilEntry(matches: (entry: ReadEntry) => boolean): Promise<ReadEntry> {
    await until(() => this.entries.some(matches), 'an entry');
    return this.entries.find(matches)!;
  }

  public close(): void {
    this.response.destroy();
  }

  private read(chunk: string): void {
    const blocks = (this.text + chunk).split('\n\n');
    this.text = blocks.pop()!;
    for (const block of blocks) this.take(fieldsOf(block));
  }

  private take({ id, event, data, ...rest }: Readonly<Record<string, string>>): void {
    if (id !== undefined) this.lastEventId = id;
    if (event === undefined) this.comments += Object.keys(rest).length;
    else if (event === 'entries') this.entries.push(...JSON.parse(data) as ReadEntry[]);
    else this.events.push({ event, data: JSON.parse(data) });
  }
}

function fieldsOf(block: string): Record<string, string> {
  return Object.fromEntries(block.split('\n').map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  }));
}
