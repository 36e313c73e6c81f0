import type { TraceEntry } from '../lib/local/trace';

/** What the gateway sends: an entry of its trace, or the number of those that this page was too slow for. */
export type Entry = { readonly n: number } & (TraceEntry | { readonly type: 'gap'; readonly lost: number; readonly time: number });

export type EntryOf<Type extends Entry['type']> = Extract<Entry, { type: Type }>;

/** What the filter tells apart, with the words that rows show. */
export const KINDS = {
  in: 'in',
  out: 'out',
  run: 'run',
  log: 'log',
  post: 'post',
  store: 'store',
  open: 'open',
  refused: 'refused',
  closed: 'closed',
  note: 'note',
} as const;
export type Kind = keyof typeof KINDS;

/** What the words mean, for the help and for hovering. */
export const MEANINGS: Readonly<Record<Kind, string>> = {
  in: 'a frame of a client',
  out: 'a frame to a client',
  run: 'a function ran',
  log: 'a line that a handler printed',
  post: 'a call of @connections',
  store: 'a call of DynamoDB',
  open: 'a client was let in',
  refused: 'a handshake failed',
  closed: 'a connection ended',
  note: 'a notice, a fault, a rebuild',
};

export function kindOf(entry: Entry): Kind {
  switch (entry.type) {
    case 'frame': return entry.direction;
    case 'invocation': return 'run';
    case 'output': return 'log';
    case 'connected': return 'open';
    case 'disconnected': return 'closed';
    case 'gap': return 'note';
    default: return entry.type;
  }
}

/** One line that says what happened. */
export function summaryOf(entry: Entry): string {
  switch (entry.type) {
    case 'frame': return [entry.routeKey, entry.by === 'error' ? 'error frame' : '', entry.text].filter(Boolean).join('  ');
    case 'invocation': return [
      entry.role === 'route' ? entry.routeKey : entry.role, labelOf(entry.target),
      entry.error && `${entry.error.type}: ${entry.error.message}`,
    ].filter(Boolean).join('  ');
    case 'output': return entry.text;
    case 'post': return [entry.verb, entry.body ?? entry.reason].filter(Boolean).join('  ');
    case 'store': return [entry.operation, entry.table].filter(Boolean).join('  ');
    case 'connected': return [entry.url, entry.subprotocol && `subprotocol ${entry.subprotocol}`].filter(Boolean).join('  ');
    case 'refused': return [entry.url, entry.reason ?? entry.body].filter(Boolean).join('  ');
    case 'disconnected': return [`by the ${entry.by}`, entry.reason].filter(Boolean).join('  ');
    case 'note': return [entry.kind, entry.text].join('  ');
    case 'gap': return `${entry.lost.toLocaleString('en')} entries are missing here: they came faster than this page could read them`;
  }
}

/** What tells functions apart: of `Chat/Chat/Handler-src%2Frooms.say` the handler. */
function labelOf(target: string): string {
  return target.slice(target.lastIndexOf('/') + 1).replace(/^Handler-/, '').replaceAll('%2F', '/');
}

/** Status, close code or duration: how it ended. */
export function outcomeOf(entry: Entry): string {
  switch (entry.type) {
    case 'invocation': return `${entry.isColdStart ? 'cold ' : ''}${milliseconds(entry.duration)}`;
    case 'store': return entry.status === 200 ? milliseconds(entry.duration) : String(entry.status);
    case 'post': case 'refused': return String(entry.status);
    case 'disconnected': return String(entry.code);
    case 'connected': return '101';
    case 'frame': return size(entry.text);
    default: return '';
  }
}

/** Whether something went wrong: such rows are marked. */
export function hasFailed(entry: Entry): boolean {
  switch (entry.type) {
    case 'invocation': return entry.error !== undefined;
    case 'store': case 'post': return entry.status >= 400;
    case 'frame': return entry.by === 'error';
    case 'output': return entry.stream === 'stderr';
    case 'refused': case 'gap': return true;
    case 'disconnected': return entry.by === 'fault' || entry.by === 'network';
    default: return false;
  }
}

/** Whether any text of an entry matches. */
export function contains(entry: Entry, pattern: RegExp): boolean {
  return Object.values(entry).some((value: unknown) => (
    typeof value === 'string' ? pattern.test(value)
      : typeof value === 'number' ? pattern.test(String(value))
        : typeof value === 'object' && value !== null && pattern.test(JSON.stringify(value))
  ));
}

export function milliseconds(duration: number): string {
  if (duration < 10) return `${duration.toFixed(1)} ms`;
  return duration < 10_000 ? `${Math.round(duration)} ms` : `${(duration / 1000).toFixed(1)} s`;
}

export function size(text: string): string {
  // UTF-8 is counted for short texts alone.
  const bytes = text.length > 100_000 ? text.length : new TextEncoder().encode(text).length;
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

/** 14:04:43.332 */
export function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
