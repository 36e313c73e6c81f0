import type { RequestEvent, RunningEvent } from '../gateway-event';
import type { Paint } from './output';
import { functionLabel } from './served';

/** Characters of a connection id: enough to tell the connections of a developer apart. */
const ID_LENGTH = 8;
const TYPE_LENGTH = 'disconnect'.length;
/** The widest that a column gets: one long construct path must not push the others off the screen. */
const WIDEST = 60;

const INDENT = '    ';

const MANAGEMENT: ReadonlySet<RequestEvent['type']> = new Set<RequestEvent['type']>(['post', 'get', 'delete']);

type ReportedError = NonNullable<RequestEvent['error']>;

/** Requests as lines whose columns stay aligned. */
export class RequestLine {
  private stageWidth = 0;
  private routeWidth = 0;

  public constructor(private readonly paint: Paint) {}

  /** Makes room for a route that is known beforehand, so that its column need not grow later. */
  public reserve(route: Pick<RequestEvent, 'routeKey' | 'target'>): void {
    this.routeWidth = widest(this.routeWidth, routeAndTarget(route));
  }

  /** @param withStage whether the gateway serves more than one stage, so that the line must name its own. */
  public of(event: RequestEvent, withStage: boolean): string {
    const stage = withStage && event.api !== undefined ? `${event.api}/${event.stage}` : '';
    this.stageWidth = widest(this.stageWidth, stage);
    const route = MANAGEMENT.has(event.type) ? '@connections' : routeAndTarget(event);
    this.routeWidth = widest(this.routeWidth, route);
    return [
      this.head(event.time, event.connectionId, event.type),
      ...withStage ? [stage.padEnd(this.stageWidth)] : [],
      route.padEnd(this.routeWidth),
      this.paint(statusColour(event), String(event.status).padStart(4)),
      elapsed(event.duration).padStart(7),
      traffic(event),
    ].join('  ').trimEnd();
  }

  /** The line of a request that has not ended. */
  public running(event: RunningEvent): string {
    const what = this.paint('yellow', `still running after ${Math.round(event.duration / 1000)} s`);
    return `${this.head(event.time, event.connectionId, 'running')}  ${routeAndTarget(event)}  ${what}`;
  }

  /** The columns that every line begins with. */
  public head(time: number, connectionId: string | undefined, type: string): string {
    const id = (connectionId ?? '').slice(0, ID_LENGTH).padEnd(ID_LENGTH);
    return `${this.paint('grey', clock(time))}  ${this.paint('cyan', id)}  ${type.padEnd(TYPE_LENGTH)}`;
  }
}

/** The lines below a request: why it was refused, the error with its stack, the event and the result of the function. */
export function requestDetails({ reason, error, event, result }: RequestEvent, paint: Paint): string {
  const stack = error && errorText(error);
  // The error repeats such a reason, with its stack.
  const repeated = error !== undefined && reason === `${error.type}: ${error.message}`;
  // A reason such as `the authorizer failed with the message "Unauthorized"` leaves an error without a stack nothing to add.
  const quoted = error !== undefined && reason?.includes(JSON.stringify(error.message)) && !stack?.includes('\n');
  return [
    reason !== undefined && !repeated && below(paint('yellow', `why: ${reason}`)),
    stack !== undefined && !quoted && below(paint('red', stack)),
    event !== undefined && below(`event: ${event}`),
    result !== undefined && below(`result: ${result}`),
  ].filter((lines) => lines !== false).join('');
}

/** Text as indented lines, to stand below the line of an event. */
export function below(text: string): string {
  return text.trimEnd().split('\n').map((line) => `${`${INDENT}${line}`.trimEnd()}\n`).join('');
}

/** Local time of day as `14:03:07.123`; without Intl, which is slow. */
export function clock(time: number): string {
  const date = new Date(time);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `0.4 ms`, `12 ms`, `3.25 s` */
export function elapsed(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds < 9.95 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}

/** `812 B`, `32.1 KB`: exact up to 9999, as limits are met to the byte. */
export function size(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

function widest(width: number, text: string): number {
  return Math.min(WIDEST, Math.max(width, text.length));
}

/** `send -> src/messages.send`; a message that no route takes has a dash. */
function routeAndTarget({ routeKey = '-', target, type }: Pick<RequestEvent, 'routeKey' | 'target'> & { readonly type?: string }): string {
  if (type === 'invoke') return target === undefined ? '-' : functionLabel(target);
  return target === undefined ? routeKey : `${routeKey} -> ${functionLabel(target)}`;
}

function statusColour({ type, status, error }: RequestEvent): 'red' | 'green' | 'yellow' {
  if (error) return 'red';
  // The status of a disconnect is a close code: 1000, 1001 and 1005 are how clients leave.
  if (type === 'disconnect') return status === 1000 || status === 1001 || status === 1005 ? 'green' : 'yellow';
  if (status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}

function traffic({ bytesIn, bytesOut }: RequestEvent): string {
  return [...bytesIn > 0 ? [`${size(bytesIn)} in`] : [], ...bytesOut > 0 ? [`${size(bytesOut)} out`] : []].join(', ');
}

/** Node.js begins a stack with the error itself, Python does not. */
function errorText({ type, message, stackTrace }: ReportedError): string {
  const stack = stackTrace.map((line) => line.trimEnd());
  const [firstOfMessage] = message.split('\n');
  if (stack[0]?.startsWith(`${type}: ${firstOfMessage}`)) return stack.join('\n');
  return [`${type}: ${message}`, ...stack].join('\n');
}
