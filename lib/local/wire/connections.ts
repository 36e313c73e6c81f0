import { Connection } from './connection';
import { Clock } from '../clock';
import { Close, CLOSES } from '../protocol/frames';

/** How long connections may last, in milliseconds. */
export interface Lifetimes {
  /** Without a message in either direction. */
  readonly idle: number;
  /** In all. */
  readonly duration: number;
}

/** Milliseconds between two looks for connections that have lasted too long; AWS looks every few seconds (7.2.2). */
const LONGEST_SWEEP = 1_000;

/** The open connections of one gateway, by id. */
export class Connections {
  private readonly open = new Map<string, Connection>();
  private sweeper?: NodeJS.Timeout;
  private shut = false;

  public constructor(private readonly lifetimes: Lifetimes, private readonly clock = new Clock()) {
    clock.follow(() => this.sweep());
  }

  public get size(): number {
    return this.open.size;
  }

  public get(id: string): Connection | undefined {
    return this.open.get(id);
  }

  public all(): Connection[] {
    return [...this.open.values()];
  }

  /** Whether the gateway is ending and accepts no new connections. */
  public get closing(): boolean {
    return this.shut;
  }

  /** Adds a connection, or closes it if the gateway began to end while its `$connect` ran. */
  public add(connection: Connection): void {
    this.open.set(connection.id, connection);
    if (this.shut) connection.close(CLOSES.shutdown);
    else this.sweeper ??= this.startSweeping();
  }

  /** Closes all connections, since the gateway ends (7.3). */
  public shutDown(): void {
    this.shut = true;
    this.stopSweeping();
    for (const connection of this.open.values()) connection.close(CLOSES.shutdown);
  }

  public remove(connection: Connection): void {
    this.open.delete(connection.id);
    if (this.open.size === 0) this.stopSweeping();
  }

  /** Forgets the id at once (6.6), without waiting for the client to close its side. */
  public end(connection: Connection, how: Close): void {
    this.remove(connection);
    connection.close(how);
  }

  /** One timer serves all: two timers for each connection would be most of what an idle one costs. */
  private startSweeping(): NodeJS.Timeout {
    const { idle, duration } = this.lifetimes;
    return setInterval(() => this.sweep(), Math.max(1, Math.min(LONGEST_SWEEP, idle / 4, duration / 4)));
  }

  private stopSweeping(): void {
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }

  private sweep(): void {
    const now = this.clock.now();
    for (const connection of this.open.values()) {
      // 7.2.3: activity does not prolong the duration.
      if (now - connection.openSince >= this.lifetimes.duration) this.end(connection, CLOSES.duration);
      else if (now - connection.idleSince >= this.lifetimes.idle) this.end(connection, CLOSES.idle);
    }
  }

}
