import type { IncomingMessage } from 'http';
import { ServedStage } from './served-stage';
import { GatewayObserver } from '../gateway-event';
import { Refusal } from '../protocol/connect-answer';
import { hostName, hostPattern, isLoopback, Origin, parseOrigin, plainAddress } from '../protocol/host';
import { shortened } from '../protocol/json';

export interface VisitorsOptions {
  /** Hosts that are allowed besides those of the app and of this machine: names, IP addresses, `*.example.com`. */
  readonly allowedHosts?: readonly string[];
  /** Origins that are allowed besides those whose host is an allowed one. */
  readonly allowedOrigins?: readonly string[];
  readonly observe?: GatewayObserver;
}

type Violation = Pick<Refusal, 'status'> & {
  /** The subject of the notice, which is printed once for each: the host or origin. */
  readonly subject: string;
  readonly code: 'host-refused' | 'origin-refused';
  /** One line: why, and how to allow it. */
  readonly reason: string;
};

/** The host of an API on AWS, in every partition. */
const EXECUTE_API = /^([a-z\d]+)\.execute-api\.[a-z\d-]+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws)$/;

/** The authority of a request target in absolute form, which counts in place of `Host`: RFC 9112 3.2.2. */
const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** Hosts and origins that are reported at most, each once: a hostile page must not be able to flood the terminal. */
const MOST_REPORTED = 20;

/**
 * Decides which requests are allowed, before anything runs.
 *
 * Browsers let every web page open a WebSocket to this machine and send it simple requests; `Origin` identifies the page. And a
 * page may make its own name resolve to this machine (DNS rebinding). It is then of the same origin, and only `Host` shows the name.
 */
export class Visitors {
  private readonly allowedHosts: ReadonlySet<string>;
  private readonly allowedOrigins: ReadonlySet<string>;
  private domains: ReadonlySet<string> = new Set();
  private apiIds: ReadonlySet<string> = new Set();
  private readonly reported = new Set<string>();
  /** The last value of `Host` that named this machine. */
  private lastLoopback?: string;

  public constructor(private readonly options: VisitorsOptions) {
    this.allowedHosts = new Set(options.allowedHosts?.map(hostPattern).filter((name) => name !== undefined));
    this.allowedOrigins = new Set(options.allowedOrigins?.map((origin) => parseOrigin(origin)?.text).filter((text) => text !== undefined));
  }

  /** Replaces the stages whose hosts are allowed. */
  public serve(stages: readonly ServedStage[]): void {
    this.domains = new Set(stages.flatMap(({ stage }) => stage.mappings.map(({ domainName }) => domainName.toLowerCase())));
    this.apiIds = new Set(stages.map(({ api }) => api.apiId));
  }

  /** The answer to a refused request; `undefined` if it is allowed. */
  public refusal(request: IncomingMessage): Refusal | undefined {
    const violation = this.violation(request);
    if (!violation) return undefined;
    this.report(violation);
    const { status, reason } = violation;
    return { status, body: JSON.stringify({ message: reason }), errorType: status === 403 ? 'ForbiddenException' : 'BadRequestException' };
  }

  private violation(request: IncomingMessage): Violation | undefined {
    const { rawHeaders, headers, url } = request;
    // The host of the call before, which needs no second look: there may be thousands a second.
    const isKnown = headers.host !== undefined && headers.host === this.lastLoopback && url?.[0] === '/';
    if (isKnown && countOf(rawHeaders, 'host') === 1) return this.originViolation(request);
    const hosts = valuesOf(request, 'host');
    if (hosts.length === 0) return malformed('host-refused', 'Host', 'the request has no Host header');
    if (hosts.length > 1) return malformed('host-refused', 'Host', `the request has ${hosts.length} Host headers`);
    const [, authority] = ABSOLUTE.exec(request.url ?? '') ?? [];
    for (const header of authority === undefined ? hosts : [...hosts, authority]) {
      const host = hostName(header);
      if (host === undefined) {
        const shown = JSON.stringify(shortened(header));
        return malformed('host-refused', header, `${shown} is not a host: a name or an IP address, and a port if need be`);
      }
      if (!this.isAllowed(host, request)) return refusedHost(host);
      if (isLoopback(host)) this.lastLoopback = header;
    }
    return this.originViolation(request);
  }

  private originViolation(request: IncomingMessage): Violation | undefined {
    if (request.headers.origin === undefined && request.headers['sec-fetch-site'] === undefined) return undefined;
    const origins = valuesOf(request, 'origin');
    if (origins.length > 1) return malformed('origin-refused', 'Origin', `the request has ${origins.length} Origin headers`);
    if (origins.length === 0) return request.headers['sec-fetch-site'] === 'cross-site' ? CROSS_SITE : undefined;
    const origin = parseOrigin(origins[0]);
    if (origin && this.allowedOrigins.has(origin.text)) return undefined;
    if (origin?.host !== undefined && this.isAllowed(origin.host, request)) return undefined;
    return refusedOrigin(origins[0], origin);
  }

  private isAllowed(host: string, { socket }: IncomingMessage): boolean {
    const wildcard = host.replace(/^[^.]*/, '*');
    return isLoopback(host)
      || [this.allowedHosts, this.domains].some((names) => names.has(host) || names.has(wildcard))
      || this.apiIds.has(EXECUTE_API.exec(host)?.[1] ?? '')
      // DNS rebinding needs a name: a page whose host is this address was served from this address.
      || host === plainAddress(socket.localAddress ?? '');
  }

  private report({ code, subject, reason }: Violation): void {
    const key = `${code} ${subject}`;
    if (!this.options.observe || this.reported.has(key) || this.reported.size > MOST_REPORTED) return;
    this.reported.add(key);
    const more = this.reported.size > MOST_REPORTED ? '; further refusals are not reported' : '';
    this.options.observe({ type: 'notice', time: Date.now(), code, subject: shortened(subject), text: `${reason}${more}` });
  }
}

const CROSS_SITE: Violation = {
  status: 403,
  code: 'origin-refused',
  subject: 'cross-site',
  reason: 'a page of another site sent a request without saying which page it is (Sec-Fetch-Site: cross-site, and no Origin): it is '
    + 'refused, since any web page could send it; a page that may talk to the gateway uses WebSocket or fetch, and --allow-origin '
    + '(startGateway: allowedOrigins) names it',
};

function malformed(code: Violation['code'], subject: string, reason: string): Violation {
  return { status: 400, code, subject, reason };
}

function refusedHost(host: string): Violation {
  return {
    status: 403,
    code: 'host-refused',
    subject: host,
    reason: `the Host ${JSON.stringify(shortened(host))} is refused: neither this machine nor the app has that name, and any web page `
      + 'could use one of its own to reach the gateway (DNS rebinding); '
      + `to allow it: --allow-host ${shortened(host)} (startGateway: allowedHosts)`,
  };
}

/** A malformed origin is not suggested as an option. */
function refusedOrigin(header: string, origin: Origin | undefined): Violation {
  const shown = JSON.stringify(shortened(origin?.text ?? header));
  const remedy = origin
    ? `to allow it: --allow-origin ${shortened(origin.text)} (startGateway: allowedOrigins)`
    : 'it is not an origin such as https://app.example.com';
  return {
    status: 403,
    code: 'origin-refused',
    subject: origin?.text ?? header,
    reason: `the Origin ${shown} is refused: any web page could run every route with your credentials; ${remedy}`,
  };
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i].length === name.length && rawHeaders[i].toLowerCase() === name) count++;
  }
  return count;
}

/** All values of a header: for some repeated headers, `headers` keeps only one. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i].length === name.length && rawHeaders[i].toLowerCase() === name) values.push(rawHeaders[i + 1]);
  }
  return values;
}
