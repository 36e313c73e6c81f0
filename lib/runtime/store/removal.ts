import { connectionKey, Key, memberKey, userKey } from './keys';
import { Item, operate, operateIf } from './table';

/**
 * Removes a connection: marks it `closed`, so that it joins nothing any more, then deletes what it has, itself last. May be repeated
 * from any point, also by several at the same time.
 *
 * @param row - a row of it that is deleted in any case: the connection item may be gone before it
 * @returns The memberships that this call has ended, and no other one
 */
export async function removeGone(id: string, row?: Key): Promise<Item[]> {
  const closed = await operateIf('UpdateItem', {
    Key: connectionKey(id),
    UpdateExpression: 'SET closed = :true',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':true': { BOOL: true } },
    ReturnValues: 'ALL_NEW',
  });
  const { user, rooms } = closed?.Attributes ?? {};
  const keys = (rooms?.SS ?? []).map((room) => memberKey(room, id));
  if (user) keys.push(userKey(user.S!, id));
  if (row && !keys.some(({ pk }) => pk.S === row.pk.S)) keys.push(row);
  const ended = await Promise.all(keys.map(deleteRow));
  if (closed) await deleteRow(connectionKey(id));
  return ended.filter((item) => item?.joined) as Item[];
}

/** @returns The row, if it was this call that deleted it. */
export async function deleteRow({ pk, sk }: Key): Promise<Item | undefined> {
  return (await operate('DeleteItem', { Key: { pk, sk }, ReturnValues: 'ALL_OLD' })).Attributes;
}
