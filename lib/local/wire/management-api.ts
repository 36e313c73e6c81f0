import type { IncomingMessage, ServerResponse } from 'http';
import { Connection } from './connection';
import { refusalHeaders, refuseRequest } from './refusal';
import { readBody } from './request-body';
import { reportRequest, Services } from './requests';
import { ServedStage } from './served-stage';
import { traceFrame } from './traces';
import { Refusal } from '../protocol/connect-answer';
import { isId, newRequest } from '../protocol/events';
import { CLOSES } from '../protocol/frames';
import { callSignatureError, iamSignatureError } from '../protocol/iam-signature';
import { LIMITS } from '../protocol/limits';
import { parseTarget, percentDecoded, queryMaps } from '../protocol/request';
import { UNVERIFIED } from '../protocol/unverified';

const METHODS = { POST: 'post', GET: 'get', DELETE: 'delete' } as const;

type CallMethod = keyof typeof METHODS;

interface Reply extends Partial<Refusal> {
  readonly status: number;
  readonly body: string;
  readonly reason?: string;
}

/** `/@connections/{id}` in any spelling, after any prefix. */
const PATH = /\/(?:@|%40)(connections)(?:\/(.*))?$/is;

const ENCODED_ID = /^[\w-]+%3D$/;

/** The part of a path that addresses `@connections`, correctly or not. */
export interface ManagementPath {
  /** The index in the path. */
  readonly at: number;
  /** 6.2: no other spelling is served. */
  readonly isLowerCase: boolean;
  /** Decoded; absent if the path has no id, or more than one. */
  readonly connectionId?: string;
}

export function managementPath(path: string): ManagementPath | undefined {
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, word, id = ''] = match;
  const isLowerCase = word === 'connections';
  // 6.2: an id may be percent-encoded or raw. What SDKs send is decoded without an exception to fear.
  if (isLowerCase && ENCODED_ID.test(id)) return { at: match.index, isLowerCase, connectionId: `${id.slice(0, -3)}=` };
  return { at: match.index, isLowerCase, connectionId: isLowerCase && id !== '' && !id.includes('/') ? percentDecoded(id) : undefined };
}

/** The path prefix of SDK clients without an endpoint; no stage can have such a name. */
const UNNAMED = '/.no-endpoint/';

/**
 * The endpoint for a function's SDK clients that set none. Such clients fail on AWS, so the path identifies the function for a notice.
 *
 * @param callbackUrl `http://localhost:3001/dev`
 */
export function markedEndpoint(callbackUrl: string, functionId: string): string {
  const { origin, pathname } = new URL(callbackUrl);
  return `${origin}${UNNAMED}${Buffer.from(functionId).toString('base64url')}${pathname.replace(/\/$/, '')}`;
}

/** `@connections`: how backends send to, look up and close connections (section 6). */
export class ManagementApi {
  public constructor(private readonly services: Services) {}

  /** Restores the URL of a request that went to a marked endpoint, and reports its function. */
  public unmark(request: IncomingMessage): void {
    if (!request.url?.startsWith(UNNAMED)) return;
    const [, functionId, rest] = /^([\w-]+)(\/.*)$/s.exec(request.url.slice(UNNAMED.length)) ?? [];
    if (functionId === undefined) return;
    request.url = rest;
    this.services.onMissingEndpoint?.(Buffer.from(functionId, 'base64url').toString());
  }

  /** Answers a call; never throws. */
  public async serve(served: ServedStage, path: ManagementPath, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { connectionId } = path;
    const stamp = newRequest();
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    const body = await readBody(request, LIMITS.messageBytes);
    if (!request.complete) {
      // The caller disconnected within the body, and waits for no answer.
      response.destroy();
      return;
    }
    const reply = this.reply(served, connectionId, request, body);
    if (this.services.trace.isOn) this.trace(request, stamp.requestId, connectionId, reply, body);
    response.writeHead(reply.status, headersOf(reply, stamp.requestId));
    response.end(reply.body);
    const type = METHODS[request.method as CallMethod];
    if (!type) return;
    const { status, reason } = reply;
    reportRequest({ type, served, stamp, connectionId, status, reason, bytesIn: body?.length ?? 0 }, this.services);
  }

  private trace(request: IncomingMessage, requestId: string, connectionId: string | undefined, reply: Reply, body?: Buffer): void {
    const verb = request.method as CallMethod;
    if (!METHODS[verb]) return;
    const { status, reason } = reply;
    const { 'user-agent': userAgent } = request.headers;
    const { trace, connections } = this.services;
    const text = verb === 'POST' ? body?.toString() : undefined;
    trace.add({ type: 'post', time: Date.now(), verb, connectionId, requestId, status, body: text, userAgent, reason });
    const connection = text === undefined || status !== 200 ? undefined : connections.get(connectionId!);
    if (connection) traceFrame(trace, connection, { direction: 'out', text: text!, by: 'post', requestId });
  }

  /** Answers a call that leads to no stage (6.10), and reports the reason. */
  public refuse(refusal: Refusal, reason: string, path: ManagementPath, request: IncomingMessage, response: ServerResponse): void {
    const stamp = newRequest();
    refuseRequest(request, response, refusal, stamp.requestId);
    const type = METHODS[request.method as CallMethod];
    if (!type) return;
    if (this.services.trace.isOn) this.trace(request, stamp.requestId, path.connectionId, { ...refusal, reason });
    reportRequest({ type, stamp, connectionId: path.connectionId, status: refusal.status, reason }, this.services);
  }

  private reply(served: ServedStage, id: string | undefined, request: IncomingMessage, body: Buffer | undefined): Reply {
    const { path, query } = parseTarget(request.url ?? '/');
    const { authorization } = request.headers;
    const unsigned = authorization === undefined
      ? iamSignatureError({}, queryMaps(query)?.single ?? {})
      : callSignatureError(authorization, 'execute-api');
    if (unsigned) return { ...UNVERIFIED.callbackForbidden, reason: unsigned };
    const method = request.method as CallMethod;
    if (!METHODS[method] || id === undefined) {
      return { ...UNVERIFIED.callbackForbidden, reason: `${request.method} ${path} is not a call of @connections` };
    }
    // 6.7: the id is malformed.
    if (!isId(id)) return clientError(400, 'BadRequestException', `Invalid connectionId: ${id}`);
    // 6.11: the size is checked before the connection is looked for.
    if (method === 'POST' && !body) {
      return clientError(413, 'PayloadTooLargeException', `Message is longer than ${LIMITS.messageBytes} bytes`);
    }
    const connection = this.services.connections.get(id);
    const fault = method === 'POST' ? this.services.faults?.answerPost(connection, id) : undefined;
    if (fault) return { ...fault, reason: `a fault answers posts with ${fault.status} (docs/faults.md)` };
    // 6.5, 6.6, 6.8: a 410 has no body; the header names the error.
    if (!connection?.isOpen || connection.served !== served) {
      return { status: 410, body: '', errorType: 'GoneException', reason: this.goneReason(served, connection) };
    }
    if (method === 'GET') return lookUp(connection);
    return method === 'DELETE' ? this.disconnect(connection) : post(connection, body ?? Buffer.alloc(0));
  }

  /** Why a connection is gone, in one line. An open one of another stage is reachable only through that stage's callback URL (6.5). */
  private goneReason({ api }: ServedStage, connection: Connection | undefined): string {
    if (!connection?.isOpen) return 'no connection of this stage has this id (any more)';
    const { served } = connection;
    const other = served.api.apiId === api.apiId ? '' : ` of the API ${served.api.name}`;
    return `this connection belongs to stage ${served.stage.name}${other}; its callback URL is ${this.services.callbackUrl(served)}`;
  }

  /** 6.14: closes the connection as AWS does. */
  private disconnect(connection: Connection): Reply {
    this.services.connections.end(connection, CLOSES.deleted);
    return { status: 204, body: '' };
  }
}

function headersOf({ errorType, ...reply }: Reply, requestId: string): Record<string, string | number> {
  if (errorType !== undefined) return refusalHeaders({ ...reply, errorType }, requestId);
  return {
    'x-amzn-RequestId': requestId,
    'Content-Length': Buffer.byteLength(reply.body),
    ...reply.body && { 'Content-Type': 'application/json' },
  };
}

function post(connection: Connection, body: Buffer): Reply {
  // 6.9: the client does not read what it is sent.
  if (connection.isFull) return clientError(429, 'LimitExceededException', 'The WebSocket client side buffer is full');
  // assumed (6.12): an empty post sends an empty frame
  connection.sendBytes(body);
  return { status: 200, body: '' };
}

/** 6.4: names in camel case, dates as ISO 8601, and of the identity these members only. */
function lookUp({ context, lastActiveAt }: Connection): Reply {
  const { sourceIp, userAgent } = context.identity;
  // assumed (6.17): looking up a connection does not keep it open
  return {
    status: 200,
    body: JSON.stringify({
      connectedAt: isoDate(context.connectedAt), identity: { sourceIp, userAgent }, lastActiveAt: isoDate(lastActiveAt),
    }),
  };
}

/** @param time milliseconds since 1970 */
function isoDate(time: number): string {
  const upToFraction = 'YYYY-MM-DDThh:mm:ss.'.length;
  return `${new Date(time).toISOString().slice(0, upToFraction + UNVERIFIED.dateFractionDigits).replace(/\.$/, '')}Z`;
}

function clientError(status: number, errorType: string, message: string): Reply {
  return { status, errorType, body: JSON.stringify({ message }), reason: message };
}
