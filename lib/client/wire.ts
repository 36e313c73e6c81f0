import type { Item } from './queue';
import type { Timer } from './scope';
import type { SocketLike } from './types';

/** One connection, or the attempt to make one. */
export interface Wire {
  socket?: (SocketLike & { terminate?(): void }) | undefined;
  /** When it was opened. */
  opened?: number;
  /** When something was sent or heard last. */
  heard?: number;
  /** Whether the heartbeat waits for an answer. */
  isAsked?: boolean;
  /** Until the next heartbeat, or for the answer to it. */
  beat?: Timer;
  /** Of the handshake, of the change-over, of the end: one after the other. */
  timer?: Timer;
  /** The requests that it carries, by their id. */
  readonly requests: Map<unknown, Item>;
}

export function isOpen(wire: Wire | undefined): boolean {
  return wire?.socket?.readyState === 1;
}

/** Closes a connection, without waiting for the other side where that is possible. */
export function cut({ socket }: Wire): void {
  if (socket?.terminate) socket.terminate();
  else socket?.close();
}
