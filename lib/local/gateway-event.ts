import { Notice } from './assembly/local-app';

/** An event of a gateway. The command line prints the events, a test suite may observe them. `time` is in milliseconds since 1970. */
export type GatewayEvent =
  | ListeningEvent
  | NoticeEvent
  | RequestEvent
  | RunningEvent
  | OutputEvent
  | RebuildEvent
  | SynthesisEvent
  | ResynthesisEvent;

/** Clients can connect to a stage of an API. */
export interface ListeningEvent {
  readonly type: 'listening';
  readonly time: number;
  readonly api: string;
  readonly url: string;
  readonly callbackUrl: string;
}

export interface NoticeEvent extends Notice {
  readonly type: 'notice';
  readonly time: number;
}

/** A handshake, a message, the end of a connection, a call of `@connections` or an invocation by Lambda's Invoke is over. */
export interface RequestEvent {
  readonly type: 'connect' | 'message' | 'disconnect' | 'post' | 'get' | 'delete' | 'invoke';
  readonly time: number;
  /** Absent if a handshake or a call of `@connections` leads to no stage, and the call names none; absent for `invoke`. */
  readonly connectionId?: string;
  readonly requestId: string;
  /** Absent, as `stage`, for `invoke`, and if a handshake or a call of `@connections` leads to no stage. */
  readonly api?: string;
  readonly stage?: string;
  /** The selected route; absent for calls of `@connections` and `invoke`. */
  readonly routeKey?: string;
  /** Construct path of the function, or the integration's type. */
  readonly target?: string;
  /**
   * The HTTP status of a handshake or call, the status of a message's integration, or the close code of a disconnect. An asynchronous
   * invocation has an event for each attempt, with status 202.
   */
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Bytes received. */
  readonly bytesIn: number;
  /** Bytes sent to the client in answer. */
  readonly bytesOut: number;
  /** Why the request was refused or failed, with the rule of AWS, in one line. */
  readonly reason?: string;
  readonly error?: { readonly type: string; readonly message: string; readonly stackTrace: readonly string[] };
  /** The event and the result of the function as JSON, if `verbose`. */
  readonly event?: string;
  readonly result?: string;
  /** Lambda's request id of the integration's invocation. */
  readonly invocationId?: string;
  /** Lambda's request id of the authorizer's invocation, which comes before that of the integration. */
  readonly authorizerInvocationId?: string;
}

/** A handshake or a message has been running for two seconds; emitted once. */
export interface RunningEvent extends Pick<RequestEvent, 'connectionId' | 'requestId' | 'stage' | 'routeKey' | 'target' | 'duration'> {
  readonly type: 'running';
  readonly time: number;
}

/** A line that a handler printed. */
export interface OutputEvent {
  readonly type: 'output';
  readonly time: number;
  readonly functionId: string;
  /** Construct path of the function. */
  readonly target?: string;
  readonly stream: 'stdout' | 'stderr';
  /** Lambda's request id of the invocation; absent while the module loads. */
  readonly requestId?: string;
  readonly text: string;
}

/** Handlers were built again after a save. If there are errors, the old code keeps running. */
export interface RebuildEvent {
  readonly type: 'rebuild';
  readonly time: number;
  /** Construct paths. */
  readonly functions: readonly string[];
  readonly duration: number;
  readonly errors: readonly string[];
}

/** A synthesis of the app has begun, at the start or after a save. A later save cancels it. */
export interface SynthesisEvent {
  readonly type: 'synthesis';
  readonly time: number;
  /** The command as it was written: `npx tsx bin/app.ts`. */
  readonly command?: string;
}

/** The app was synthesized again. If there is an error, the old app keeps running. */
export interface ResynthesisEvent {
  readonly type: 'resynthesis';
  readonly time: number;
  readonly duration: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly error?: string;
}

export type GatewayObserver = (event: GatewayEvent) => void;

/** Emits the events of one gateway. */
export class GatewayEvents {
  /** The texts of notices and the URLs that were emitted. */
  private readonly emitted = new Set<string>();

  public constructor(public readonly emit: GatewayObserver) {}

  public notice(notice: Notice): void {
    this.emit({ type: 'notice', time: Date.now(), ...notice });
  }

  public noticeOnce(notice: Notice): void {
    if (this.isNew(notice.text)) this.notice(notice);
  }

  public listeningOnce(event: Omit<ListeningEvent, 'type' | 'time'>): void {
    if (this.isNew(event.url)) this.emit({ type: 'listening', time: Date.now(), ...event });
  }

  private isNew(key: string): boolean {
    const isNew = !this.emitted.has(key);
    this.emitted.add(key);
    return isNew;
  }
}

/** An observer that never throws: an error in `onEvent` must not cost a client its answer. */
export function safeObserver(onEvent: GatewayObserver = () => undefined): GatewayObserver {
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      process.emitWarning(`onEvent failed: ${(error as Error).stack}`, 'GatewayWarning');
    }
  };
}
