import { announceLeft } from '../delivery';
import { CONNECTION_SECONDS, connectionKey, endOf, isOver, number, text, userKey } from './keys';
import { removeGone } from './removal';
import { itemOf, operate, transact } from './table';

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

/** Records a connection and that it is one of its user, in one transaction. */
export async function recordConnection(
  { id, user, stage, at, ip }: Omit<ConnectionItem, 'rooms'>,
): Promise<void> {
  const shared = { stage: text(stage), at: number(at), ttl: endOf(at, CONNECTION_SECONDS) };
  const Item = itemOf({
    ...connectionKey(id),
    ...shared,
    user: user === undefined ? undefined : text(user),
    ip: ip === undefined ? undefined : text(ip),
  });
  if (user === undefined) await operate('PutItem', { Item });
  else await transact(['Put', { Item }], ['Put', { Item: { ...userKey(user, id), ...shared } }]);
}

/** Removes a connection that has ended with all that it has, and tells the rooms. May be repeated from any point. */
export async function removeConnection(id: string): Promise<void> {
  await announceLeft(await removeGone(id));
}

/** `undefined` for one that has ended, or that the store never knew. */
export async function connectionItem(id: string): Promise<ConnectionItem | undefined> {
  const { Item } = await operate('GetItem', { Key: connectionKey(id), ConsistentRead: true });
  if (!Item || Item.closed || isOver(Item, Date.now())) return undefined;
  const { user, stage, at, ip, rooms } = Item;
  return { id, user: user?.S, stage: stage!.S!, at: Number(at!.N), ip: ip?.S, rooms: rooms?.SS ?? [] };
}
