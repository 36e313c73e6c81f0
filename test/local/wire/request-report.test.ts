import { InvocationResult } from '../../../lib/local/functions/invoker';
import { GatewayEvent } from '../../../lib/local/gateway-event';
import { Connections } from '../../../lib/local/wire/connections';
import { reportRequest, RequestFacts } from '../../../lib/local/wire/request-report';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { Services } from '../../../lib/local/wire/services';
import { api, HandlerInvoker, proxy, stage } from '../_helpers/local-server';

const facts: RequestFacts = {
  type: 'message', served: new ServedStage(api([]), stage()), startedAt: Date.now() - 7, connectionId: 'C', requestId: 'R', status: 200, routeKey: 'send',
};
const success: InvocationResult = { ok: true, payload: '{"statusCode":200}', requestId: 'invocation-2', duration: 1 };
const failed: InvocationResult = {
  ok: false, kind: 'error', errorType: 'TypeError', errorMessage: 'no', stackTrace: ['at send (send.ts:3:1)'], requestId: 'invocation-2', duration: 1,
};
const answered = { ok: true, status: 200, headers: {}, invocation: success } as const;

function told(more: Partial<RequestFacts>, verbose = false): Partial<GatewayEvent> {
  const events: GatewayEvent[] = [];
  const services: Services = {
    invoker: new HandlerInvoker({}),
    connections: new Connections({ idle: 1, duration: 1 }),
    serial: false,
    verbose,
    functionPath: (id) => `Test/${id}`,
    callbackUrl: () => '',
    observe: (event) => events.push(event),
  };
  reportRequest({ ...facts, ...more }, services);
  expect(events).toHaveLength(1);
  return JSON.parse(JSON.stringify(events[0])) as GatewayEvent;
}

const common = {
  type: 'message',
  time: expect.any(Number),
  connectionId: 'C',
  requestId: 'R',
  api: 'Api',
  stage: 'dev',
  routeKey: 'send',
  status: 200,
  duration: expect.any(Number),
  bytesIn: 0,
  bytesOut: 0,
};

test('a request that no integration answered', () => {
  const event = told({ bytesIn: 3, bytesOut: 4, reason: 'why' });
  expect(event).toEqual({ ...common, bytesIn: 3, bytesOut: 4, reason: 'why' });
  expect((event as { duration: number }).duration).toBeGreaterThanOrEqual(7);
});

test('where no stage is served, no API is told', () => {
  const { api: _api, stage: _stage, ...others } = common;
  expect(told({ served: undefined, reason: 'why' })).toEqual({ ...others, reason: 'why' });
});

test('the target is the path of the function, or the type of the integration', () => {
  expect(told({ integration: proxy('send') })).toEqual({ ...common, target: 'Test/send' });
  expect(told({ integration: proxy('send', { type: 'HTTP_PROXY', target: undefined }) })).toEqual({ ...common, target: 'HTTP_PROXY' });
});

test('the event and the result are told with verbose only', () => {
  const outcome = { ...answered, event: '{}' };
  expect(told({ outcome: answered })).toEqual({ ...common, invocationId: 'invocation-2' });
  expect(told({ outcome }, true)).toEqual({ ...common, invocationId: 'invocation-2', event: '{}', result: '{"statusCode":200}' });
});

test('the error of the integration comes with its invocation and reason', () => {
  const outcome = { ok: false, message: 'Internal server error', kind: 'failed', reason: 'TypeError: no', invocation: failed } as const;
  expect(told({ outcome, status: 502 })).toEqual({
    ...common,
    status: 502,
    reason: 'TypeError: no',
    invocationId: 'invocation-2',
    error: { type: 'TypeError', message: 'no', stackTrace: ['at send (send.ts:3:1)'] },
  });
});

test('so does that of the authorizer', () => {
  expect(told({ authorizerInvocation: { ...failed, requestId: 'invocation-1' } })).toEqual({
    ...common, authorizerInvocationId: 'invocation-1', error: { type: 'TypeError', message: 'no', stackTrace: ['at send (send.ts:3:1)'] },
  });
  expect(told({ authorizerInvocation: { ...success, requestId: 'invocation-1' }, outcome: answered })).toEqual({
    ...common, authorizerInvocationId: 'invocation-1', invocationId: 'invocation-2',
  });
});
