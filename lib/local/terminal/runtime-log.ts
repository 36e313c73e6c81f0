import { harmless } from './harmless';

/** An error as the runtime logs it: JSON, since one log entry on AWS is one line. */
interface LoggedError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly stack?: unknown;
  readonly cause?: LoggedError;
}

interface LoggedIssue {
  readonly message?: unknown;
  readonly path?: readonly unknown[];
}

interface LoggedEntry {
  readonly message?: unknown;
  readonly requestId?: unknown;
  readonly error?: LoggedError;
  readonly issues?: readonly LoggedIssue[];
}

/**
 * A line of a handler as a developer reads it. What `cdk-websocket-service/runtime` logs is JSON with the stack inside, and its metrics are
 * JSON for CloudWatch alone; every other line stays as it is.
 *
 * @param thrown the message of the error that is printed below anyway
 * @returns `undefined` if there is nothing to read
 */
export function readableLine(line: string, thrown?: string): string | undefined {
  if (!/^\{"(?:message|_aws)":/.test(line)) return line;
  const logged = parsed(line);
  if (isMetric(logged)) return undefined;
  const { message, requestId, error, issues } = logged as LoggedEntry;
  if (typeof message !== 'string' || requestId === undefined) return line;
  if (typeof error?.stack === 'string') {
    return thrown !== undefined && error.message === thrown ? undefined : harmless(`${message}: ${stackOf(error)}`);
  }
  if (!Array.isArray(issues)) return line;
  return harmless([message, ...issues.map(issueText)].join('\n  '));
}

function issueText({ path = [], message }: LoggedIssue): string {
  return `${path.join('.') || 'body'}: ${String(message)}`;
}

function stackOf({ code, stack, cause }: LoggedError): string {
  const own = typeof code === 'string' ? String(stack).replace(/^\w+/, (name) => `${name} ${code}`) : String(stack);
  return typeof cause?.stack === 'string' ? `${own}\ncaused by ${stackOf(cause)}` : own;
}

/** `HandlerErrors`: what it counts has a line of its own. */
function isMetric(logged: object): boolean {
  const { CloudWatchMetrics: [first] = [] } = (logged as { _aws?: { CloudWatchMetrics?: { Namespace?: unknown }[] } })._aws ?? {};
  return first?.Namespace === 'cdk-websocket-service';
}

function parsed(line: string): object {
  try {
    return Object(JSON.parse(line)) as object;
  } catch {
    return {};
  }
}
