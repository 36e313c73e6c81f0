import type { FunctionTarget, Integration } from '../assembly/local-app';
import type { InvocationFailure, InvocationResult } from '../functions/invoker';
import type { FailureKind } from '../protocol/connect-answer';
import type { FrameMessage } from '../protocol/frames';
import { LIMITS } from '../protocol/limits';
import { missingVariable, withStageVariables } from '../protocol/stage-variables';

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
  /** `$connect` only: the parameters that templates and mappings may read, and that an HTTP backend gets (2.11). */
  readonly handshake?: HandshakeParameters;
}

export interface HandshakeParameters {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly query: Readonly<Record<string, string>>;
  readonly multiValueQuery: Readonly<Record<string, readonly string[]>>;
}

export type IntegrationOutcome = IntegrationAnswer | IntegrationFailure;

export interface IntegrationAnswer {
  readonly ok: true;
  /** The backend's status: decides `$connect`, ignored for a message (5.2.2). */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message that a two-way route sends to the client; absent if the integration gives none, as for `$connect`. */
  readonly body?: string;
  /** Absent if no function was invoked, or nobody waits for its result. */
  readonly invocation?: InvocationResult;
}

export interface IntegrationFailure {
  readonly ok: false;
  /** The message of the error frame that the sender gets (4.4). */
  readonly message: FrameMessage;
  /** Decides the answer to the handshake. */
  readonly kind: FailureKind;
  /** One line, for the developer. */
  readonly reason: string;
  readonly invocation?: InvocationResult;
}

/** The function to invoke, or the reason why none can be invoked. */
type ChosenFunction = { readonly functionId: string } | { readonly reason: string };

const NO_TARGET: ChosenFunction = { reason: 'the integration names no function: give it an integration URI' };

export const TIMED_OUT = Symbol('timed out');

export const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** Any failure but a timeout (4.4.2-4.4.4). */
export function failure(kind: FailureKind, reason: string, invocation?: InvocationResult): IntegrationFailure {
  return { ok: false, message: 'Internal server error', kind, reason: oneLine(reason), ...invocation && { invocation } };
}

/** The integration took longer than its timeout (4.4.5, 2.6). */
export function timedOut(milliseconds: number): IntegrationFailure {
  return {
    ok: false,
    message: 'Endpoint request timed out',
    kind: 'timeout',
    reason: `the integration took longer than its timeout of ${milliseconds} ms; what it started goes on`,
  };
}

/** How an invocation failed, in one line. */
export function failureReason({ errorType, errorMessage }: InvocationFailure): string {
  return [errorType, errorMessage].filter((text) => text !== '').join(': ') || 'the function failed without a message';
}

/** The message of whatever was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const { message } = thrown as { readonly message?: unknown };
  return oneLine(typeof message === 'string' ? message : String(thrown));
}

/** The target as it is in one stage: a stage variable that names a function there, and may invoke it, is that function (5.3.8, 9.4). */
export function targetIn(stage: string, target: FunctionTarget | undefined): FunctionTarget | undefined {
  if (target?.type !== 'stageVariable' || !Object.hasOwn(target.functions, stage)) return target;
  return { type: 'function', functionId: target.functions[stage] };
}

/** The function of a target that `targetIn` returned for a stage with these variables. */
export function chosenFunction(target: FunctionTarget | undefined, stageVariables: Readonly<Record<string, string>>): ChosenFunction {
  if (target === undefined) return NO_TARGET;
  if (target.type === 'function') return target;
  return { reason: target.type === 'none' ? target.reason : noFunctionHere(target.uri, stageVariables) };
}

/** Milliseconds: the timeout of the integration, at most that of API Gateway (4.4.5). */
export function timeLimit({ timeout }: Integration): number {
  return Math.min(timeout, LIMITS.integrationTimeoutMs);
}

/**
 * The result of an invocation, or `TIMED_OUT`, after which the function goes on (4.4.5). Time counts only while the function runs: on
 * AWS, an invocation need not wait for a free process. An invocation that waits here for as long as any client of AWS would is
 * `TIMED_OUT` too.
 */
export function withinTime(
  milliseconds: number,
  invoke: (onStart: () => void) => Promise<InvocationResult>,
): Promise<InvocationResult | typeof TIMED_OUT> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, time, TIMED_OUT);
    };
    const invocation = invoke(() => limit(milliseconds));
    if (!timer) limit(LIMITS.integrationTimeoutMs);
    void invocation.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

function noFunctionHere(uri: string, stageVariables: Readonly<Record<string, string>>): string {
  const resolved = withStageVariables(uri, stageVariables);
  if ('missing' in resolved) return missingVariable(uri, resolved.missing);
  return `the integration URI gives ${resolved.text} here, which is not a function of this app that API Gateway may invoke for this stage: `
    + 'a notice at the start says why';
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
