import { authorizerEvent, disconnectEvent, lambdaContext, messageEvent } from './_helpers/events';
import { currentDeadline } from '../../lib/runtime/aws/transport';
import { currentInvocation } from '../../lib/runtime/invocation';
import { invoked } from '../../lib/runtime/tracked';

type Fn = (...given: unknown[]) => unknown;

const NOW = 1_701_245_041_796;

const before = { ...process.env };
beforeEach(() => { jest.spyOn(Date, 'now').mockReturnValue(NOW); });
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

describe('a handler of a message', () => {
  test('has an invocation, and gets what Lambda gives, as it is', async () => {
    // GIVEN
    const given = [messageEvent({}), lambdaContext(2_000)];
    const seen: unknown[] = [];
    const handler = invoked<Fn>(async (...all) => {
      await Promise.resolve();
      seen.push(all, currentInvocation());
      return 'answer';
    });

    // WHEN
    const answer = await handler(...given);

    // THEN
    expect(answer).toBe('answer');
    expect(seen).toEqual([given, { stage: 'prod', event: given[0], deadline: NOW + 1_500, isTracked: false }]);
    expect(currentInvocation()).toBeUndefined();
  });

  test.each<[string, unknown, unknown, object]>([
    ['an authorizer', authorizerEvent(), lambdaContext(4_000), { stage: 'prod', deadline: NOW + 3_500 }],
    ['$disconnect, which nobody waits for', disconnectEvent(), lambdaContext(60_000), { stage: 'prod', deadline: NOW + 59_500 }],
    ['no context', messageEvent({}), undefined, { stage: 'prod', deadline: NOW + 28_500 }],
    ['a context that knows no time', messageEvent({}), { functionName: 'chat' }, { stage: 'prod', deadline: NOW + 28_500 }],
    ['a queue', { Records: [] }, lambdaContext(), { stage: undefined, event: undefined, deadline: NOW + 2_500 }],
    ['an HTTP API, whose stage is another one', { requestContext: { stage: '$default', requestId: 'a' } }, lambdaContext(), { stage: undefined, event: undefined }],
    ['nothing', undefined, lambdaContext(), { stage: undefined, event: undefined, deadline: NOW + 2_500 }],
    ['null', null, lambdaContext(), { stage: undefined }],
    ['text', 'text', lambdaContext(), { stage: undefined }],
    ['null inside', { requestContext: null }, lambdaContext(), { stage: undefined }],
  ])('may be called for something else: %s', async (_, event, lambda, invocation) => {
    const seen: unknown[] = [];

    await invoked<Fn>((...all) => { seen.push(all, { stage: undefined, event: undefined, ...currentInvocation() }); })(event, lambda);

    expect(seen).toEqual([[event, lambda], expect.objectContaining(invocation)]);
  });

  test('throws what it throws, at once or later', async () => {
    const error = new Error('no');

    expect(() => invoked<Fn>(() => { throw error; })(messageEvent({}), lambdaContext())).toThrow(error);
    await expect(invoked<Fn>(async () => { throw error; })(messageEvent({}), lambdaContext())).rejects.toBe(error);
  });
});

describe('Lambda sees the handler', () => {
  test('with a callback, which is called as before', () => {
    const handler = invoked((_event: unknown, _lambda: unknown, callback: Fn): void => { callback(null, currentInvocation()?.stage); });
    const callback = jest.fn();

    handler(messageEvent({}), lambdaContext(), callback);

    expect(handler).toHaveLength(3);
    expect(callback.mock.calls).toEqual([[null, 'prod']]);
  });

  test.each<[string, Fn, number]>([
    ['without parameters', async () => undefined, 0], ['with a rest', async (..._all) => undefined, 0],
    ['with both', async (_event, _lambda) => undefined, 2], ['with a default', async (_event, _lambda = {}, _more = 1) => undefined, 1],
  ])('with as many parameters: %s', (_, fn, length) => {
    expect(invoked(fn)).toHaveLength(length);
  });

  test('as a function of a script, which is not strict', async () => {
    // eslint-disable-next-line no-new-func
    const handler = new Function('event', 'lambda', 'return Promise.resolve(arguments.length)') as Fn;

    expect(await invoked(handler)(messageEvent({}), lambdaContext(), jest.fn())).toBe(3);
    expect(invoked(handler)).toHaveLength(2);
  });

  test('with its marks and members', () => {
    const mark = Symbol.for('aws.lambda.runtime.handler.streaming');
    const handler = Object.assign(async () => undefined, { [mark]: 'response', use: () => 'middy' });

    expect({ ...invoked(handler) }).toEqual({ [mark]: 'response', use: handler.use });
    expect(invoked(handler).name).toBe(handler.name);
  });

  test.each([undefined, null, 'text', { handler: 1 }])('as what it is, if it is no function: %p', (value) => {
    expect(invoked(value)).toBe(value);
  });
});

test.each<[string, string | undefined, number]>([
  ['is not known', undefined, 25_000], ['is that of Lambda', '3', 2_500], ['is a minute', '60', 25_000], ['is no number', 'soon', 25_000], ['is empty', '', 25_000],
])('outside of a wrapped handler the timeout counts from now: it %s', (_, timeout, milliseconds) => {
  if (timeout !== undefined) process.env.WEBSOCKET_TIMEOUT = timeout;

  expect(currentDeadline()).toBe(NOW + milliseconds);
});
