import type { Entry } from './entry';
import { Journal } from './journal';
import { Observable } from './observable';

export interface Api {
  readonly name: string;
  readonly stage: string;
  readonly url: string;
  readonly path: string;
  readonly routes: readonly Route[];
  readonly authorizer?: { readonly identitySources: readonly string[]; readonly isJwt: boolean };
}

export interface Route {
  readonly routeKey: string;
  readonly twoWay: boolean;
  readonly target?: string;
  /** A JSON schema. */
  readonly model?: unknown;
  readonly example?: string;
}

export interface ActiveFault {
  readonly fault: string;
  readonly text: string;
  readonly rule?: string;
}

export interface Hello {
  readonly version: string;
  readonly apis: readonly Api[];
  readonly issuer: boolean;
  readonly faults: readonly ActiveFault[];
  readonly recording?: string;
}

export interface OpenConnection {
  readonly connectionId: string;
  readonly api: string;
  readonly stage: string;
  readonly user?: string;
  readonly connectedAt: number;
  readonly lastActiveAt: number;
  readonly sourceIp: string;
  readonly rooms: readonly string[];
  readonly state: 'open' | 'closing' | 'stalled' | 'half-open';
}

export interface Client {
  readonly client: string;
  readonly connectionId?: string;
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'closed';
  readonly name?: string;
  readonly refused?: { readonly status: number; readonly body: string };
  readonly code?: number;
  readonly reason?: string;
}

/** Milliseconds until the next attempt, where the browser makes none of its own. */
const AGAIN = 1_000;

const RESTARTED = 'the gateway was restarted: what follows is of the new one';

/** The gateway as its stream of events tells it. */
export class Gateway extends Observable {
  public readonly journal = new Journal();
  public stream: 'connecting' | 'live' | 'lost' = 'connecting';
  public hello: Hello = { version: '', apis: [], issuer: false, faults: [] };
  public connections: readonly OpenConnection[] = [];
  public clients: readonly Client[] = [];
  /** What a screen reader is told: connections that came and went. */
  public announcement = '';
  /** Of the last entry: its number, and the run of the gateway that counts so. */
  private last = { n: 0, run: '', time: 0, id: '' };
  private source?: EventSource;

  public listen(): void {
    const source = new EventSource(`/_ws/events${this.last.id && `?since=${encodeURIComponent(this.last.id)}`}`);
    this.source = source;
    const on = <T>(type: string, take: (data: T, id: string) => void): void => (
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        take(JSON.parse(data) as T, lastEventId);
        // Entries are the journal's, and come often.
        if (type !== 'entries') this.changed();
      })
    );
    on<Hello>('hello', (hello) => { this.hello = hello; });
    on<Entry[]>('entries', (entries, id) => this.take(entries, id));
    on<OpenConnection[]>('connections', (connections) => this.meet(connections));
    on<Client[]>('clients', (clients) => { this.clients = clients; });
    source.onopen = () => this.turn('live');
    source.onerror = () => {
      this.turn('lost');
      // A browser gives up after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.source === source && this.listen(), AGAIN);
    };
  }

  public userOf(connectionId: string): string | undefined {
    return this.connections.find((one) => one.connectionId === connectionId)?.user ?? this.journal.userOf(connectionId);
  }

  private turn(stream: this['stream']): void {
    this.stream = stream;
    // Nobody knows who is connected while nobody tells.
    if (stream === 'lost') [this.connections, this.clients] = [[], []];
    this.changed();
  }

  /** @param id `<number>-<run>`: another run is another gateway, which counts anew */
  private take(entries: readonly Entry[], id: string): void {
    const run = id.slice(id.indexOf('-') + 1);
    const news: Entry[] = [];
    if (this.last.run !== run) {
      if (this.last.run !== '') news.push({ n: 0, time: Date.now(), type: 'note', kind: 'notice', text: RESTARTED });
      this.last = { ...this.last, n: 0, run };
    }
    for (const entry of entries) {
      if (entry.n <= this.last.n) continue;
      this.last = { ...this.last, n: entry.n, time: entry.time ?? this.last.time };
      news.push(entry.time === undefined ? { ...entry as Entry & { type: 'gap' }, time: this.last.time } : entry);
    }
    this.last = { ...this.last, id };
    this.journal.add(news);
  }

  private meet(connections: readonly OpenConnection[]): void {
    const before = new Set(this.connections.map(({ connectionId }) => connectionId));
    const now = new Set(connections.map(({ connectionId }) => connectionId));
    const came = connections.filter(({ connectionId }) => !before.has(connectionId)).map(nameOf);
    const went = this.connections.filter(({ connectionId }) => !now.has(connectionId)).map(nameOf);
    const news = [told(came, 'connected'), told(went, 'disconnected')].filter(Boolean).join('; ');
    if (news !== '') this.announcement = news;
    this.connections = connections;
  }
}

export function nameOf({ user, connectionId }: { readonly user?: string; readonly connectionId: string }): string {
  return user ?? shortId(connectionId);
}

export function shortId(connectionId: string): string {
  return connectionId.slice(0, 8);
}

function told(names: readonly string[], verb: string): string {
  return names.length === 0 ? '' : names.length > 3 ? `${names.length} connections ${verb}` : `${names.join(', ')} ${verb}`;
}
