import { contains, Entry, Kind, kindOf } from './entry';
import { Observable } from './observable';

/** The most entries that are kept; older ones go, some at a time. */
export const LIMIT = 10_000;
const SLACK = 500;
/** Milliseconds of filtering at once, so that typing stays fluid. */
const SLICE = 12;

/** An entry with what belongs to it. */
export interface Row {
  /** Counted by the page; the gateway's own number starts anew with each gateway. */
  readonly id: number;
  readonly entry: Entry;
  readonly kind: Kind;
  group?: Group;
}

/** The rows of one request: frame, invocation with its lines, reply. */
export interface Group {
  readonly number: number;
  readonly ids: string[];
  readonly rows: Row[];
  connectionId?: string;
  routeKey?: string;
}

export interface Filter {
  readonly connectionId?: string;
  readonly routeKey?: string;
  readonly text: string;
  readonly hidden: ReadonlySet<Kind>;
}

const ALL: Filter = { text: '', hidden: new Set() };

/** The entries of the timeline: what came, and what the filter lets through. */
export class Journal extends Observable {
  public visible: Row[] = [];
  public filter: Filter = ALL;
  public selected?: Row;
  /** Counts what changes the controls above the timeline. */
  public controls = 0;
  /** The rows that were dropped from the beginning of `visible`: whoever scrolls moves by as many. */
  public dropped = 0;
  private rows: Row[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly conversations = new Map<string, Row[]>();
  private readonly routes = new Set<string>();
  private ids = 0;
  private numbers = 0;
  private pausedAt?: number;
  private isRebuilding = false;
  private rebuilds = 0;

  public get size(): number {
    return this.rows.length;
  }

  public get isPaused(): boolean {
    return this.pausedAt !== undefined;
  }

  /** The rows that came since the pause. */
  public get held(): number {
    return this.pausedAt === undefined ? 0 : this.ids - this.pausedAt;
  }

  public get routeKeys(): string[] {
    return [...this.routes].sort();
  }

  public userOf(connectionId: string): string | undefined {
    const first = this.conversations.get(connectionId)?.[0].entry;
    return first?.type === 'connected' ? first.user : undefined;
  }

  /** Handshake, frames and end of a connection. */
  public conversation(connectionId: string): readonly Row[] {
    return this.conversations.get(connectionId) ?? [];
  }

  public add(entries: readonly Entry[]): void {
    if (this.isPaused) this.controls++;
    const pattern = patternOf(this.filter.text);
    let relinked = false;
    for (const entry of entries) {
      const row: Row = { id: ++this.ids, entry, kind: kindOf(entry) };
      relinked = this.link(row) || relinked;
      this.rows.push(row);
      if (!this.isPaused && !this.isRebuilding && this.passes(row, pattern)) this.visible.push(row);
    }
    if (this.rows.length > LIMIT + SLACK) this.trim(this.rows.length - LIMIT);
    // Lines of an invocation come before it, and it alone knows their route and connection.
    if (relinked && (this.filter.routeKey ?? this.filter.connectionId) !== undefined) this.rebuild();
    this.changed();
  }

  public show(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
    this.controls++;
    this.rebuild();
    this.changed();
  }

  public showAll(): void {
    this.show({ ...ALL, connectionId: undefined, routeKey: undefined });
  }

  public select(row: Row | undefined): void {
    this.selected = row;
    this.changed();
  }

  public pause(paused: boolean): void {
    this.pausedAt = paused ? this.ids : undefined;
    this.controls++;
    if (!paused) this.rebuild();
    this.changed();
  }

  public clear(): void {
    this.trim(this.rows.length);
    this.visible = [];
    this.selected = undefined;
    if (this.isPaused) this.pausedAt = this.ids;
    this.controls++;
    this.changed();
  }

  private passes({ entry, kind, group }: Row, pattern: RegExp | undefined): boolean {
    const { connectionId, routeKey, hidden } = this.filter;
    if (entry.type === 'gap') return true;
    if (hidden.has(kind)) return false;
    if (connectionId !== undefined && connectionOf(entry) !== connectionId && group?.connectionId !== connectionId) return false;
    if (routeKey !== undefined && group?.routeKey !== routeKey) return false;
    return !pattern || contains(entry, pattern);
  }

  /** Filters anew, in slices. */
  private rebuild(): void {
    const run = ++this.rebuilds;
    this.isRebuilding = true;
    const pattern = patternOf(this.filter.text);
    const visible: Row[] = [];
    const { rows } = this;
    let at = 0;
    const step = (): void => {
      if (run !== this.rebuilds) return;
      // `rows` is replaced when old ones go.
      if (rows !== this.rows) return this.rebuild();
      for (const end = performance.now() + SLICE; at < rows.length; at++) {
        if (at % 64 === 0 && performance.now() > end) return void setTimeout(step);
        if (rows[at].id <= (this.pausedAt ?? Infinity) && this.passes(rows[at], pattern)) visible.push(rows[at]);
      }
      this.isRebuilding = false;
      this.visible = visible;
      this.changed();
    };
    step();
  }

  /** @returns whether rows that were there before belong to another request now */
  private link(row: Row): boolean {
    const { entry } = row;
    const connectionId = connectionOf(entry);
    if (connectionId !== undefined && (entry.type === 'frame' || entry.type === 'connected' || entry.type === 'disconnected')) {
      if (!this.conversations.has(connectionId)) this.conversations.set(connectionId, []);
      this.conversations.get(connectionId)!.push(row);
    }
    const ids = idsOf(entry);
    if (ids.length === 0) return false;
    const known = [...new Set(ids.flatMap((id) => this.groups.get(id) ?? []))].sort((a, b) => a.number - b.number);
    const group = known[0] ?? { number: ++this.numbers, ids: [], rows: [] };
    for (const other of known.slice(1)) {
      other.rows.forEach((one) => { one.group = group; });
      group.rows.push(...other.rows);
      group.ids.push(...other.ids);
      other.ids.forEach((id) => this.groups.set(id, group));
    }
    for (const id of ids.filter((one) => !group.ids.includes(one))) {
      group.ids.push(id);
      this.groups.set(id, group);
    }
    const [hadConnection, hadRoute] = [group.connectionId, group.routeKey];
    group.connectionId ??= connectionId;
    group.routeKey ??= 'routeKey' in entry ? entry.routeKey : undefined;
    if (group.routeKey !== undefined && !this.routes.has(group.routeKey)) {
      this.routes.add(group.routeKey);
      this.controls++;
    }
    const isNews = group.rows.length > 0 && (known.length > 1 || hadConnection !== group.connectionId || hadRoute !== group.routeKey);
    group.rows.push(row);
    row.group = group;
    return isNews;
  }

  private trim(count: number): void {
    const gone = this.rows.slice(0, count);
    this.rows = this.rows.slice(count);
    for (const row of gone) this.unlink(row);
    if (this.isPaused || gone.length === 0) return;
    const last = gone[gone.length - 1].id;
    const first = this.visible.findIndex(({ id }) => id > last);
    const dropped = first < 0 ? this.visible.length : first;
    this.visible = this.visible.slice(dropped);
    this.dropped += dropped;
  }

  private unlink(row: Row): void {
    const { group } = row;
    if (group) {
      group.rows.splice(group.rows.indexOf(row), 1);
      if (group.rows.length === 0) group.ids.forEach((id) => this.groups.delete(id));
    }
    const connectionId = connectionOf(row.entry);
    const conversation = connectionId === undefined ? undefined : this.conversations.get(connectionId);
    if (conversation?.[0] === row) conversation.shift();
    if (conversation?.length === 0) this.conversations.delete(connectionId!);
  }
}

export function connectionOf(entry: Entry): string | undefined {
  return 'connectionId' in entry ? entry.connectionId : undefined;
}

function idsOf(entry: Entry): string[] {
  return [
    'requestId' in entry ? entry.requestId : undefined, 'invocationId' in entry ? entry.invocationId : undefined,
  ].filter((id) => id !== undefined);
}

function patternOf(text: string): RegExp | undefined {
  return text === '' ? undefined : new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
}
