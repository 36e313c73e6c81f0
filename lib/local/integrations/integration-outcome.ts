import type { Integration } from '../assembly/model';
import type { InvocationResult } from '../functions/invoker';
import type { FailureKind } from '../protocol/connect-answer';
import type { FrameMessage } from '../protocol/error-frame';

/** What a route asks of its integration. */
export interface IntegrationRequest {
  readonly integration: Integration;
  /** The proxy event as JSON; made only for AWS_PROXY. */
  readonly event: () => string;
  /** Raw text of the message; empty for `$connect` and `$disconnect`. */
  readonly body: string;
  /** `$context` (8.3); made only if something reads it. */
  readonly context: () => Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `$connect` only: what templates and parameters may read, and what an HTTP backend gets (2.11). */
  readonly handshake?: HandshakeParameters;
}

export interface HandshakeParameters {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly query: Readonly<Record<string, string>>;
  readonly multiValueQuery: Readonly<Record<string, readonly string[]>>;
}

/** What came of it. */
export type IntegrationOutcome = IntegrationAnswer | IntegrationFailure;

export interface IntegrationAnswer {
  readonly ok: true;
  /** Of the backend: decides `$connect`, ignored for a message (5.2.2). */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a two-way route sends to the client; absent: the integration has nothing to say (as `$connect` has it). */
  readonly body?: string;
  /** Absent if no function was invoked, or its result is not waited for. */
  readonly invocation?: InvocationResult;
}

export interface IntegrationFailure {
  readonly ok: false;
  /** What the sender of a message is told (4.4). */
  readonly message: FrameMessage;
  readonly kind: FailureKind;
  /** One line, for the developer. */
  readonly reason: string;
  readonly invocation?: InvocationResult;
}

export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** Any failure but a timeout (4.4.2-4.4.4). */
export function failure(kind: FailureKind, reason: string, invocation?: InvocationResult): IntegrationFailure {
  return { ok: false, message: 'Internal server error', kind, reason: oneLine(reason), ...invocation && { invocation } };
}

/** 4.4.5, 2.6 */
export function timedOut(milliseconds: number): IntegrationFailure {
  return {
    ok: false,
    message: 'Endpoint request timed out',
    kind: 'timeout',
    reason: `the integration took longer than its timeout of ${milliseconds} ms; what it started goes on`,
  };
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  const { message } = thrown as { readonly message?: unknown };
  return oneLine(typeof message === 'string' ? message : String(thrown));
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
