import { Clients, ClientsOptions } from './clients';
import { helloApis } from './hello';
import { Journal } from './journal';
import { servePage } from './page-files';
import { Read, roomsOf } from './rooms';
import { Streams, Subject } from './streams';
import type { LocalApp } from '../assembly/local-app';
import { packageVersion } from '../package-version';
import { isLoopback } from '../protocol/host';
import type { Served } from '../terminal/served';
import type { Trace, TraceEntry } from '../trace';
import type { Connection } from '../wire/connection';
import { Tools, TOOLS } from '../wire/tools';

export interface InspectorOptions extends Pick<ClientsOptions, 'dial'> {
  readonly trace: Trace;
  readonly tools: Tools;
  readonly served: () => Served;
  readonly app: () => LocalApp;
  readonly connections: () => readonly Connection[];
  /** Calls the DynamoDB of the app. */
  readonly read: Read;
  /** What `hello` says besides: issuer, faults, recording. */
  readonly more: () => Readonly<Record<string, unknown>>;
}

/** Milliseconds between two looks at the rooms of all connections. */
const PAUSE = 1_000;
/** Connections that are shown, the newest. */
const MOST_SHOWN = 1_000;

/** Everything that passes the gateway, for the page at `/_ws`. */
export class Inspector {
  private readonly journal = new Journal();
  private readonly streams: Streams;
  private readonly clients: Clients;
  private readonly stopListening: () => void;
  private rooms: ReadonlyMap<string, readonly string[]> = new Map();
  private look?: NodeJS.Timeout;
  private isStale = false;

  public constructor(private readonly options: InspectorOptions) {
    const { trace, tools } = options;
    this.streams = new Streams({ journal: this.journal, current: (subject) => this.current(subject) });
    this.clients = new Clients({
      dial: options.dial,
      apis: () => helloApis(options.served()),
      connectionFrom: (port) => options.connections().find(({ remotePort }) => remotePort === port)?.id,
      onChange: () => this.streams.change('clients'),
    });
    this.stopListening = trace.listen((entry) => this.note(entry));
    tools.register('', servePage);
    tools.register('events', (call) => {
      if (call.method !== 'GET') return { status: 405, json: { message: 'events take GET' } };
      this.lookSoon();
      return this.streams.serve(call);
    });
    tools.register('clients', (call) => this.clients.serve(call));
  }

  /** What `hello` says has changed: the app, the faults, a recording. */
  public changed(): void {
    this.streams.change('hello');
  }

  public close(): void {
    this.stopListening();
    clearTimeout(this.look);
    this.look = undefined;
    this.clients.close();
    this.streams.close();
  }

  private current(subject: Subject): unknown {
    const { served, more, connections } = this.options;
    const { run } = this.streams;
    switch (subject) {
      case 'hello': return { version: packageVersion(), run, apis: helloApis(served()), issuer: false, faults: [], ...more() };
      case 'connections': return connections().slice(-MOST_SHOWN).map((each) => viewOf(each, this.rooms.get(each.id) ?? []));
      case 'clients': return this.clients.views;
    }
  }

  private note(entry: TraceEntry): void {
    this.journal.add(entry);
    this.streams.grown();
    if (entry.type === 'connected' || entry.type === 'disconnected' || entry.type === 'note') this.streams.change('connections');
    // A handler may have joined or left a room.
    if (entry.type === 'invocation' || entry.type === 'store') this.lookSoon();
  }

  /** Looks at the rooms while somebody reads; never twice at a time. */
  private lookSoon(): void {
    this.isStale = true;
    this.look ??= setTimeout(() => void this.lookNow(), PAUSE).unref();
  }

  private async lookNow(): Promise<void> {
    const { connections, app, read } = this.options;
    this.isStale = false;
    const ids = connections().slice(-MOST_SHOWN).map(({ id }) => id);
    const rooms = this.streams.isRead && ids.length > 0 ? await roomsOf(ids, app(), read) : this.rooms;
    // Closed meanwhile.
    if (this.look === undefined) return;
    this.look = undefined;
    if (this.isStale && this.streams.isRead) this.lookSoon();
    const [before, now] = [this.rooms, rooms].map((each) => JSON.stringify([...each]));
    this.rooms = rooms;
    if (before !== now) this.streams.change('connections');
  }
}

/** A connection as the page shows it. */
function viewOf({ context, served, user, lastActiveAt, isOpen, silence }: Connection, rooms: readonly string[]) {
  const { connectionId, connectedAt, stage, identity: { sourceIp } } = context;
  const state = isOpen ? silence ?? 'open' : 'closing';
  return { connectionId, api: served.api.name, stage, user, connectedAt, lastActiveAt, sourceIp, rooms, state };
}

/** The address of the page, on the first port whose paths below `/_ws` are not the app's. @param host what the gateway listens at */
export function inspectorUrl(apis: Served['apis'], host: string): string | undefined {
  const isTaken = (name: string): boolean => name === TOOLS || name.startsWith(`${TOOLS}/`);
  const taken = new Set(apis.filter(({ stages }) => stages.some(({ stage }) => (
    isTaken(stage.name) || stage.mappings.some(({ mappingKey }) => isTaken(mappingKey))
  ))).map(({ port }) => port));
  const port = apis.map((each) => each.port).find((each) => each > 0 && !taken.has(each));
  if (port === undefined) return undefined;
  const name = isLoopback(host) || host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}/${TOOLS}`;
}
