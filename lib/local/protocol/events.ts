import { authorizerHeaders, connectHeaders, disconnectHeaders } from './headers';
import type { RequestOrigin } from './headers';
import { queryMaps } from './request-line';

/** What the events of one connection have in common. */
export interface ConnectionContext {
  readonly connectionId: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly apiId: string;
  readonly stage: string;
  /** The host that the client asked for (1.3.9). */
  readonly domainName: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string } & Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** `principalId` and the authorizer's context as text; absent if no Lambda authorizer ran. */
  readonly authorizer?: Readonly<Record<string, string>>;
}

/** What is new in every event. */
export interface EventTime {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the client sent to open the connection. */
export interface HandshakeRequest extends RequestOrigin {
  /** Names and values in turn, as node has them. */
  readonly rawHeaders: readonly string[];
  /** Without `?`. */
  readonly query: string;
}

export interface Message {
  /** The selected route (1.4.2). */
  readonly routeKey: string;
  readonly messageId: string;
  /** As it came (1.4.3). */
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
  context: ConnectionContext, time: EventTime, handshake: HandshakeRequest, integrationLatency?: number,
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
      ...commonContext(context, time, 'CONNECT'),
    },
    isBase64Encoded: false,
  };
}

/** The event for a message (1.4). */
export function messageEvent(context: ConnectionContext, time: EventTime, message: Message): object {
  return {
    ...stageVariables(context),
    requestContext: {
      routeKey: message.routeKey,
      ...context.authorizer && { authorizer: context.authorizer },
      messageId: message.messageId,
      ...commonContext(context, time, 'MESSAGE'),
    },
    // 1.4.4: an empty message has none.
    body: message.body === '' ? undefined : message.body,
    isBase64Encoded: false,
  };
}

/** The event for `$disconnect` (1.5). */
export function disconnectEvent(context: ConnectionContext, time: EventTime, close: Disconnect): object {
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
      ...commonContext(context, time, 'DISCONNECT'),
    },
    isBase64Encoded: false,
  };
}

/**
 * The event for a Lambda authorizer (3.2).
 *
 * @param methodArn `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`
 */
export function authorizerEvent(context: ConnectionContext, time: EventTime, handshake: HandshakeRequest, methodArn: string): object {
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
    // 1.3.10: always there, unlike in the events for routes.
    stageVariables: context.stageVariables,
    requestContext: { routeKey: '$connect', ...commonContext(context, time, 'CONNECT') },
  };
}

/** What is known only in some events. */
export interface ContextExtra {
  readonly eventType: EventType;
  readonly routeKey: string;
  readonly messageId?: string;
  /** Status of the integration's response. */
  readonly status?: number;
  readonly error?: { readonly messageString?: string; readonly validationErrorString?: string };
}

type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** `$context` of mapping templates, parameters and identity sources (8.3); what is absent is no property. */
export function contextVariables(context: ConnectionContext, time: EventTime, extra: ContextExtra): Record<string, unknown> {
  const { eventType, ...others } = extra;
  return {
    ...commonContext(context, time, eventType),
    ...context.authorizer && { authorizer: context.authorizer },
    ...others,
  };
}

/** One object literal: a message costs one. */
function commonContext(context: ConnectionContext, { requestId, now }: EventTime, eventType: EventType) {
  return {
    eventType,
    // 1.3.7: the same.
    extendedRequestId: requestId,
    requestTime: clfTime(now),
    messageDirection: 'IN',
    stage: context.stage,
    connectedAt: context.connectedAt,
    requestTimeEpoch: now,
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
  // Many messages come in one second.
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
