import { Connection } from './connection';
import { CLOSES } from '../protocol/close';

/** How long connections may last, in milliseconds. */
export interface Lifetimes {
  /** Without a message in either direction. */
  readonly idle: number;
  /** In all. */
  readonly duration: number;
}

/** AWS looks after idle connections every few seconds only (7.2.2). */
const LONGEST_SWEEP = 1_000;

/** The open connections of one gateway, by id. */
export class Connections {
  private readonly open = new Map<string, Connection>();
  private sweeper?: NodeJS.Timeout;
  private shut = false;

  public constructor(private readonly lifetimes: Lifetimes) {}

  public get size(): number {
    return this.open.size;
  }

  public get(id: string): Connection | undefined {
    return this.open.get(id);
  }

  public all(): Connection[] {
    return [...this.open.values()];
  }

  /** Whether the gateway ends: new ones are not wanted. */
  public get closing(): boolean {
    return this.shut;
  }

  /** One whose `$connect` ran while the gateway began to end is told so at once. */
  public add(connection: Connection): void {
    this.open.set(connection.id, connection);
    if (this.shut) connection.close(CLOSES.shutdown);
    else this.sweeper ??= this.startSweeping();
  }

  /** Tells all clients that the gateway ends (7.3). */
  public shutDown(): void {
    this.shut = true;
    this.stopSweeping();
    for (const connection of this.open.values()) connection.close(CLOSES.shutdown);
  }

  public remove(connection: Connection): void {
    this.open.delete(connection.id);
    if (this.open.size === 0) this.stopSweeping();
  }

  /** One timer for all: two for each would be most of what an idle connection costs. */
  private startSweeping(): NodeJS.Timeout {
    const { idle, duration } = this.lifetimes;
    return setInterval(() => this.sweep(Date.now()), Math.max(1, Math.min(LONGEST_SWEEP, idle / 4, duration / 4)));
  }

  private stopSweeping(): void {
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }

  private sweep(now: number): void {
    for (const connection of this.open.values()) {
      // 7.2.3: whatever its activity.
      if (now - connection.context.connectedAt >= this.lifetimes.duration) this.end(connection, CLOSES.duration);
      else if (now - connection.lastActiveAt >= this.lifetimes.idle) this.end(connection, CLOSES.idle);
    }
  }

  /** Its id is gone at once (6.6), whenever the client takes notice. */
  private end(connection: Connection, how: typeof CLOSES.idle): void {
    this.remove(connection);
    connection.close(how);
  }
}
