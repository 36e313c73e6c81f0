import type { GatewayEvent } from './gateway-event';

/**
 * Everything that passes the gateway, whole: the page at `/_ws` shows it, a recording keeps it. Unlike a `GatewayEvent`, an entry has the
 * texts of frames, events and answers.
 */
export type TraceEntry = { readonly time: number } & (
  | ConnectedEntry | RefusedEntry | FrameEntry | InvocationEntry | OutputEntry | PostEntry | StoreEntry | DisconnectedEntry | NoteEntry
);

/** A client was let in. */
export interface ConnectedEntry extends Handshake {
  readonly type: 'connected';
  readonly connectionId: string;
  /** What the authorizer returned for `event.requestContext.authorizer`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** `principalId` or `sub` of the authorizer's context. */
  readonly user?: string;
  readonly subprotocol?: string;
}

/** A handshake failed. */
export interface RefusedEntry extends Handshake {
  readonly type: 'refused';
  readonly status: number;
  readonly body: string;
  readonly reason?: string;
}

export interface Handshake {
  readonly requestId: string;
  readonly api?: string;
  readonly stage?: string;
  /** Path and query string as they came. */
  readonly url: string;
  /** Name and value, in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
}

/** A frame of a client (`in`) or to a client (`out`). */
export interface FrameEntry {
  readonly type: 'frame';
  readonly connectionId: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
  /** Why it was sent: the reply of a two-way route, a post to `@connections`, an error frame of API Gateway. */
  readonly by?: 'reply' | 'post' | 'error';
  /** That of the message that came in or is answered; of a post that of the call. */
  readonly requestId?: string;
  /** Of a frame that came in. */
  readonly routeKey?: string;
  /** Why an error frame was sent. */
  readonly reason?: string;
}

/** A function ran. */
export interface InvocationEntry {
  readonly type: 'invocation';
  /** Lambda's request id. */
  readonly invocationId: string;
  readonly requestId?: string;
  readonly connectionId?: string;
  readonly functionId: string;
  /** Construct path. */
  readonly target: string;
  readonly routeKey?: string;
  readonly role: 'route' | 'authorizer' | 'invoke';
  readonly startedAt: number;
  /** Milliseconds that the handler ran. */
  readonly duration: number;
  /** Whether a process was started for it. */
  readonly isColdStart: boolean;
  /** JSON. */
  readonly event: string;
  /** JSON of what the handler returned; absent if it failed. */
  readonly answer?: string;
  readonly error?: { readonly type: string; readonly message: string; readonly stackTrace: readonly string[] };
}

/** A line that a handler printed. */
export interface OutputEntry {
  readonly type: 'output';
  readonly functionId: string;
  /** Absent while the module loads. */
  readonly invocationId?: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A call of `@connections`. What it delivers is a frame of its own. */
export interface PostEntry {
  readonly type: 'post';
  readonly verb: 'POST' | 'GET' | 'DELETE';
  readonly connectionId?: string;
  readonly requestId: string;
  readonly status: number;
  /** Of a POST, as text. */
  readonly body?: string;
  /** The header `User-Agent`: SDKs say in it whether they run in a function. */
  readonly userAgent?: string;
  readonly reason?: string;
}

/** A call of DynamoDB. */
export interface StoreEntry {
  readonly type: 'store';
  readonly operation: string;
  readonly table?: string;
  readonly status: number;
  readonly duration: number;
  /** JSON, shortened where it is long. */
  readonly input: string;
  readonly output?: string;
}

export interface DisconnectedEntry {
  readonly type: 'disconnected';
  readonly connectionId: string;
  readonly code: number;
  readonly reason: string;
  /** Who ended the connection. */
  readonly by: 'client' | 'gateway' | 'fault' | 'network';
}

/** Something that has no connection: a notice, a fault that was set, a rebuild, the synthesis of the app. */
export interface NoteEntry {
  readonly type: 'note';
  readonly kind: 'notice' | 'fault' | 'rebuild' | 'synthesis';
  readonly text: string;
}

/** The note that an event of the gateway is; `undefined` for what has an entry of its own. */
export function noteOf(event: GatewayEvent): TraceEntry | undefined {
  const { time } = event;
  switch (event.type) {
    case 'notice': return { type: 'note', time, kind: 'notice', text: event.text };
    case 'rebuild': {
      const text = event.errors.length > 0 ? event.errors.join('\n') : `${event.functions.join(', ')} built in ${event.duration} ms`;
      return { type: 'note', time, kind: 'rebuild', text };
    }
    case 'synthesis': return { type: 'note', time, kind: 'synthesis', text: event.command ?? 'the app is synthesized' };
    case 'resynthesis': {
      const changes = [...event.added.map((each) => `+ ${each}`), ...event.removed.map((each) => `- ${each}`)];
      const text = event.error ?? [`the app was synthesized in ${event.duration} ms`, ...changes].join('\n');
      return { type: 'note', time, kind: 'synthesis', text };
    }
    default: return undefined;
  }
}

export type TraceListener = (entry: TraceEntry) => void;

/** Passes entries on while somebody listens. Ask `isOn` before making an entry: without listeners it must cost nothing. */
export class Trace {
  private readonly listeners = new Set<TraceListener>();

  public get isOn(): boolean {
    return this.listeners.size > 0;
  }

  /** A listener that throws is left out from then on: nothing that watches the gateway may break it. */
  public add(entry: TraceEntry): void {
    for (const listener of this.listeners) {
      try {
        listener(entry);
      } catch (error) {
        this.listeners.delete(listener);
        process.emitWarning(`a listener of the trace failed: ${(error as Error).stack}`, 'GatewayWarning');
      }
    }
  }

  /** @returns a function that ends it */
  public listen(listener: TraceListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
