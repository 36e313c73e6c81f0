import { runtimeError } from '../error';
import { counterEnd, counterKey, endOf, isOver, logKey, logPartition, logPosition, number, text } from './keys';
import { Item, itemOf, operate } from './table';

/** Of the store: how long emits are kept, and how many of them a join reads. */
export interface History {
  readonly seconds: number;
  readonly maxMessages: number;
}

/** A numbered emit, as the log has it. */
export interface Logged {
  readonly seq: number;
  /** When it was written, in milliseconds. */
  readonly at: number;
  readonly event?: string;
  /** JSON. */
  readonly data?: string;
  /** Ids of connections, and users. */
  readonly except: ReadonlySet<string>;
}

/** How a room stands for who joins it: see `Joined`. */
export interface Standing {
  readonly seq: number;
  readonly missed: boolean;
  readonly void: number[];
}

/** No emit takes longer from its number to its row: a number without a row, below a row that is older, comes never. */
const SETTLED_AFTER = 60_000;

/** Of that, the reserve for clocks that differ. */
const RESERVE = 5_000;

const NEWEST_ROWS = 25;

/**
 * Gives an emit its number and its row in the log. Before the members are read: who joins in between finds the row.
 *
 * @param except - ids of connections, and users
 */
export async function record(
  room: string, { seconds }: History, emit: { readonly event: string; readonly data?: string; readonly except: ReadonlySet<string> },
): Promise<number> {
  const began = Date.now();
  const { Attributes } = await operate('UpdateItem', {
    Key: counterKey(room),
    UpdateExpression: 'SET seq = if_not_exists(seq, :now) + :one, #first = if_not_exists(#first, :now), #ttl = :ttl',
    ExpressionAttributeNames: { '#ttl': 'ttl', '#first': 'first' },
    ExpressionAttributeValues: { ':now': number(began), ':one': number(1), ':ttl': counterEnd(began, seconds) },
    ReturnValues: 'UPDATED_NEW',
  });
  const seq = Number(Attributes!.seq!.N);
  const at = Date.now();
  await operate('PutItem', {
    Item: itemOf({
      ...logKey(room, seq),
      event: text(emit.event),
      data: emit.data === undefined ? undefined : text(emit.data),
      except: emit.except.size > 0 ? { SS: [...emit.except] } : undefined,
      at: number(at),
      ttl: endOf(at, seconds),
    }),
  });
  if (Date.now() - began < SETTLED_AFTER - RESERVE) return seq;
  throw runtimeError('TIMEOUT', `the emit of ${emit.event} to ${room} was not recorded in time: it is in the history, and was not sent`);
}

/**
 * Hands the rows above `since` to `post`, ascending and until it returns `false`, and says how the room stands. Of a room of any age,
 * it reads at most `maxMessages` rows.
 */
export async function catchUp(
  room: string, history: History, since: number | undefined, post: (row: Logged) => Promise<boolean>,
): Promise<Standing> {
  const { newest, first } = await counter(room, history);
  if (since === newest) return { seq: newest, missed: false, void: [] };
  const now = Date.now();
  const young = now - history.seconds * 1_000;
  if (since !== undefined && since < newest && newest - since <= history.maxMessages) {
    // A counter begins at the clock and is slower: a number that is young as a time is that of a young emit, and no row above is over.
    const found = await replay(room, since, newest, since > young, post);
    if (found) return { ...settle(found, since, now), missed: false };
  }
  // Those below are of a counter that was lost.
  const rows = (await newestRows(room, newest, history, now)).filter(({ seq }) => seq > first);
  const lowest = rows.length > 0 ? rows[0].seq - 1 : newest;
  // Where none can be over yet, the log has the counter's first number.
  const from = first > young ? Math.min(first, lowest) : lowest;
  const { seq } = settle(rows, from, now);
  // A row above a number that is open would be noticed only when another one comes.
  if (since === undefined && rows.some((row) => row.seq > seq)) await replay(room, seq, newest, true, post);
  return { seq, missed: since !== undefined, void: [] };
}

/**
 * Hands the rows above `since` to `post`.
 *
 * @param isWhole - whether none of them can be over; else the row of `since`, or the next one, shows it
 * @returns The rows; `undefined` where some are over, and nothing was handed over
 */
async function replay(
  room: string, since: number, newest: number, isWhole: boolean, post: (row: Logged) => Promise<boolean>,
): Promise<Logged[] | undefined> {
  const now = Date.now();
  const found: Logged[] = [];
  let isOpen = true;
  for await (const rows of logPages(room, since, newest)) {
    const kept = rows.filter((row) => !isOver(row, now)).map(loggedOf);
    isWhole ||= kept.length > 0 && kept[0].seq <= since + 1;
    if (!isWhole) return undefined;
    for (const row of kept.filter(({ seq }) => seq > since)) {
      isOpen &&= await post(row);
      found.push(row);
    }
  }
  return found;
}

/**
 * @param rows - ascending, of the numbers above `from`
 * @returns The number up to which all have a row or come never, and those that come never
 */
function settle(rows: readonly Logged[], from: number, now: number): { readonly seq: number; readonly void: number[] } {
  const holes: number[] = [];
  let settled: number | undefined;
  let next = from + 1;
  for (const { seq, at } of rows) {
    for (; next < seq; next++) {
      if (now - at > SETTLED_AFTER) holes.push(next);
      else settled ??= next - 1;
    }
    next = seq + 1;
  }
  return { seq: settled ?? next - 1, void: holes };
}

/** The last number, and the one that the counter began at. There is none in a room without an emit: it begins now. */
async function counter(room: string, { seconds }: History): Promise<{ readonly newest: number; readonly first: number }> {
  const Key = counterKey(room);
  let item = (await operate('GetItem', { Key, ConsistentRead: true })).Item;
  if (!item) {
    const now = Date.now();
    item = (await operate('UpdateItem', {
      Key,
      UpdateExpression: 'SET seq = if_not_exists(seq, :now), #first = if_not_exists(#first, :now), #ttl = if_not_exists(#ttl, :ttl)',
      ExpressionAttributeNames: { '#ttl': 'ttl', '#first': 'first' },
      ExpressionAttributeValues: { ':now': number(now), ':ttl': counterEnd(now, seconds) },
      ReturnValues: 'ALL_NEW',
    })).Attributes!;
  }
  const newest = Number(item.seq!.N);
  const first = Number(item.first?.N ?? 0);
  // A counter that others have begun may be below the clock, when we first see it.
  return { newest, first: first > newest ? 0 : first };
}

/** From the row of `since` itself on. */
async function* logPages(room: string, since: number, newest: number): AsyncGenerator<Item[]> {
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await operate('Query', {
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': text(logPartition(room)), ':from': text(logPosition(since)), ':to': text(logPosition(newest)) },
      ...start && { ExclusiveStartKey: start },
    });
    yield Items;
    start = LastEvaluatedKey;
  } while (start);
}

/** Down to one below which all is settled; ascending. */
async function newestRows(room: string, newest: number, { maxMessages }: History, now: number): Promise<Logged[]> {
  const rows: Logged[] = [];
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await operate('Query', {
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: NEWEST_ROWS,
      KeyConditionExpression: 'pk = :pk AND sk <= :to',
      ProjectionExpression: 'sk, #at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':pk': text(logPartition(room)), ':to': text(logPosition(newest)) },
      ...start && { ExclusiveStartKey: start },
    });
    rows.push(...Items.map(loggedOf));
    start = LastEvaluatedKey;
  } while (start && rows.length < maxMessages && now - rows[rows.length - 1].at <= SETTLED_AFTER);
  return rows.reverse();
}

function loggedOf({ sk, at, event, data, except }: Item): Logged {
  return { seq: Number(sk!.S), at: Number(at!.N), event: event?.S, data: data?.S, except: new Set(except?.SS) };
}
