import type { Connection } from '../events';
import type { Recipient } from '../posts';
import { number, text } from './keys';
import { Item, operate } from './table';

/** A connection in a room, or of a user. */
export interface Member {
  readonly connectionId: string;
  readonly user?: string;
  /** What it joined with. */
  readonly meta?: object;
  /** Of a user's connection: since when it is connected. */
  readonly joinedAt: Date;
}

/** Whom to leave out: a connection, its id, or a user, with all connections. */
export type Except = readonly (Connection<unknown> | string)[];

/**
 * The rows of a room or a user that are not over, in the order of their ids; consistent, so that who has joined is among them and
 * who has left is not.
 *
 * @param partition - `R#room` or `U#user`
 */
export async function memberRows(partition: string, limit = Infinity, after?: string): Promise<Item[]> {
  const rows: Item[] = [];
  let start: Item | undefined = after === undefined ? undefined : { pk: text(partition), sk: text(after) };
  do {
    const { Items = [], LastEvaluatedKey } = await operate('Query', {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: '#ttl > :now',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':pk': text(partition), ':now': number(Math.floor(Date.now() / 1_000)) },
      ...limit < Infinity && { Limit: limit - rows.length },
      ...start && { ExclusiveStartKey: start },
    });
    for (const row of Items) rows.push(row);
    start = LastEvaluatedKey;
  } while (start && rows.length < limit);
  return rows;
}

export function memberOf({ sk, user, meta, joined, at }: Item): Member {
  return {
    connectionId: sk!.S!,
    ...user && { user: user.S },
    ...meta && { meta: JSON.parse(meta.S!) as object },
    joinedAt: new Date(Number((joined ?? at)!.N)),
  };
}

export function recipientOf({ sk, stage, at }: Item): Recipient {
  return { connectionId: sk!.S!, stage: stage?.S, at: Number(at?.N) };
}

/** As it is kept beside an emit. A connection is not its user, whose other connections receive it. */
export function exceptions(except: Except = []): Set<string> {
  // DynamoDB refuses a set with an empty text, which is nobody.
  return new Set(except.map((one) => typeof one === 'string' ? one : one.id).filter(Boolean));
}

export function isExcepted(excepted: ReadonlySet<string>, connectionId: string, user?: string): boolean {
  return excepted.has(connectionId) || (user !== undefined && excepted.has(user));
}
