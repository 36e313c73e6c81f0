import { Notice } from './assembly/model';

/**
 * What happens in a gateway, one object an event: the command line prints them, a test suite may listen.
 * `time` is in milliseconds since 1970.
 */
export type GatewayEvent =
  | ListeningEvent
  | NoticeEvent
  | RequestEvent
  | RunningEvent
  | OutputEvent
  | RebuildEvent
  | SynthesisEvent
  | ResynthesisEvent;

/** An API can be reached. */
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

/** A handshake, a message, the end of a connection or a call of `@connections`, when it is over. */
export interface RequestEvent {
  readonly type: 'connect' | 'message' | 'disconnect' | 'post' | 'get' | 'delete';
  readonly time: number;
  /** Absent if a handshake or a call of `@connections` leads to no stage, and the call names none. */
  readonly connectionId?: string;
  readonly requestId: string;
  /** Absent, as `stage`, if a handshake or a call of `@connections` leads to no stage. */
  readonly api?: string;
  readonly stage?: string;
  /** The selected route; absent for calls of `@connections`. */
  readonly routeKey?: string;
  /** Construct path of the function, or the integration's type. */
  readonly target?: string;
  /** HTTP status of a handshake or of a call; of a message that of the integration; of a disconnect the close code. */
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Bytes that came in. */
  readonly bytesIn: number;
  /** Bytes that went out to the client in answer. */
  readonly bytesOut: number;
  /** Why it was refused or failed, with the rule of AWS: one line. */
  readonly reason?: string;
  readonly error?: { readonly type: string; readonly message: string; readonly stackTrace: readonly string[] };
  /** What the function got and gave, as JSON, if `verbose`. */
  readonly event?: string;
  readonly result?: string;
  /** Lambda's request id of the integration's invocation. */
  readonly invocationId?: string;
  /** The same of the authorizer's, which comes first. */
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

/** Handlers were built again after a save; with errors, the old code goes on running. */
export interface RebuildEvent {
  readonly type: 'rebuild';
  readonly time: number;
  /** Construct paths. */
  readonly functions: readonly string[];
  readonly duration: number;
  readonly errors: readonly string[];
}

/** A synthesis of the app has started, at the start or after a save. A later save cancels it. */
export interface SynthesisEvent {
  readonly type: 'synthesis';
  readonly time: number;
  /** The command as it was written: `npx tsx bin/app.ts`. */
  readonly command?: string;
}

/** The app was synthesized again; with an error, the old app goes on running. */
export interface ResynthesisEvent {
  readonly type: 'resynthesis';
  readonly time: number;
  readonly duration: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly error?: string;
}

export type GatewayObserver = (event: GatewayEvent) => void;
