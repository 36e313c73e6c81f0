import type {
  LambdaContext, WebsocketAuthorizerEvent, WebsocketConnectEvent, WebsocketDisconnectEvent, WebsocketMessageEvent,
} from '../../../lib/runtime/events';

interface Options {
  readonly id?: string;
  readonly requestId?: string;
  readonly authorizer?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

export const CONNECTED_AT = 1_701_245_041_796;

/** As API Gateway sends it (docs/fidelity.md, 1.3). */
export function connectEvent({ authorizer, ...options }: Options = {}): WebsocketConnectEvent {
  return {
    ...handshake(options),
    requestContext: {
      ...context('CONNECT', '$connect', options),
      ...authorizer && { authorizer: { principalId: 'ada', ...authorizer, integrationLatency: 21 } },
    },
    isBase64Encoded: false,
  };
}

/** As API Gateway sends it (docs/fidelity.md, 1.4). */
export function messageEvent(body?: unknown, { routeKey = 'say', ...options }: Options & { readonly routeKey?: string } = {}): WebsocketMessageEvent {
  return {
    requestContext: { ...context('MESSAGE', routeKey, options), ...user(options), messageId: 'PJqCFfHyKRcCHlw=' },
    ...body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) },
    isBase64Encoded: false,
  };
}

/** As API Gateway sends it (docs/fidelity.md, 1.5). */
export function disconnectEvent(options: Options & { readonly code?: number; readonly reason?: string } = {}): WebsocketDisconnectEvent {
  const { code = 1005, reason = 'Client-side close frame status not set' } = options;
  const headers = { 'Host': 'aabbccdd.execute-api.eu-west-1.amazonaws.com', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    multiValueHeaders: multi(headers),
    requestContext: {
      ...context('DISCONNECT', '$disconnect', options), ...user(options), disconnectStatusCode: code, disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
}

/** As API Gateway sends it (docs/fidelity.md, 3.2). */
export function authorizerEvent(options: Options = {}): WebsocketAuthorizerEvent {
  return {
    ...handshake(options),
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:aabbccdd/prod/$connect',
    requestContext: context('CONNECT', '$connect', options),
    stageVariables: {},
  };
}

export function lambdaContext(remaining = 3_000): LambdaContext {
  return {
    functionName: 'chat',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:chat',
    memoryLimitInMB: '128',
    awsRequestId: '8f5c',
    logGroupName: '/aws/lambda/chat',
    logStreamName: 's',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => remaining,
  };
}

function handshake({ headers = {}, query }: Options) {
  const all = { 'Host': 'aabbccdd.execute-api.eu-west-1.amazonaws.com', 'Sec-WebSocket-Version': '13', ...headers };
  return {
    headers: all,
    multiValueHeaders: multi(all),
    ...query && { queryStringParameters: query, multiValueQueryStringParameters: multi(query) },
  };
}

function user({ authorizer }: Options) {
  return authorizer && { authorizer: { principalId: 'ada', ...authorizer } };
}

function context<Type extends string, Key extends string>(eventType: Type, routeKey: Key, options: Options) {
  const { id = 'PJqB0fHsqRcCHlw=', requestId = 'PJqB0E1tKRcF-Qw=' } = options;
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: '29/Nov/2023:08:04:01 +0000',
    messageDirection: 'IN' as const,
    stage: 'prod',
    connectedAt: CONNECTED_AT,
    requestTimeEpoch: 1_701_245_041_798,
    identity: { sourceIp: '203.0.113.7' },
    requestId,
    domainName: 'aabbccdd.execute-api.eu-west-1.amazonaws.com',
    connectionId: id,
    apiId: 'aabbccdd',
  };
}

function multi(values: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
}
