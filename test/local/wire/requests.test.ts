import { Clock } from '../../../lib/local/clock';
import { InvocationResult } from '../../../lib/local/functions/invoker';
import { GatewayEvent } from '../../../lib/local/gateway-event';
import { Trace } from '../../../lib/local/trace';
import { Connections } from '../../../lib/local/wire/connections';
import { callRoute, reportRequest, RequestFacts, RouteCall, Services, SlowCalls } from '../../../lib/local/wire/requests';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { api, HandlerInvoker, proxy, route, stage } from '../_helpers/local-server';

describe('the call of a route', () => {
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
    stamp: { requestId: 'PJqB0E1tKRcF-Qw=', time: 1 },
    extra: { eventType: 'MESSAGE' },
    event: () => ({ body: 'hi' }),
    body: 'hi',
  };

  function services(verbose: boolean): Services {
    return {
      invoker: new HandlerInvoker({ handler: ({ body }) => ({ statusCode: 200, body }) }),
      connections: new Connections({ idle: 1, duration: 1 }),
      clock: new Clock(),
      verbose,
      serial: false,
      trace: new Trace(),
      functionPath: (id) => id,
      callbackUrl: () => '',
    };
  }

  const invocation: InvocationResult = { ok: true, payload: '{"statusCode":200,"body":"hi"}', requestId: 'invocation-1', duration: 1 };

  test('the outcome of the integration', async () => {
    expect(await callRoute(call, services(false))).toEqual({ ok: true, status: 200, headers: {}, body: 'hi', invocation });
  });

  test('the outcome has the event with verbose only', async () => {
    expect(await callRoute(call, services(true))).toEqual({ ok: true, status: 200, headers: {}, body: 'hi', invocation, event: '{"body":"hi"}' });
  });

  test('5.3.8, 9.4: a stage variable names the function of each stage', async () => {
    const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.fn}/invocations';
    const target = { type: 'stageVariable', uri, functions: { prod: 'handler' } } as const;
    const named = { ...call, route: route('send', { integration: proxy('handler', { target }) }) };
    const inStage = (name: string) => callRoute({ ...named, context: { ...call.context, stage: name, stageVariables: { fn: 'send' } } }, services(false));

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
    let observed: GatewayEvent[];
    let answers: Array<() => void>;
    let slow: Services;
    beforeEach(() => {
      jest.useFakeTimers();
      observed = [];
      answers = [];
      const observe = (event: GatewayEvent): void => { observed.push(event); };
      const invoke = (): Promise<InvocationResult> => new Promise((resolve) => answers.push(() => resolve(invocation)));
      slow = { ...services(false), invoker: { invoke, load: () => 0 }, observe, slowCalls: new SlowCalls({ observe, functionPath: (id) => `Test/${id}` }) };
    });
    afterEach(() => jest.useRealTimers());

    test('is reported once while it runs, two seconds after it began', async () => {
      // GIVEN
      const first = callRoute(call, slow);
      jest.advanceTimersByTime(1_500);
      const second = callRoute({ ...call, stamp: { requestId: 'second', time: 1 } }, slow);

      // WHEN
      jest.advanceTimersByTime(500);
      const before = [...observed];
      jest.advanceTimersByTime(5_000);
      answers.forEach((answer) => answer());
      await Promise.all([first, second]);

      // THEN
      const running = {
        type: 'running',
        time: expect.any(Number),
        connectionId: call.context.connectionId,
        requestId: call.stamp.requestId,
        stage: 'dev',
        routeKey: 'send',
        target: 'Test/handler',
        duration: 2_000,
      };
      expect(before).toEqual([running]);
      expect(observed).toEqual([running, { ...running, requestId: 'second' }]);
      expect(jest.getTimerCount()).toBe(0);
    });

    test('is not reported if it is quick', async () => {
      // GIVEN
      const quick = callRoute(call, slow);
      jest.advanceTimersByTime(1_900);

      // WHEN
      answers.forEach((answer) => answer());
      await quick;
      jest.advanceTimersByTime(5_000);

      // THEN
      expect(observed).toEqual([]);
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});

describe('the report of a request', () => {
  const facts: RequestFacts = {
    type: 'message', served: new ServedStage(api([]), stage()), stamp: { requestId: 'R', time: Date.now() - 7 }, connectionId: 'C', status: 200, routeKey: 'send',
  };
  const success: InvocationResult = { ok: true, payload: '{"statusCode":200}', requestId: 'invocation-2', duration: 1 };
  const failed: InvocationResult = {
    ok: false, kind: 'error', errorType: 'TypeError', errorMessage: 'no', stackTrace: ['at send (send.ts:3:1)'], requestId: 'invocation-2', duration: 1,
  };
  const answered = { ok: true, status: 200, headers: {}, invocation: success } as const;

  function observed(more: Partial<RequestFacts>, verbose = false): Partial<GatewayEvent> {
    const events: GatewayEvent[] = [];
    const services: Services = {
      invoker: new HandlerInvoker({}),
      connections: new Connections({ idle: 1, duration: 1 }),
      clock: new Clock(),
      serial: false,
      trace: new Trace(),
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
    const event = observed({ bytesIn: 3, bytesOut: 4, reason: 'why' });
    expect(event).toEqual({ ...common, bytesIn: 3, bytesOut: 4, reason: 'why' });
    expect((event as { duration: number }).duration).toBeGreaterThanOrEqual(7);
  });

  test('a request that leads to no stage has no API', () => {
    const { api: _api, stage: _stage, ...others } = common;
    expect(observed({ served: undefined, reason: 'why' })).toEqual({ ...others, reason: 'why' });
  });

  test('the target is the path of the function, or the type of the integration', () => {
    expect(observed({ integration: proxy('send') })).toEqual({ ...common, target: 'Test/send' });
    expect(observed({ integration: proxy('send', { type: 'HTTP_PROXY', target: undefined }) })).toEqual({ ...common, target: 'HTTP_PROXY' });
  });

  test('the event and the result are reported with verbose only', () => {
    const outcome = { ...answered, event: '{}' };
    expect(observed({ outcome: answered })).toEqual({ ...common, invocationId: 'invocation-2' });
    expect(observed({ outcome }, true)).toEqual({ ...common, invocationId: 'invocation-2', event: '{}', result: '{"statusCode":200}' });
  });

  test('the error of the integration comes with its invocation and reason', () => {
    const outcome = { ok: false, message: 'Internal server error', kind: 'failed', reason: 'TypeError: no', invocation: failed } as const;
    expect(observed({ outcome, status: 502 })).toEqual({
      ...common,
      status: 502,
      reason: 'TypeError: no',
      invocationId: 'invocation-2',
      error: { type: 'TypeError', message: 'no', stackTrace: ['at send (send.ts:3:1)'] },
    });
  });

  test('the error of the authorizer comes with its invocation', () => {
    expect(observed({ authorizerInvocation: { ...failed, requestId: 'invocation-1' } })).toEqual({
      ...common, authorizerInvocationId: 'invocation-1', error: { type: 'TypeError', message: 'no', stackTrace: ['at send (send.ts:3:1)'] },
    });
    expect(observed({ authorizerInvocation: { ...success, requestId: 'invocation-1' }, outcome: answered })).toEqual({
      ...common, authorizerInvocationId: 'invocation-1', invocationId: 'invocation-2',
    });
  });
});
