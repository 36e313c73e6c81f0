import type { IncomingMessage, ServerResponse } from 'http';
import { Connection } from './connection';
import { refusalHeaders, refuseRequest } from './refusal';
import { reportRequest } from './request-report';
import { ServedStage } from './served-stage';
import { Services } from './services';
import { CLOSES } from '../protocol/close';
import { Refusal } from '../protocol/connect-answer';
import { headerMaps } from '../protocol/headers';
import { iamSignatureComplaint } from '../protocol/iam-signature';
import { isId, newId } from '../protocol/ids';
import { LIMITS } from '../protocol/limits';
import { parseTarget, queryMaps } from '../protocol/request-line';
import { UNVERIFIED } from '../protocol/unverified';

const METHODS = { POST: 'post', GET: 'get', DELETE: 'delete' } as const;

type Method = keyof typeof METHODS;

interface Reply extends Partial<Refusal> {
  readonly status: number;
  readonly body: string;
  readonly reason?: string;
}

const PATH = /^\/(?:@|%40)connections\/([^/]+)$/;

/** Whether the rest of a path behind its stage is one of `@connections`: 6.2, in lower case only. */
export function isManagementPath(rest: string): boolean {
  return /^\/(?:@|%40)connections(?:\/|$)/.test(rest);
}

/** `@connections`: how backends send to, look up and close connections (section 6). */
export class ManagementApi {
  public constructor(private readonly services: Services) {}

  /** Answers a call; never throws. */
  public async serve(served: ServedStage, rest: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const id = connectionId(rest);
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    const body = await readBody(request);
    if (!request.complete) {
      // The caller went away in the middle: what came is no message, and nobody hears the answer.
      response.destroy();
      return;
    }
    const reply = this.reply(served, id, request, body);
    const requestId = newId();
    response.writeHead(reply.status, reply.errorType === undefined
      ? { 'x-amzn-RequestId': requestId, 'Content-Length': Buffer.byteLength(reply.body), ...reply.body && { 'Content-Type': 'application/json' } }
      : refusalHeaders({ ...reply, errorType: reply.errorType }, requestId));
    response.end(reply.body);
    const type = METHODS[request.method as Method];
    if (!type) return;
    reportRequest({
      type, served, startedAt, requestId, connectionId: id, status: reply.status, reason: reply.reason, bytesIn: body?.length ?? 0,
    }, this.services);
  }

  /** Answers a call that leads to no stage (6.10), and tells why. */
  public refuse(answer: Refusal, reason: string, rest: string, request: IncomingMessage, response: ServerResponse): void {
    const requestId = newId();
    refuseRequest(request, response, answer, requestId);
    const type = METHODS[request.method as Method];
    if (!type) return;
    reportRequest({ type, startedAt: Date.now(), requestId, connectionId: connectionId(rest), status: answer.status, reason }, this.services);
  }

  /** A function uses a client without an endpoint. */
  public noteMissingEndpoint(functionId: string): void {
    this.services.onMissingEndpoint?.(functionId);
  }

  private reply(served: ServedStage, id: string | undefined, request: IncomingMessage, body: Buffer | undefined): Reply {
    const { path, query } = parseTarget(request.url ?? '/');
    const unsigned = iamSignatureComplaint(headerMaps(request.rawHeaders).single, queryMaps(query)?.single ?? {});
    if (unsigned) return { ...UNVERIFIED.callbackForbidden, reason: unsigned };
    const method = request.method as Method;
    if (!METHODS[method] || id === undefined) {
      return { ...UNVERIFIED.callbackForbidden, reason: `${request.method} ${path} is no call of @connections` };
    }
    // 6.7
    if (!isId(id)) return refusal(400, 'BadRequestException', `Invalid connectionId: ${id}`);
    // 6.11: also of a connection that is gone.
    if (method === 'POST' && !body) return refusal(413, 'PayloadTooLargeException', `Message is longer than ${LIMITS.messageBytes} bytes`);
    const connection = this.services.connections.get(id);
    // 6.5, 6.6, 6.8: no body; the header says it.
    if (!connection?.isOpen || connection.served !== served) {
      return { status: 410, body: '', errorType: 'GoneException', reason: this.goneReason(served, connection) };
    }
    if (method === 'GET') return lookUp(connection);
    return method === 'DELETE' ? this.disconnect(connection) : post(connection, body ?? Buffer.alloc(0));
  }

  /** Why it is gone, in one line. An open connection of another stage is reachable only through that stage's callback URL (6.5). */
  private goneReason({ api }: ServedStage, connection: Connection | undefined): string {
    if (!connection?.isOpen) return 'no connection of this stage has this id (any more)';
    const { served } = connection;
    const other = served.api.apiId === api.apiId ? '' : ` of the API ${served.api.name}`;
    return `this connection is of stage ${served.stage.name}${other}; its callback URL is ${this.services.callbackUrl(served)}`;
  }

  /** 6.14 */
  private disconnect(connection: Connection): Reply {
    this.services.connections.remove(connection);
    connection.close(CLOSES.deleted);
    return { status: 204, body: '' };
  }
}

function post(connection: Connection, body: Buffer): Reply {
  // 6.9
  if (connection.isFull) return refusal(429, 'LimitExceededException', 'The WebSocket client side buffer is full');
  // assumed (6.12): an empty post sends an empty frame
  connection.send(body.toString());
  return { status: 200, body: '' };
}

function lookUp(connection: Connection): Reply {
  // assumed (6.17): looking up a connection does not keep it open
  return { status: 200, body: JSON.stringify(description(connection)) };
}

/** 6.4: names in camel case, dates as ISO 8601; of the identity no more than this. */
function description({ context, lastActiveAt }: Connection): object {
  const { sourceIp, userAgent } = context.identity;
  return {
    connectedAt: isoDate(context.connectedAt),
    identity: { sourceIp, userAgent },
    lastActiveAt: isoDate(lastActiveAt),
  };
}

/** @param time milliseconds since 1970 */
function isoDate(time: number): string {
  const upToFraction = 'YYYY-MM-DDThh:mm:ss.'.length;
  return `${new Date(time).toISOString().slice(0, upToFraction + UNVERIFIED.dateFractionDigits).replace(/\.$/, '')}Z`;
}

function refusal(status: number, errorType: string, message: string): Reply {
  return { status, errorType, body: JSON.stringify({ message }), reason: message };
}

/** 6.2: percent-encoded or raw. */
function connectionId(rest: string): string | undefined {
  const [, id] = PATH.exec(rest) ?? [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** `undefined` if it is longer than a message may be: the rest is read and dropped, so that the client hears the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= LIMITS.messageBytes) chunks.push(chunk);
    }
  } catch {
    // Seen by `request.complete`.
  }
  return length <= LIMITS.messageBytes ? Buffer.concat(chunks) : undefined;
}
