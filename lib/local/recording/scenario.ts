import { Observation, observationOf, Subjects } from './observation';
import type { RecordedEntry, Recording } from './reading';
import type { ConnectedEntry, DisconnectedEntry, InvocationEntry, PostEntry, RefusedEntry, TraceEntry } from '../trace';

/** What a client or a backend did. */
export type Trigger =
  | ConnectTrigger
  | { readonly type: 'send'; readonly subject: string; readonly text: string }
  | { readonly type: 'close'; readonly subject: string; readonly entry: DisconnectedEntry }
  | { readonly type: 'post'; readonly subject: string; readonly entry: PostEntry };

export interface ConnectTrigger {
  readonly type: 'connect';
  readonly subject: string;
  readonly entry: TraceEntry & (ConnectedEntry | RefusedEntry);
  /** What the authorizer did, if the authorizer is a function and was asked. */
  readonly authorizer?: InvocationEntry;
  /** Whether the handshake passed all checks, so that only `$connect` decided. */
  readonly passed: boolean;
}

/** A trigger, and what was observed before the next one. */
export interface Step {
  readonly trigger: Trigger;
  /** In the recording. */
  readonly line: number;
  readonly expected: Observation[];
}

/** How far apart entries may be that belong together: a search through all of them would be quadratic. */
const NEIGHBOURS = 5_000;

/** The part of each client in a recording: in order, what it does, and what follows. */
export function scenarioOf({ entries }: Recording): readonly Step[] {
  const subjects = new Subjects();
  for (const { entry } of entries) subjects.learn(entry);
  const triggers = new Map<number, Array<Omit<Step, 'expected'>>>();
  entries.forEach((recorded, index) => {
    const trigger = triggerOf(recorded.entry, entries, index, subjects);
    if (!trigger) return;
    const at = startOf(recorded, entries, index);
    triggers.set(at, [...triggers.get(at) ?? [], { trigger, line: recorded.line }]);
  });
  const steps: Step[] = [];
  entries.forEach(({ entry }, index) => {
    for (const trigger of triggers.get(index) ?? []) steps.push({ ...trigger, expected: [] });
    const observation = isClosedByUs(entry, entries, index) ? undefined : observationOf(entry, subjects);
    // What precedes the first trigger belongs to an earlier recording of the same connections.
    if (observation) steps.at(-1)?.expected.push(observation);
    if (entry.type === 'post' && isFromOutside(entry, entries, index)) steps.at(-1)?.expected.push(statusOf(entry, subjects));
  });
  return steps;
}

/** The answer to a post from outside. */
export function statusOf({ verb, connectionId, status }: PostEntry, subjects: Subjects): Observation {
  return { subject: subjects.of(connectionId) ?? 'backend', what: `status of ${verb}`, text: String(status) };
}

function triggerOf(entry: TraceEntry, entries: readonly RecordedEntry[], index: number, subjects: Subjects): Trigger | undefined {
  switch (entry.type) {
    case 'connected':
    case 'refused': {
      const before = entries.slice(Math.max(0, index - NEIGHBOURS), index);
      const own = before.flatMap(({ entry: other }) => (other.type === 'invocation' && other.requestId === entry.requestId ? other : []));
      const passed = entry.type === 'connected' || own.some(({ role }) => role === 'route');
      const subject = subjects.of(entry.type === 'connected' ? entry.connectionId : entry.requestId);
      if (subject === undefined) return undefined;
      return { type: 'connect', subject, entry, authorizer: own.find(({ role }) => role === 'authorizer'), passed };
    }
    case 'frame': {
      const subject = subjects.of(entry.connectionId);
      return entry.direction === 'in' && subject !== undefined ? { type: 'send', subject, text: entry.text } : undefined;
    }
    case 'disconnected': {
      const subject = subjects.of(entry.connectionId);
      return subject !== undefined && isClosedByUs(entry, entries, index) ? { type: 'close', subject, entry } : undefined;
    }
    case 'post':
      if (!isFromOutside(entry, entries, index)) return undefined;
      return { type: 'post', subject: subjects.of(entry.connectionId) ?? 'backend', entry };
    default:
      return undefined;
  }
}

/**
 * Where a trigger began: what it caused may come before its own entry, which is written when a handshake is over or a post is answered.
 *
 * @returns the index of the first entry after the beginning
 */
function startOf({ entry }: RecordedEntry, entries: readonly RecordedEntry[], index: number): number {
  if (entry.type !== 'connected' && entry.type !== 'refused' && entry.type !== 'post') return index;
  const { requestId } = entry;
  let start = index;
  let startedAt = Infinity;
  for (let i = index - 1; i >= Math.max(0, index - NEIGHBOURS); i--) {
    const other = entries[i].entry;
    if ('requestId' in other && other.requestId === requestId) {
      start = i;
      if (other.type === 'invocation') startedAt = Math.min(startedAt, other.startedAt);
    }
    if (other.time > startedAt) start = Math.min(start, i);
  }
  return start;
}

/** Whether a connection was ended by its client, or by something that does not happen in a replay by itself: time, a fault, a shutdown. */
function isClosedByUs(entry: TraceEntry, entries: readonly RecordedEntry[], index: number): entry is TraceEntry & DisconnectedEntry {
  if (entry.type !== 'disconnected') return false;
  if (entry.by !== 'gateway') return true;
  return !entries.slice(Math.max(0, index - NEIGHBOURS), index + 1).some(({ entry: other }) => (
    other.type === 'post' && other.verb === 'DELETE' && other.connectionId === entry.connectionId && other.status < 300));
}

/** SDKs say in `User-Agent` that they run in a function. */
const IN_FUNCTION = /exec-env\/AWS_Lambda/i;
const SDK = /aws-sdk|boto|botocore|aws-cli/i;

/** Whether a call of `@connections` came from a backend, not from a handler, which makes it again. */
function isFromOutside({ userAgent = '', time }: TraceEntry & PostEntry, entries: readonly RecordedEntry[], index: number): boolean {
  if (IN_FUNCTION.test(userAgent)) return false;
  if (SDK.test(userAgent)) return true;
  // The entry of an invocation is written when it is over, so after whatever it called.
  return !entries.slice(index, index + NEIGHBOURS).some(({ entry }) => entry.type === 'invocation' && entry.startedAt <= time);
}
