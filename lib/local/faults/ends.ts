import type { EndFault } from './fault-arguments';
import type { Clock } from '../clock';
import { CLOSES, type Close } from '../protocol/frames';

/** As much of an open WebSocket as faults change. */
export interface FaultyConnection {
  readonly id: string;
  readonly isOpen: boolean;
  endedBy?: 'fault';
  /** The fault that keeps everything from passing, if there is one. */
  readonly silence?: 'stalled' | 'half-open';
  /** Keeps everything from passing; what is written meanwhile is kept if the connection is stalled, else lost. */
  silent(silence: 'stalled' | 'half-open'): void;
  /** Ends a stall. */
  resume(): void;
  /** Resets the TCP connection. */
  cut(): void;
}

export interface FaultyConnections<Connection extends FaultyConnection = FaultyConnection> {
  get(id: string): Connection | undefined;
  all(): Connection[];
  /** Forgets the id at once, and closes. */
  end(connection: Connection, how: Close): void;
}

const CLOSED_BY = {
  idle: CLOSES.idle, duration: CLOSES.duration, deployment: CLOSES.deployed, delete: CLOSES.deleted,
} as const;

/** Ends connections as AWS and networks do. */
export class Ends {
  private readonly stalls = new Map<FaultyConnection, () => void>();

  public constructor(private readonly connections: FaultyConnections, private readonly clock: Clock) {}

  /** @param milliseconds of a stall */
  public end(connection: FaultyConnection, how: EndFault['how'], milliseconds?: number): void {
    if (!connection.isOpen) return;
    if (how === 'stall') {
      if (connection.silence) return;
      connection.silent('stalled');
      if (milliseconds !== undefined) this.resumeIn(milliseconds, connection);
    } else if (how === 'half-open') {
      connection.silent('half-open');
    } else {
      connection.endedBy = 'fault';
      if (how === 'cut') connection.cut();
      else this.connections.end(connection, CLOSED_BY[how]);
    }
  }

  /** Stalls go on. What a half-open connection has lost is lost, so it is cut. */
  public clear(): void {
    for (const connection of this.connections.all()) {
      if (connection.silence === 'half-open') this.end(connection, 'cut');
      else connection.resume();
    }
    this.stalls.forEach((cancel) => cancel());
    this.stalls.clear();
  }

  private resumeIn(milliseconds: number, connection: FaultyConnection): void {
    this.stalls.set(connection, this.clock.after(milliseconds, () => {
      this.stalls.delete(connection);
      if (connection.silence === 'stalled') connection.resume();
    }));
  }
}
