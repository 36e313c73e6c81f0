import { InvocationResult } from '../../../lib/local/functions/invoker';
import { GatewayEvent } from '../../../lib/local/gateway-event';
import { Connections } from '../../../lib/local/wire/connections';
import { slowCallsOf } from '../../../lib/local/wire/request-report';
import { callRoute, RouteCall } from '../../../lib/local/wire/route-call';
import { Services } from '../../../lib/local/wire/services';
import { HandlerInvoker, proxy, route } from '../_helpers/local-server';

const call: RouteCall = {
  route: route('send'),
  context: {
    connectionId: 'PJqB0fHsqRcCHlw=',
    connectedAt: 1,
    apiId: 'aabbccddee',
    stage: 'dev',
    domainName: 'localhost',
    identity: { sourceIp: '127.0.0.1' },
    stageVariables: {},
  },
  time: { requestId: 'PJqB0E1tKRcF-Qw=', now: 1 },
  extra: { eventType: 'MESSAGE' },
  event: () => ({ body: 'hi' }),
  body: 'hi',
};

function services(verbose: boolean): Services {
  return {
    invoker: new HandlerInvoker({ handler: ({ body }) => ({ statusCode: 200, body }) }),
    connections: new Connections({ idle: 1, duration: 1 }),
    verbose,
    serial: false,
    functionPath: (id) => id,
    callbackUrl: () => '',
  };
}

const invocation: InvocationResult = { ok: true, payload: '{"statusCode":200,"body":"hi"}', requestId: 'invocation-1', duration: 1 };

test('the outcome of the integration', async () => {
  expect(await callRoute(call, services(false))).toEqual({ ok: true, status: 200, headers: {}, body: 'hi', invocation });
});

test('with the event, if somebody wants to see it', async () => {
  expect(await callRoute(call, services(true))).toEqual({ ok: true, status: 200, headers: {}, body: 'hi', invocation, event: '{"body":"hi"}' });
});

test('5.3.8, 9.4: a stage variable names the function of each stage', async () => {
  const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.fn}/invocations';
  const target = { type: 'stageVariable', uri, functions: { prod: 'handler' } } as const;
  const named = { ...call, route: route('send', { integration: proxy('handler', { target }) }) };
  const inStage = (stage: string) => callRoute({ ...named, context: { ...call.context, stage, stageVariables: { fn: 'send' } } }, services(false));

  expect([await inStage('prod'), await inStage('dev')]).toEqual([
    { ok: true, status: 200, headers: {}, body: 'hi', invocation },
    {
      ok: false,
      message: 'Internal server error',
      kind: 'notInvocable',
      reason: 'the integration URI gives arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/send/invocations here, which is not a function of '
        + 'this app that API Gateway may invoke for this stage: a notice at the start says why',
    },
  ]);
});

test('4.4.2: a route without a target cannot answer', async () => {
  expect(await callRoute({ ...call, route: route('send', { integration: undefined }) }, services(true))).toEqual({
    ok: false, message: 'Internal server error', kind: 'misconfigured', reason: 'the route has no target: give it an integration',
  });
});

describe('a call that takes its time', () => {
  let told: GatewayEvent[];
  let answers: Array<() => void>;
  let slow: Services;
  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    answers = [];
    const observe = (event: GatewayEvent): void => { told.push(event); };
    const invoke = (): Promise<InvocationResult> => new Promise((resolve) => answers.push(() => resolve(invocation)));
    slow = { ...services(false), invoker: { invoke }, observe, slowCalls: slowCallsOf({ observe, functionPath: (id) => `Test/${id}` }) };
  });
  afterEach(() => jest.useRealTimers());

  test('is told once while it runs, two seconds after it began', async () => {
    // GIVEN
    const first = callRoute(call, slow);
    jest.advanceTimersByTime(1_500);
    const second = callRoute({ ...call, time: { requestId: 'second', now: 1 } }, slow);

    // WHEN
    jest.advanceTimersByTime(500);
    const before = [...told];
    jest.advanceTimersByTime(5_000);
    answers.forEach((answer) => answer());
    await Promise.all([first, second]);

    // THEN
    const running = {
      type: 'running',
      time: expect.any(Number),
      connectionId: call.context.connectionId,
      requestId: call.time.requestId,
      stage: 'dev',
      routeKey: 'send',
      target: 'Test/handler',
      duration: 2_000,
    };
    expect(before).toEqual([running]);
    expect(told).toEqual([running, { ...running, requestId: 'second' }]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is not told if it is quick', async () => {
    // GIVEN
    const quick = callRoute(call, slow);
    jest.advanceTimersByTime(1_900);

    // WHEN
    answers.forEach((answer) => answer());
    await quick;
    jest.advanceTimersByTime(5_000);

    // THEN
    expect(told).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
