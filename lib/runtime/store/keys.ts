import { runtimeError } from '../error';
import type { Attribute, Item } from './table';

/** The key of an item. Written by other languages too: docs/store.md. */
export interface Key {
  readonly pk: Attribute;
  readonly sk: Attribute;
}

/** Of a connection, its user item and its members: the two hours that a connection may live, and some minutes. Never renewed. */
export const CONNECTION_SECONDS = 7_800;

/** Of a counter, after its last emit. A counter that comes too early to its end begins again from the clock, above the old one. */
const COUNTER_SECONDS = 86_400;

const [NAME_BYTES, CONTROL] = [512, /[\p{Cc}\p{Cs}]/u];

export const connectionKey = (id: string): Key => key(`C#${id}`, 'C');
export const userKey = (user: string, id: string): Key => key(userPartition(user), id);
export const memberKey = (room: string, id: string): Key => key(roomPartition(room), id);
export const counterKey = (room: string): Key => key(`S#${room}`, 'seq');
export const logKey = (room: string, seq: number): Key => key(logPartition(room), logPosition(seq));

export const userPartition = (user: string): string => `U#${user}`;
export const roomPartition = (room: string): string => `R#${room}`;
export const logPartition = (room: string): string => `H#${room}`;

/** 16 digits, so that DynamoDB orders them as numbers. */
export const logPosition = (seq: number): string => String(seq).padStart(16, '0');

export const number = (value: number): Attribute => ({ N: String(value) });
export const text = (value: string): Attribute => ({ S: value });

/** In seconds, when something that begins at `at` milliseconds ends. */
export const endOf = (at: number, seconds: number): Attribute => number(Math.floor(at / 1_000) + seconds);

export function counterEnd(at: number, historySeconds: number): Attribute {
  return endOf(at, Math.max(COUNTER_SECONDS, historySeconds + CONNECTION_SECONDS));
}

/** DynamoDB deletes an item days after its end: readers and conditions look at it themselves. */
export function isOver(item: Item, now: number): boolean {
  return Number(item.ttl?.N) <= Math.floor(now / 1_000);
}

/** Fails with BAD_NAME for what cannot be the name of a room or a user. */
export function checkName(kind: 'room' | 'user', name: string): string {
  if (typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= NAME_BYTES && !CONTROL.test(name)) return name;
  const given = typeof name === 'string' ? JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name) : String(name);
  throw runtimeError('BAD_NAME', `the name of a ${kind} is 1 to ${NAME_BYTES} bytes of UTF-8 without control characters, not ${given}`);
}

/** Fails with BAD_NAME for an event that only the runtime sends. */
export function checkEvent(event: string): string {
  if (typeof event === 'string' && event !== '' && !event.startsWith('room:')) return event;
  throw runtimeError('BAD_NAME', `the name of an event must be a text that does not begin with "room:", not ${JSON.stringify(event)}`);
}

function key(pk: string, sk: string): Key {
  return { pk: text(pk), sk: text(sk) };
}
