import { announceLeft } from '../delivery';
import type { ConnectionItem } from './connection-item';
import { checkName, CONNECTION_SECONDS, connectionKey, endOf, number, text, userKey } from './keys';
import { removeGone } from './removal';
import { itemOf, operate, transact } from './table';

/** Records a connection and that it is one of its user, in one transaction. Fails with BAD_NAME for a user that `user()` refuses. */
export async function recordConnection(
  { id, user, stage, at, ip }: Omit<ConnectionItem, 'rooms'>,
): Promise<void> {
  if (user !== undefined) checkName('user', user);
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
