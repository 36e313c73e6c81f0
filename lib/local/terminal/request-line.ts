import type { RequestEvent, RunningEvent } from '../gateway-event';
import { functionLabel } from './function-label';
import type { Paint } from './paint';
import { clock, elapsed, size } from './units';

/** Characters of a connection id: enough to tell the connections of a developer apart. */
const ID_LENGTH = 8;
const TYPE_LENGTH = 'disconnect'.length;
/** A column never gets wider than this: one long construct path must not push the others off the screen. */
const WIDEST = 60;

const MANAGEMENT: ReadonlySet<RequestEvent['type']> = new Set<RequestEvent['type']>(['post', 'get', 'delete']);

/** Requests as lines whose columns stay aligned. */
export class RequestLine {
  private placeWidth = 0;
  private routeWidth = 0;

  public constructor(private readonly paint: Paint) {}

  /** Makes room for what is known to come, so that columns need not grow. */
  public reserve(route: Pick<RequestEvent, 'routeKey' | 'target'>): void {
    this.routeWidth = widest(this.routeWidth, routeAndTarget(route));
  }

  /** @param withPlace whether the gateway serves more than one stage, so that the line must name its own. */
  public of(event: RequestEvent, withPlace: boolean): string {
    const place = withPlace && event.api !== undefined ? `${event.api}/${event.stage}` : '';
    this.placeWidth = widest(this.placeWidth, place);
    const route = MANAGEMENT.has(event.type) ? '@connections' : routeAndTarget(event);
    this.routeWidth = widest(this.routeWidth, route);
    return [
      this.head(event.time, event.connectionId, event.type),
      ...withPlace ? [place.padEnd(this.placeWidth)] : [],
      route.padEnd(this.routeWidth),
      this.paint(statusColour(event), String(event.status).padStart(4)),
      elapsed(event.duration).padStart(7),
      traffic(event),
    ].join('  ').trimEnd();
  }

  /** Of one that is not over. */
  public running(event: RunningEvent): string {
    const what = this.paint('yellow', `still running after ${Math.round(event.duration / 1000)} s`);
    return `${this.head(event.time, event.connectionId, 'running')}  ${routeAndTarget(event)}  ${what}`;
  }

  /** What every line begins with. */
  public head(time: number, connectionId: string | undefined, type: string): string {
    const id = (connectionId ?? '').slice(0, ID_LENGTH).padEnd(ID_LENGTH);
    return `${this.paint('grey', clock(time))}  ${this.paint('cyan', id)}  ${type.padEnd(TYPE_LENGTH)}`;
  }
}

function widest(width: number, text: string): number {
  return Math.min(WIDEST, Math.max(width, text.length));
}

/** `send -> src/messages.send`; a message that no route takes has a dash. */
function routeAndTarget({ routeKey = '-', target }: Pick<RequestEvent, 'routeKey' | 'target'>): string {
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
