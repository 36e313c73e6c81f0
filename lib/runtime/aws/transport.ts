import * as http from 'node:http';
import * as https from 'node:https';
import { Answer, isPassing, objectIn } from './answer';
import { findCredentials } from './credentials';
import type { Endpoint } from './endpoint';
import { hashOf, sign } from './signature';
import { isRuntimeError, runtimeError } from '../error';
import { currentInvocation, RESERVE_MS } from '../invocation';
import { processState } from '../process-state';

export interface Request {
  readonly service: string;
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly method: string;
  /** After that of the endpoint, percent-encoded. */
  readonly path: string;
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** SHA-256 of the body, where it was computed before. */
  readonly hash?: string;
}

/** Milliseconds after which an attempt is over, whatever it waits for, and which it has at least. */
const ATTEMPT = 5_000;
const LEAST = 250;

/** Milliseconds between attempts, at most. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** Outside of an invocation that the runtime knows of; API Gateway waits 29 s. */
const PATIENCE = 25_000;

/** Sockets to one host, whatever the number of invocations that run in this process. */
const SOCKETS = 100;

/** AWS holds a clock wrong that is five minutes off. */
const SKEW = 240_000;

const SKEWED = /^(InvalidSignature|RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|RequestInTheFuture)/;

/** Sockets for each protocol, and how far the clock of AWS is ahead. */
const state = processState<{ agents: Record<string, http.Agent>; clock: number }>;

/**
 * Sends a request, again while its failure may pass, with full jitter, until the deadline.
 *
 * @param deadline - in milliseconds since 1970. One attempt is made in any case.
 * @param mayPass - whether an answer is worth another attempt: by default 429 and 5xx.
 * @param attemptOnce - instead of our own attempt
 * @returns The last answer; fails with TIMEOUT where there was none.
 */
export async function send(
  request: Request, deadline: number, mayPass = isPassing, attemptOnce?: () => Promise<Answer>,
): Promise<Answer> {
  let failure: unknown;
  for (let attempt = 1; ; attempt++) {
    let answer: Answer | undefined;
    try {
      answer = await (attemptOnce ? attemptOnce() : exchange(request, Math.max(LEAST, Math.min(ATTEMPT, deadline - Date.now()))));
      if (!mayPass(answer)) return answer;
    } catch (error) {
      // Certificates, invalid characters and missing credentials stay as they are.
      if (isRuntimeError(error) || !/^E(?!RR_)/.test((error as { code: string }).code)) throw error;
      failure = error;
    }
    // Full jitter.
    const pause = Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
    if (Date.now() + pause >= deadline) {
      if (answer) return answer;
      const why = `no answer of ${request.endpoint.host} after ${attempt} attempts: ${(failure as Error).message}`;
      throw runtimeError('TIMEOUT', why, failure);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** When the current invocation must have done all, in milliseconds since 1970. */
export function currentDeadline(): number {
  const current = currentInvocation();
  if (current) return current.deadline;
  const timeout = Number(process.env.WEBSOCKET_TIMEOUT) * 1_000;
  return Date.now() + (timeout > 0 ? Math.min(PATIENCE, timeout - RESERVE_MS) : PATIENCE);
}

/** One attempt. Another clock than that of AWS costs a second request, and a kept socket that the server has closed costs another one. */
async function exchange(request: Request, milliseconds: number): Promise<Answer> {
  const { endpoint: { host, path }, body, hash = hashOf(body ?? '') } = request;
  const credentials = await findCredentials(host);
  for (let isSkewed = false; ;) {
    const { clock = 0 } = state();
    const signable = { ...request, host, path: path + request.path, hash };
    const headers = sign(signable, credentials, Date.now() + clock);
    if (body !== undefined) headers.push('content-length', String(Buffer.byteLength(body)));
    const answer = await roundTrip(signable, headers, milliseconds);
    if (answer) {
      const difference = Date.parse(answer.date!) - Date.now();
      if (isSkewed || !SKEWED.test(answer.type) || !(Math.abs(difference - clock) > SKEW)) return answer;
      isSkewed = true;
      state().clock = difference;
    }
  }
}

/** @returns `undefined` where the server had closed a kept socket while we wrote: the next one, or the last one, is fresh. */
function roundTrip({ endpoint, method, path, body }: Request, headers: string[], milliseconds: number): Promise<Answer | undefined> {
  const { protocol, hostname, port } = endpoint;
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      if (request.reusedSocket && !isAnswered && /^(ECONNRESET|EPIPE)$/.test(error.code!)) resolve(undefined);
      else reject(error);
    };
    const request = https.request({ protocol, hostname, port, method, path, headers, agent: agentFor(protocol) }, (response) => {
      const chunks: Uint8Array[] = [];
      isAnswered = true;
      response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      // An answer that is cut short has no `end`.
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve(answerOf(response, Buffer.concat(chunks).toString()));
      });
    });
    const timer = setTimeout(() => {
      request.destroy(Object.assign(new Error(`no answer in ${milliseconds} ms`), { code: 'ETIMEDOUT' }));
    }, milliseconds);
    request.on('error', fail);
    request.end(body);
  });
}

function answerOf(response: http.IncomingMessage, body: string): Answer {
  const status = response.statusCode!;
  // Node.js makes an object of the headers when it is asked for.
  if (status < 300) return { status, type: '', body };
  const { date, 'x-amzn-errortype': header } = response.headers;
  const { code = '', __type = code } = objectIn(body) ?? {};
  return { status, type: String(header ?? __type).replace(/^.*#|:.*$/g, ''), body, date };
}

/** Agents of both modules serve requests of either. */
function agentFor(protocol: string): http.Agent {
  const { Agent } = protocol === 'https:' ? https : http;
  const agents = state().agents ??= {};
  return agents[protocol] ??= new Agent({ keepAlive: true, scheduling: 'lifo', maxSockets: SOCKETS });
}
