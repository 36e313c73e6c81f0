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
  readonly _aws?: { readonly CloudWatchMetrics: ReadonlyArray<{ readonly Namespace?: unknown }> };
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
  try {
    return readable(JSON.parse(line) as LoggedEntry, thrown, line);
  } catch {
    // No JSON, or of another form: a handler may print anything.
    return line;
  }
}

function readable(logged: LoggedEntry, thrown: string | undefined, line: string): string | undefined {
  const { _aws, message, requestId, error, issues } = logged;
  // What `HandlerErrors` counts has a line of its own.
  if (_aws) return _aws.CloudWatchMetrics[0].Namespace === 'cdk-websocket-service' ? undefined : line;
  if (typeof message !== 'string' || requestId === undefined) return line;
  if (typeof error?.stack === 'string') {
    return thrown !== undefined && error.message === thrown ? undefined : harmless(`${message}: ${stackOf(error)}`);
  }
  return issues ? harmless([message, ...issues.map(issueText)].join('\n  ')) : line;
}

function issueText({ path = [], message }: LoggedIssue): string {
  return `${path.join('.') || 'body'}: ${String(message)}`;
}

function stackOf({ code, stack, cause }: LoggedError): string {
  const own = typeof code === 'string' ? String(stack).replace(/^\w+/, (name) => `${name} ${code}`) : String(stack);
  return typeof cause?.stack === 'string' ? `${own}\ncaused by ${stackOf(cause)}` : own;
}
