import { runtimeError } from '../error';
import { CONNECTION_SECONDS, connectionKey, endOf, isOver, memberKey, number, text } from './keys';
import { deleteRow } from './removal';
import { Item, itemOf, transact } from './table';

/** Each costs the connection item bytes: with a hundred a join is 8 write units instead of 4. */
const MOST_ROOMS = 100;

/** Who joins. */
export interface Entrant {
  readonly id: string;
  readonly user?: string;
  readonly stage: string;
  /** When it connected, in milliseconds. */
  readonly at: number;
}

const JOINABLE = 'attribute_exists(pk) AND attribute_not_exists(closed) AND #ttl > :now '
  + 'AND (attribute_not_exists(rooms) OR size(rooms) < :most OR contains(rooms, :room))';

/**
 * Makes a connection a member. Its row and the set of rooms of the connection, from which a removal takes them, are one transaction.
 *
 * @returns The row if it is new, or has other meta than before; `undefined` when the connection is a member with the same
 */
export async function enter(
  room: string, { id, user, stage, at }: Entrant, options: { readonly meta?: object; readonly announce: boolean },
): Promise<Item | undefined> {
  const meta = options.meta && JSON.stringify(options.meta);
  const attributes = itemOf({
    ...memberKey(room, id),
    user: user === undefined ? undefined : text(user),
    stage: text(stage),
    at: number(at),
    meta: meta === undefined ? undefined : text(meta),
    announce: options.announce ? { BOOL: true } : undefined,
    ttl: endOf(at, CONNECTION_SECONDS),
  });
  let held: Item | undefined;
  for (;;) {
    const now = Date.now();
    const row = { ...attributes, joined: number(Math.max(now, held ? Number(held.joined!.N) + 1 : 0)) };
    const met = await transact(
      ['Update', {
        Key: connectionKey(id),
        UpdateExpression: 'ADD rooms :rooms',
        ConditionExpression: JOINABLE,
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':rooms': { SS: [room] }, ':room': text(room), ':most': number(MOST_ROOMS), ':now': number(Math.floor(now / 1_000)),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }],
      ['Put', { Item: row, ...unchanged(held, 'attribute_not_exists(pk)') }],
    );
    if (!met) return row;
    const [connection, member] = met;
    if (connection.failed) throw refusal(room, id, connection.item, now);
    held = member.item;
    if (held && held.meta?.S === meta && Boolean(held.announce?.BOOL) === options.announce) return undefined;
  }
}

/**
 * Ends a membership.
 *
 * @returns What this call has ended; `undefined` when there was none, or another one has ended it. Of a membership that is not
 *   announced, nothing is known but that.
 */
export async function exit(room: string, id: string): Promise<Item | undefined> {
  let held: Item | undefined;
  for (;;) {
    const met = await transact(
      ['Update', {
        Key: connectionKey(id),
        UpdateExpression: 'DELETE rooms :rooms',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':rooms': { SS: [room] } },
      }],
      // A transaction returns the old item only when it fails, and `room:left` needs it: an announced membership takes a second one.
      ['Delete', { Key: memberKey(room, id), ...unchanged(held, 'attribute_exists(pk) AND attribute_not_exists(announce)') }],
    );
    if (!met) return held ?? {};
    const [connection, member] = met;
    if (connection.failed) return deleteRow(memberKey(room, id));
    held = member.item;
    if (!held) return undefined;
  }
}

/** The condition that a row is still what was seen of it. */
function unchanged(held: Item | undefined, otherwise: string): object {
  return {
    ConditionExpression: held ? 'joined = :joined' : otherwise,
    ...held && { ExpressionAttributeValues: { ':joined': held.joined } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function refusal(room: string, id: string, connection: Item | undefined, now: number): Error {
  return connection && !connection.closed && !isOver(connection, now)
    ? runtimeError('TOO_MANY_ROOMS', `the connection ${id} is in ${MOST_ROOMS} rooms, and may be in no more: it cannot join ${room}`)
    : runtimeError('NOT_CONNECTED', `the connection ${id} cannot join ${room}: it is closed, or the store has no record of it`);
}
