import type { Api, Authorizer, Integration, LambdaFunction, Route, Stage } from '../../../../lib/local/assembly/local-app';
import type { OutputEvent, RequestEvent } from '../../../../lib/local/gateway-event';
import type { Served } from '../../../../lib/local/terminal/served';

/** 14:03:07.123 in whatever zone the tests run. */
export const TIME = new Date(2026, 10, 22, 14, 3, 7, 123).getTime();

export const DEV = stage('dev');

export function stage(name: string): Stage {
  return { name, variables: {}, defaultRouteSettings: {}, routeSettings: {}, mappings: [] };
}

export function integration(changes: Partial<Integration> = {}): Integration {
  return {
    logicalId: 'Integration',
    type: 'AWS_PROXY',
    timeout: 29_000,
    requestTemplates: {},
    requestParameters: {},
    passthroughBehavior: 'WHEN_NO_MATCH',
    responses: [],
    ...changes,
  };
}

export function route(routeKey: string, changes: Partial<Route> = {}): Route {
  return { routeKey, authorization: { type: 'NONE' }, apiKeyRequired: false, twoWay: false, requestModels: {}, requiredParameters: [], ...changes };
}

export function authorizer(...identitySource: string[]): Authorizer {
  return { logicalId: 'Auth', name: 'Auth', authorizerId: 'a1b2c3', identitySource, target: { type: 'function', functionId: 'Test/Auth1' } };
}

export function api(routes: readonly Route[], changes: Partial<Api> = {}): Api {
  return {
    stack: 'Test',
    logicalId: 'ChatApi',
    name: 'Chat',
    apiId: 'a1b2c3d4e5',
    region: 'us-east-1',
    account: '111111111111',
    partition: 'aws',
    routeSelectionExpression: '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    disableExecuteApiEndpoint: false,
    stages: [DEV],
    routes: new Map(routes.map((entry) => [entry.routeKey, entry])),
    models: new Map(),
    apiKeys: [],
    ...changes,
  };
}

export function lambda(id: string, path: string): LambdaFunction {
  return {
    id,
    path,
    name: id,
    arn: `arn:aws:lambda:us-east-1:111111111111:function:${id}`,
    region: 'us-east-1',
    account: '111111111111',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    timeout: 3_000,
    memorySize: 128,
    environment: {},
    unresolved: [],
    code: { none: 'a test' },
    layers: [],
  };
}

/** `Chat`: an authorizer, a handler, a mock that answers and a function that is not in the assembly. */
export const CHAT: Served = {
  apis: [{
    api: api([
      route('$connect', {
        authorization: { type: 'CUSTOM', authorizer: authorizer('route.request.querystring.token') },
        integration: integration({ target: { type: 'function', functionId: 'Test/Connect1' } }),
      }),
      route('ping', { integration: integration({ type: 'MOCK' }), twoWay: true }),
      route('far', { integration: integration({ target: { type: 'none', reason: 'it is in another app', function: 'far-away' } }) }),
    ]),
    port: 3001,
    stages: [{ stage: DEV, url: 'ws://localhost:3001/dev', callbackUrl: 'http://localhost:3001/dev' }],
  }],
  functions: new Map([
    ['Test/Auth1', lambda('Test/Auth1', 'Test/Chat/Handler-src%2Fauth.authorize')],
    ['Test/Connect1', lambda('Test/Connect1', 'Test/Connect')],
  ]),
};

export function message(changes: Partial<RequestEvent> = {}): RequestEvent {
  return {
    type: 'message',
    time: TIME,
    connectionId: 'L0SM9cOFvHcCIhw=',
    requestId: 'PJqCFEqHqRcFd0w=',
    api: 'Chat',
    stage: 'dev',
    routeKey: 'send',
    target: 'Test/Chat/Handler-src%2Fmessages.send',
    status: 200,
    duration: 3.21,
    bytesIn: 41,
    bytesOut: 12,
    ...changes,
  };
}

export function printed(text: string, changes: Partial<OutputEvent> = {}): OutputEvent {
  return {
    type: 'output',
    time: TIME,
    functionId: 'Test/Send1',
    target: 'Test/Chat/Handler-src%2Fmessages.send',
    stream: 'stdout',
    requestId: 'invocation-1',
    text,
    ...changes,
  };
}
