/**
 * The events of a WebSocket API as API Gateway sends them. What an event lacks is absent in its type: messages have no headers, for
 * example. Headers keep the spelling of the client.
 *
 * @see docs/fidelity.md, sections 1 to 3
 */
export type WebsocketEvent = WebsocketConnectEvent | WebsocketMessageEvent | WebsocketDisconnectEvent | WebsocketAuthorizerEvent;

export interface WebsocketConnectEvent extends Headers, Query {
  readonly requestContext: RequestContext<'CONNECT', '$connect'> & {
    readonly authorizer?: Readonly<Record<string, string | number>> & { readonly principalId: string; readonly integrationLatency: number };
  };
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly isBase64Encoded: false;
}

export interface WebsocketMessageEvent {
  readonly requestContext: RequestContext<'MESSAGE', string> & AuthorizerContext & { readonly messageId: string };
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** The text of the message. An empty message has none. */
  readonly body?: string;
  readonly isBase64Encoded: false;
}

export interface WebsocketDisconnectEvent extends Headers {
  readonly requestContext: RequestContext<'DISCONNECT', '$disconnect'> & AuthorizerContext & {
    readonly disconnectStatusCode: number;
    readonly disconnectReason: string;
  };
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly isBase64Encoded: false;
}

/** What a Lambda authorizer of `$connect` receives. */
export interface WebsocketAuthorizerEvent extends Headers, Query {
  readonly type: 'REQUEST';
  readonly methodArn: string;
  readonly requestContext: RequestContext<'CONNECT', '$connect'>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

interface Headers {
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
}

interface Query {
  /** Of a name that occurs twice, the last value. Absent without a query string. */
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
}

interface AuthorizerContext {
  /** What the authorizer of `$connect` returned, as strings. Absent without a Lambda authorizer. */
  readonly authorizer?: Readonly<Record<string, string>> & { readonly principalId: string };
}

interface RequestContext<Type extends string, RouteKey extends string> {
  readonly eventType: Type;
  readonly routeKey: RouteKey;
  readonly messageDirection: 'IN';
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  /** With IAM authorization also the caller: `accessKey`, `accountId`, `userArn` and the like. */
  readonly identity: Readonly<Record<string, string | undefined>> & { readonly sourceIp: string; readonly userAgent?: string };
}

/** The second argument of a Lambda handler. */
export interface LambdaContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}

/** Who sent a message. */
export interface Connection<Claims = Record<string, string>> {
  readonly id: string;
  /** The `principalId` of the authorizer, else its `sub`; or the context key that the store names as `userFrom`. */
  readonly user?: string;
  /** What the authorizer returned beside the user. Those of `allow` have their types again. */
  readonly claims: Claims;
  readonly stage: string;
  readonly connectedAt: Date;
  readonly sourceIp: string;
}

/**
 * What API Gateway adds to the context of an authorizer, the key under which `allow` keeps what is no string, and a name that would make
 * claims of others of the copy of an object. The authorizer for tokens (lib/lambda/jwt) knows the same names.
 */
export const RESERVED_CLAIMS: readonly string[] = ['principalId', 'integrationLatency', '_claims', '__proto__'];

/** @param userFrom the context key that names the user, of the store's settings */
export function connectionOf<Claims = Record<string, string>>(
  event: WebsocketConnectEvent | WebsocketMessageEvent | WebsocketDisconnectEvent, userFrom?: string,
): Connection<Claims> {
  const { connectionId, connectedAt, stage, identity, authorizer = {} } = event.requestContext as {
    connectionId: string; connectedAt: number; stage: string; identity: { sourceIp: string }; authorizer?: Record<string, unknown>;
  };
  const claims = claimsOf(authorizer);
  const user = userFrom === undefined ? name(authorizer.principalId) ?? name(authorizer.sub) : name({ ...claims, ...authorizer }[userFrom]);
  return {
    id: connectionId,
    ...user !== undefined && { user },
    claims: claims as Claims,
    stage,
    connectedAt: new Date(connectedAt),
    sourceIp: identity?.sourceIp,
  };
}

/** The context of the authorizer. What it holds under its own key wins over `_claims`, which may come from elsewhere. */
function claimsOf(authorizer: Record<string, unknown>): Record<string, unknown> {
  const all = [...Object.entries(typedClaims(authorizer._claims)), ...Object.entries(authorizer)];
  return Object.fromEntries(all.filter(([key]) => !RESERVED_CLAIMS.includes(key)));
}

function typedClaims(json: unknown): object {
  try {
    const parsed: unknown = JSON.parse(String(json));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function name(value: unknown): string | undefined {
  return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined;
}
