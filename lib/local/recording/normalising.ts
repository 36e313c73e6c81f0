import { isRecord, parsedJson } from '../protocol/json';

/** A text without what differs from run to run, and what was there, in order. */
export interface Normal {
  readonly shape: string;
  /** Ids and numbers of rooms: those of two texts of the same shape correspond to each other. */
  readonly ids: readonly string[];
}

export interface Session {
  /** `connection 1` by connection id. */
  readonly labels: ReadonlyMap<string, string>;
  /** Within the session, in milliseconds since 1970; numbers about it are times. */
  readonly time: number;
}

/** What is an id wherever it occurs. */
const ID = anyOf(
  'gi',
  // Of API Gateway: connections, requests, messages.
  /(?<![\w=-])[\w-]{15}=(?!=)/,
  // A UUID, as Lambda's request ids are; a ULID; a trace id.
  /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/,
  /\b[0-7][\dA-HJKMNP-TV-Z]{25}\b/,
  /\b1-[\da-f]{8}-[\da-f]{24}\b/,
);

/** ISO 8601, and the form of access logs that `requestTime` has. */
const TIME = anyOf(
  'g',
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/,
  /\b\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/,
);

const DIGITS = /\b\d{10,13}\b/g;

/** What was masked, in either form that a replay sends, and a token that a handler makes. */
const MASKED = anyOf(
  'g',
  /<masked:\d+>/,
  /\bmasked-\d+\b/,
  /%3[Cc]masked(?::|%3[Aa])\d+%3[Ee]/,
  /\bey[IJKL][\w-]{6,}\.[\w-]{2,}\.[\w-]*/,
);

/** The gateway itself, and its clients. */
const LOCAL = /\b(?:localhost|127\.0\.0\.1):\d{2,5}\b/g;
const CLIENT = /\b127\.0\.0\.1\b|(?<![\w:])::1(?![\w:])/g;

/** Members whose numbers count what a table has seen. */
const COUNTERS = new Set(['seq', 'since']);

/** Members whose numbers measure. */
const MEASURES = new Set(['integrationLatency', 'duration', 'latency']);

/** Numbers this near to a session are times: ids that expire in a month too. */
const NEAR = 40 * 24 * 3600 * 1000;

/** Removes what differs from run to run from a text, also within JSON, and from JSON within its strings. */
export function normalise(text: string, session: Session): Normal {
  const ids: string[] = [];
  return { shape: shapeOfText(text, session, ids), ids };
}

function shapeOfText(text: string, session: Session, ids: string[]): string {
  if (/^\s*[[{]/.test(text)) {
    const value = parsedJson(text);
    if (typeof value === 'object' && value !== null) return JSON.stringify(shapeOf(value, '', session, ids));
  }
  return text
    .replace(MASKED, '<masked>')
    .replace(ID, (id) => {
      ids.push(id);
      return `<${session.labels.get(id) ?? 'id'}>`;
    })
    .replace(TIME, '<time>')
    .replace(DIGITS, (digits) => (isNear(Number(digits), session) ? '<time>' : digits))
    .replace(LOCAL, '<gateway>')
    .replace(CLIENT, '<ip>');
}

function shapeOf(value: unknown, name: string, session: Session, ids: string[]): unknown {
  if (typeof value === 'string') return shapeOfText(value, session, ids);
  if (typeof value === 'number') return shapeOfNumber(value, name, session, ids);
  if (Array.isArray(value)) return shapeOfList(value, name, session, ids);
  if (!isRecord(value)) return value;
  // The order of members says nothing.
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((each) => [shapeOfText(each, session, ids), shapeOf(value[each], each, session, ids)]));
}

function shapeOfNumber(value: number, name: string, session: Session, ids: string[]): unknown {
  if (COUNTERS.has(name)) {
    ids.push(String(value));
    return `<${name}>`;
  }
  if (MEASURES.has(name)) return `<${name}>`;
  return isNear(value, session) ? '<time>' : value;
}

/** A list of things with ids is sorted by them as often as not, and ids differ: its order counts for nothing. */
function shapeOfList(list: readonly unknown[], name: string, session: Session, ids: string[]): unknown[] {
  const items = list.map((item) => {
    const own: string[] = [];
    return { shape: shapeOf(item, name, session, own), ids: own };
  });
  const isUnordered = items.length > 1 && items.every((item) => item.ids.length > 0);
  if (isUnordered) items.sort((left, right) => compare(JSON.stringify(left.shape), JSON.stringify(right.shape)));
  for (const item of items) ids.push(...item.ids);
  return items.map(({ shape }) => shape);
}

function anyOf(flags: string, ...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), flags);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Whether a number may be a time near the session: in milliseconds or in seconds. */
function isNear(value: number, { time }: Session): boolean {
  return Math.abs(value - time) < NEAR || (value > 1e9 && Math.abs(value * 1000 - time) < NEAR);
}

/** Replaces the ids in what is sent again: `to` of a message is the connection that plays the part of the recorded one. */
export function translated(text: string, ids: ReadonlyMap<string, string>): string {
  return text
    .replace(ID, (id) => ids.get(id) ?? id)
    .replace(COUNTER, (_all, start: string, number: string) => `${start}${ids.get(number) ?? number}`);
}

/** A number of a room in JSON, also within strings of JSON. */
const COUNTER = /("(?:since|seq)\\*"\s{0,9}:\s{0,9})(\d{1,16})/g;
