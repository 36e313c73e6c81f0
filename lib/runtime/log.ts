import type { WebsocketEvent } from './events';

/** What is written of values inside of an error, and of the errors that caused it. */
const DEPTH = 6;

/**
 * Logs what was thrown, whole, as one line of JSON: what a client sent cannot look like a line of its own.
 *
 * @param what of ours that it happened in, for example `onMessage`
 */
export function logFailure(what: string, event: WebsocketEvent | undefined, error: unknown): void {
  log('error', `${what} failed`, event, { error });
}

export function log(level: 'error' | 'warn', message: string, event: WebsocketEvent | undefined, details: object): void {
  const { routeKey, connectionId, requestId } = event?.requestContext ?? {};
  // eslint-disable-next-line no-console
  console[level](JSON.stringify({ message, routeKey, connectionId, requestId, ...plain(details, DEPTH, []) as object }));
}

/**
 * Counts a failure that Lambda does not see, since it is answered: a line in the embedded metric format of CloudWatch. Not by `console`,
 * whose lines begin with a time or, as JSON, have the text inside.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function countFailure(): void {
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: 'cdk-websocket-service', Dimensions: [['FunctionName']], Metrics: [{ Name: 'HandlerErrors', Unit: 'Count' }],
      }],
    },
    FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown',
    HandlerErrors: 1,
  };
  process.stdout.write(`${JSON.stringify(metric)}\n`);
}

/** A value that JSON can hold: errors with their stack and cause, objects of other classes by their names, since they may be sockets. */
function plain(value: unknown, depth: number, above: readonly unknown[]): unknown {
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value) || depth === 0) return '...';
  const inner = (item: unknown): unknown => plain(item, depth - 1, [...above, value]);
  try {
    if (Array.isArray(value)) return value.map(inner);
    // A Buffer would write its bytes as numbers.
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Error) return members({ ...named(value), ...value }, inner);
    if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
    const { constructor } = value;
    return constructor === Object || constructor === undefined ? members(value, inner) : `[${constructor.name}]`;
  } catch {
    // A getter of the handler's own.
    return '[unreadable]';
  }
}

/** What an error has beside its own enumerable members. */
function named(error: Error): object {
  const { name, message, stack, cause, errors } = error as Error & { errors?: unknown };
  return { name, message, stack, cause, errors };
}

function members(value: object, inner: (item: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
}
