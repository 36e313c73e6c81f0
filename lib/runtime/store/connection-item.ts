import { connectionKey, isOver } from './keys';
import { operate } from './table';

/** A connection as the store has it. */
export interface ConnectionItem {
  readonly id: string;
  readonly user?: string;
  readonly stage: string;
  /** When it connected, in milliseconds. */
  readonly at: number;
  readonly ip?: string;
  readonly rooms: readonly string[];
}

/** `undefined` for one that has ended, or that the store never knew. */
export async function connectionItem(id: string): Promise<ConnectionItem | undefined> {
  const { Item } = await operate('GetItem', { Key: connectionKey(id), ConsistentRead: true });
  if (!Item || Item.closed || isOver(Item, Date.now())) return undefined;
  const { user, stage, at, ip, rooms } = Item;
  return { id, user: user?.S, stage: stage!.S!, at: Number(at!.N), ip: ip?.S, rooms: rooms?.SS ?? [] };
}
