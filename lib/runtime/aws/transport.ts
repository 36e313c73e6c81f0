import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { isRuntimeError, runtimeError } from '../error';
import { currentInvocation, RESERVE_MS } from '../invocation';
import { processState } from '../process-state';
import { findCredentials } from './credentials';
import { hashOf, sign } from './signature';

/** Where requests go. */
export interface Endpoint {
  readonly isTls: boolean;
  readonly hostname: string;
  readonly port?: string;
  /** For the `host` header. */
  readonly host: string;
  /** Before the path of each request; without a slash at its end. */
  readonly path: string;
}

export interface Request {
  readonly service: string;
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly method: string;
  /** After that of the endpoint, percent-encoded. */
  readonly path: string;
  /** `x-amz-...`, which are signed, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is not signed. */
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
  /** SHA-256 of the body, where it was computed before. */
  readonly hash?: string;
}

export interface Answer {
  readonly status: number;
  /** `LimitExceededException` and the like; empty for a success. */
  readonly type: string;
  readonly body: string;
  readonly date?: string;
}

/** In milliseconds. An attempt is over, whatever it waits for, after the first. */
const [ATTEMPT, LEAST, FIRST_PAUSE, LONGEST_PAUSE] = [5_000, 250, 50, 2_000];

/** Outside of an invocation that the runtime knows of; API Gateway waits 29 s. */
const PATIENCE = 25_000;

/** Sockets to one host, whatever the number of invocations that run in this process. */
const SOCKETS = 100;

/** AWS holds a clock wrong that is five minutes off. */
const SKEW = 240_000;

const SKEWED = /^(InvalidSignature|RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|RequestInTheFuture)/;

/** Sockets, and how far the clock of AWS is ahead. */
const state = processState<{ http: http.Agent; https: https.Agent; clock: number }>;

/**
 * Sends a request, again while its failure may pass, with full jitter, until the deadline.
 *
 * @param deadline - in milliseconds since 1970. One attempt is made in any case.
 * @param attemptOnce - instead of our own attempt
 * @param mayPass - whether an answer is worth another attempt: by default 429 and 5xx.
 * @returns The last answer; fails with TIMEOUT where there was none.
 */
export async function send(
  request: Request, deadline: number, mayPass = isPassing, attemptOnce?: () => Promise<Answer>,
): Promise<Answer> {
  const signable = { ...request, hash: request.hash ?? hashOf(request.body ?? '') };
  let failure: unknown;
  for (let attempt = 1; ; attempt++) {
    let answer: Answer | undefined;
    try {
      const milliseconds = Math.max(LEAST, Math.min(ATTEMPT, deadline - Date.now()));
      answer = await (attemptOnce?.() ?? attemptOf(signable, milliseconds));
      if (!mayPass(answer)) return answer;
    } catch (error) {
      // Certificates, invalid characters and missing credentials stay as they are.
      if (isRuntimeError(error) || !/^E(?!RR_)/.test(String((error as NodeJS.ErrnoException).code))) throw error;
      failure = error;
    }
    const pause = pauseBefore(attempt);
    if (Date.now() + pause >= deadline) {
      if (answer) return answer;
      const why = `no answer of ${request.endpoint.host} after ${attempt} attempts: ${(failure as Error).message}`;
      throw runtimeError('TIMEOUT', why, failure);
    }
    await wait(pause);
  }
}

/** Full jitter, in milliseconds. */
export function pauseBefore(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
}

/**
 * When the current invocation must have done all, in milliseconds since 1970. Outside of a wrapped handler, it is taken to begin now:
 * nothing but its context says when Lambda ends it, and the construct knows the timeout alone.
 */
export function currentDeadline(): number {
  const current = currentInvocation();
  if (current) return current.deadline;
  const timeout = Number(process.env.WEBSOCKET_TIMEOUT) * 1_000;
  return Date.now() + (timeout > 0 ? Math.min(PATIENCE, timeout - RESERVE_MS) : PATIENCE);
}

export function isPassing({ status }: Answer): boolean {
  return status === 429 || status >= 500;
}

const endpoints = /* @__PURE__ */ new Map<string, Endpoint>();

export function endpointOf(url: string): Endpoint {
  let endpoint = endpoints.get(url);
  if (!endpoint) {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    // Node.js wants `::1` to connect, and `[::1]` in the header.
    const path = pathname.replace(/\/+$/, '');
    endpoint = { isTls: protocol === 'https:', hostname: hostname.replace(/^\[|\]$/g, ''), port, host, path };
    endpoints.set(url, endpoint);
  }
  return endpoint;
}

/** Of a service: what the environment says, else the public one. */
export function serviceEndpoint(service: 'dynamodb' | 'lambda', region: string): Endpoint {
  const given = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || process.env.AWS_ENDPOINT_URL;
  if (given) return endpointOf(given);
  return endpointOf(`https://${service}.${region}.${suffixOf(region)}`);
}

function suffixOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  if (process.env.AWS_USE_DUALSTACK_ENDPOINT === 'true') return 'api.aws';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

export function ownRegion(): string {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || 'us-east-1';
}

/** One attempt. Another clock than that of AWS costs a second one. */
async function attemptOf(request: Request & { hash: string }, milliseconds: number): Promise<Answer> {
  const answer = await exchange(request, milliseconds);
  if (!SKEWED.test(answer.type) || !answer.date) return answer;
  const difference = Date.parse(answer.date) - Date.now();
  if (!(Math.abs(difference - clock()) > SKEW)) return answer;
  state().clock = difference;
  return exchange(request, milliseconds);
}

async function exchange(request: Request & { hash: string }, milliseconds: number): Promise<Answer> {
  const { endpoint, method, body } = request;
  const credentials = await findCredentials(endpoint.host);
  const path = endpoint.path + request.path;
  for (;;) {
    const headers = sign({ ...request, host: endpoint.host, path }, credentials, request, Date.now() + clock());
    if (request.contentType) headers['content-type'] = request.contentType;
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    try {
      return await roundTrip(endpoint, { method, path, headers }, body, milliseconds);
    } catch (error) {
      // The server closed a kept socket while we wrote: no attempt, and the next socket or the last one is fresh.
      if (!(error as { isStale?: boolean }).isStale) throw error;
    }
  }
}

function roundTrip(
  { isTls, hostname, port }: Endpoint, options: http.RequestOptions, body: string | Uint8Array | undefined, milliseconds: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (isTls ? https : http).request({ ...options, hostname, port, agent: agentFor(isTls) });
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error(`no answer in ${milliseconds} ms`), { code: 'ETIMEDOUT' }));
    }, milliseconds);
    let isAnswered = false;
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      const isStale = request.reusedSocket && !isAnswered && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(Object.assign(error, { isStale }));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // An answer that is cut short has no `end`.
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve(answerOf(response, Buffer.concat(chunks).toString()));
      });
    });
    request.end(body);
  });
}

function answerOf({ statusCode, headers }: http.IncomingMessage, body: string): Answer {
  const status = statusCode!;
  const type = status < 300 ? '' : String(headers['x-amzn-errortype'] ?? typeIn(body) ?? '');
  return { status, type: type.replace(/^.*#|:.*$/g, ''), body, date: headers.date };
}

function typeIn(body: string): unknown {
  const value = parsed(body);
  return value.__type ?? value.code;
}

/** An object in any case. */
export function parsed(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function agentFor(isTls: boolean): http.Agent {
  const shared = state();
  const options = { keepAlive: true, scheduling: 'lifo', maxSockets: SOCKETS } as const;
  return isTls ? shared.https ??= new https.Agent(options) : shared.http ??= new http.Agent(options);
}

function clock(): number {
  return state().clock ?? 0;
}
