import { isRecord, parsedJson } from '../protocol/json';
import type { InvocationEntry, TraceEntry } from '../trace';

/** Something that can be compared between a recording and its replay. */
export interface Observation {
  /** `connection 1`, or `functions`, `backend`. */
  readonly subject: string;
  /** `reply`, `post`, `error`, `handshake`, `close`, `$connect ran`. */
  readonly what: string;
  readonly text: string;
}

/** Gives each handshake of a session a name, in the order in which they are over. */
export class Subjects {
  private readonly byId = new Map<string, string>();
  private readonly byRequest = new Map<string, string>();
  /** Connection ids of handshakes, by request id: of refused ones only the invocations say them. */
  private readonly connections = new Map<string, string>();
  private count = 0;

  /** `connection 1` by connection id. */
  public get labels(): ReadonlyMap<string, string> {
    return this.byId;
  }

  /** @param label that of the recording; a new one by default */
  public learn(entry: TraceEntry, label?: string): void {
    if (entry.type === 'invocation' && entry.requestId !== undefined && entry.connectionId !== undefined) {
      if (!this.byId.has(entry.connectionId)) this.connections.set(entry.requestId, entry.connectionId);
    }
    if (entry.type !== 'connected' && entry.type !== 'refused') return;
    // Refused before any stage was chosen, by the host or the path: that is not the app's doing.
    if (entry.api === undefined && label === undefined) return;
    const subject = label ?? `connection ${++this.count}`;
    this.byRequest.set(entry.requestId, subject);
    const connectionId = entry.type === 'connected' ? entry.connectionId : this.connections.get(entry.requestId);
    if (connectionId !== undefined) this.byId.set(connectionId, subject);
    this.connections.delete(entry.requestId);
  }

  /** @param id of a connection, or of the request of a handshake */
  public of(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.byId.get(id) ?? this.byRequest.get(id);
  }
}

/** What an entry shows of the behaviour of the app; `undefined` for what clients do, and for what they are not told. */
export function observationOf(entry: TraceEntry, subjects: Subjects): Observation | undefined {
  switch (entry.type) {
    case 'connected': {
      const { connectionId, subprotocol } = entry;
      return observation(subjects.of(connectionId), 'handshake', JSON.stringify({ status: 101, subprotocol }));
    }
    case 'refused':
      return observation(subjects.of(entry.requestId), 'handshake', JSON.stringify({ status: entry.status, body: entry.body }));
    case 'frame':
      return entry.direction === 'out' ? observation(subjects.of(entry.connectionId), entry.by ?? 'frame', entry.text) : undefined;
    case 'disconnected':
      return observation(subjects.of(entry.connectionId), 'close', JSON.stringify({ code: entry.code, reason: entry.reason }));
    case 'invocation':
      return invocationOf(entry, subjects);
    default:
      return undefined;
  }
}

/** The body of an answer reaches the client as a frame, or nobody: only the status is compared, or the error. */
function invocationOf(entry: InvocationEntry, subjects: Subjects): Observation | undefined {
  const { role, routeKey, target, connectionId, answer, error } = entry;
  if (role === 'authorizer') return undefined;
  const value = answer === undefined ? undefined : parsedJson(answer);
  const status = isRecord(value) ? value.statusCode : undefined;
  const text = JSON.stringify(error ? { error: error.type, message: error.message } : { statusCode: status });
  if (role === 'route') return observation(subjects.of(connectionId), `answer of ${routeKey ?? target}`, text);
  return { subject: 'functions', what: `answer of ${target}`, text };
}

function observation(subject: string | undefined, what: string, text: string): Observation | undefined {
  return subject === undefined ? undefined : { subject, what, text };
}
