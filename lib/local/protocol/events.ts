import { randomFillSync } from 'crypto';
import { authorizerHeaders, connectHeaders, disconnectHeaders, queryMaps, RequestOrigin } from './request';

/** What the events of one connection have in common. */
export interface ConnectionContext {
  readonly connectionId: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly apiId: string;
  readonly stage: string;
  /** The host that the client requested (1.3.9). */
  readonly domainName: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string } & Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `principalId` and the authorizer's context as text; absent if no Lambda authorizer ran. */
  readonly authorizer?: Readonly<Record<string, string>>;
}

/** Id and time of one handshake, message, disconnect or call of `@connections`. */
export interface RequestStamp {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The handshake that opened the connection. */
export interface HandshakeRequest extends RequestOrigin {
  /** Names and values in turn, as in Node.js. */
  readonly rawHeaders: readonly string[];
  /** Without `?`. */
  readonly query: string;
}

export interface Message {
  /** The selected route (1.4.2). */
  readonly routeKey: string;
  readonly messageId: string;
  /** As the client sent it (1.4.3). */
  readonly body: string;
}

/** How a connection ended. */
interface Disconnect {
  readonly code: number;
  readonly reason: string;
  /** The header `Host`. */
  readonly host: string;
}

/**
 * The event for `$connect` (1.3).
 *
 * @param integrationLatency milliseconds that the authorizer took
 */
export function connectEvent(
  context: ConnectionContext, stamp: RequestStamp, handshake: HandshakeRequest, integrationLatency?: number,
): object {
  const { single, multi } = connectHeaders(handshake.rawHeaders, handshake);
  return {
    headers: single,
    multiValueHeaders: multi,
    ...queryProperties(handshake.query),
    ...stageVariables(context),
    requestContext: {
      routeKey: '$connect',
      // 3.9: a number, and in this event only.
      ...context.authorizer && { authorizer: { ...context.authorizer, ...integrationLatency !== undefined && { integrationLatency } } },
      ...commonContext(context, stamp, 'CONNECT'),
    },
    isBase64Encoded: false,
  };
}

/** The event for a message (1.4). */
export function messageEvent(context: ConnectionContext, stamp: RequestStamp, message: Message): object {
  return {
    ...stageVariables(context),
    requestContext: {
      routeKey: message.routeKey,
      ...context.authorizer && { authorizer: context.authorizer },
      messageId: message.messageId,
      ...commonContext(context, stamp, 'MESSAGE'),
    },
    // 1.4.4: the event of an empty message has no body.
    body: message.body === '' ? undefined : message.body,
    isBase64Encoded: false,
  };
}

/** The event for `$disconnect` (1.5). */
export function disconnectEvent(context: ConnectionContext, stamp: RequestStamp, close: Disconnect): object {
  const { single, multi } = disconnectHeaders(close.host);
  return {
    headers: single,
    multiValueHeaders: multi,
    ...stageVariables(context),
    requestContext: {
      routeKey: '$disconnect',
      ...context.authorizer && { authorizer: context.authorizer },
      disconnectStatusCode: close.code,
      disconnectReason: close.reason,
      ...commonContext(context, stamp, 'DISCONNECT'),
    },
    isBase64Encoded: false,
  };
}

/**
 * The event for a Lambda authorizer (3.2).
 *
 * @param methodArn `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`
 */
export function authorizerEvent(context: ConnectionContext, stamp: RequestStamp, handshake: HandshakeRequest, methodArn: string): object {
  const { single, multi } = authorizerHeaders(handshake.rawHeaders, handshake);
  return {
    type: 'REQUEST',
    methodArn,
    headers: single,
    multiValueHeaders: multi,
    // assumed (3.2): without a query string, its maps are `{}` in the authorizer's event
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    ...queryProperties(handshake.query),
    // 1.3.10: authorizers get stage variables even if there are none.
    stageVariables: context.stageVariables,
    requestContext: { routeKey: '$connect', ...commonContext(context, stamp, 'CONNECT') },
  };
}

/** The members of `$context` that only some requests have. */
export interface ContextExtra {
  readonly eventType: EventType;
  readonly routeKey: string;
  readonly messageId?: string;
  /** Status of the integration's response. */
  readonly status?: number;
  readonly error?: { readonly messageString?: string; readonly validationErrorString?: string };
}

type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** `$context` of mapping templates, parameters and identity sources (8.3). An absent value has no property. */
export function contextVariables(context: ConnectionContext, stamp: RequestStamp, extra: ContextExtra): Record<string, unknown> {
  const { eventType, ...others } = extra;
  return {
    ...commonContext(context, stamp, eventType),
    ...context.authorizer && { authorizer: context.authorizer },
    ...others,
  };
}

/** Built as one object literal, since every message needs one. */
function commonContext(context: ConnectionContext, { requestId, time }: RequestStamp, eventType: EventType) {
  return {
    eventType,
    // 1.3.7: the same id as `requestId`.
    extendedRequestId: requestId,
    requestTime: clfTime(time),
    messageDirection: 'IN',
    stage: context.stage,
    connectedAt: context.connectedAt,
    requestTimeEpoch: time,
    identity: context.identity,
    requestId,
    domainName: context.domainName,
    connectionId: context.connectionId,
    apiId: context.apiId,
  };
}

/** 1.3.1: absent, not `null`, without a query string. */
function queryProperties(query: string): object {
  const maps = queryMaps(query);
  return maps ? { queryStringParameters: maps.single, multiValueQueryStringParameters: maps.multi } : {};
}

function stageVariables({ stageVariables: variables }: ConnectionContext): object | undefined {
  // assumed (1.3.10): events for routes have `stageVariables` if the stage has any
  return Object.keys(variables).length > 0 ? { stageVariables: variables } : undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let lastSecond = NaN;
let lastText = '';

/**
 * The time as in the Common Log Format (1.3.6): `29/Nov/2023:08:04:01 +0000`.
 *
 * @param ms since 1970
 */
export function clfTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Cached: many messages come in one second.
  if (second !== lastSecond) {
    lastText = formatted(new Date(second * 1000));
    lastSecond = second;
  }
  return lastText;
}

function formatted(date: Date): string {
  const [year, month, day] = date.toISOString().slice(0, 10).split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${date.toISOString().slice(11, 19)} +0000`;
}

/** The stamp of a request that begins now. */
export function newRequest(): RequestStamp {
  return { requestId: newId(), time: Date.now() };
}

/** An id in the form that AWS gives connections, requests and messages (1.3.8): 11 bytes in 16 characters, of which the last is `=`. */
export function newId(): string {
  const start = takeRandom(11);
  return `${random.toString('base64url', start, start + 11)}=`;
}

/** Whether a text has the form of an id (6.7). */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{15}=$/.test(text);
}

/**
 * A value for the header `X-Amzn-Trace-Id` (1.3.4).
 *
 * @param now milliseconds since 1970
 */
export function newTraceId(now: number): string {
  const start = takeRandom(12);
  const second = Math.floor(now / 1000).toString(16).padStart(8, '0');
  return `Root=1-${second}-${random.toString('hex', start, start + 12)}`;
}

// One system call fills the buffer for hundreds of ids.
const random = Buffer.allocUnsafe(8192);
let used = random.length;

/** Takes unused random bytes and returns where they start. */
function takeRandom(bytes: number): number {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}
