import { LambdaFunction } from '../../../lib/local/assembly/local-app';
import { AsynchronousInvocations, AsynchronousOptions, Attempt } from '../../../lib/local/functions/asynchronous';
import { InvocationResult, Invoker, InvokeOptions, reportedFailure, throttledFailure, unservedFailure } from '../../../lib/local/functions/invoker';
import { until } from '../_helpers/local-server';

const FAILURE = reportedFailure('error', { errorType: 'Error', errorMessage: 'no', trace: [] });

/** Answers as the test says, in order; the last answer stays. */
class ScriptedInvoker implements Invoker {
  public readonly calls: Array<{ event: string; requestId?: string }> = [];
  public running = 0;
  public most = 0;

  public constructor(private readonly answers: ReadonlyArray<() => InvocationResult | Promise<InvocationResult>>) {}

  public load(): number {
    return this.running;
  }

  public async invoke(_id: string, event: string, _onStart?: () => void, { requestId }: InvokeOptions = {}): Promise<InvocationResult> {
    this.calls.push({ event, requestId });
    this.most = Math.max(this.most, ++this.running);
    const result = await this.answers[Math.min(this.calls.length, this.answers.length) - 1]();
    this.running--;
    return result;
  }
}

const success = (): InvocationResult => ({ ok: true, payload: '1', requestId: 'r', duration: 1 });
const failure = (): InvocationResult => FAILURE('r', 1);

function queue(invoker: Invoker, limits: AsynchronousOptions['limits'] = {}) {
  const attempts: Attempt[] = [];
  const asynchronous = new AsynchronousInvocations({
    invoker, onAttempt: (_, attempt) => attempts.push(attempt), limits: { delays: [1, 2], ...limits },
  });
  return { asynchronous, attempts };
}

function invocation(more: Partial<LambdaFunction> = {}, event = '{}', qualifier?: string) {
  return { fn: { id: 'f', ...more } as LambdaFunction, event, requestId: 'r', qualifier };
}

test('a failed invocation is repeated twice, with the same request id', async () => {
  // GIVEN
  const invoker = new ScriptedInvoker([failure]);
  const { asynchronous, attempts } = queue(invoker);

  // WHEN
  expect(asynchronous.accept(invocation())).toBe(true);
  await until(() => attempts.length === 3);

  // THEN
  expect(invoker.calls).toEqual([1, 2, 3].map(() => ({ event: '{}', requestId: 'r' })));
  expect(attempts.map(({ number, repeatIn }) => [number, repeatIn])).toEqual([[1, 1], [2, 2], [3, undefined]]);
});

test.each<[string, Partial<LambdaFunction>, string | undefined, number]>([
  ['those of the function', { asynchronous: { $LATEST: { retries: 1 } } }, undefined, 2],
  ['none', { asynchronous: { $LATEST: { retries: 0 } } }, undefined, 1],
  ['those of the alias', { asynchronous: { $LATEST: { retries: 2 }, live: { retries: 0 } } }, 'live', 1],
])('the retries are %s', async (_, more, qualifier, count) => {
  const { asynchronous, attempts } = queue(new ScriptedInvoker([failure]));

  asynchronous.accept(invocation(more, '{}', qualifier));
  await until(() => attempts.some(({ repeatIn }) => repeatIn === undefined));

  expect(attempts).toHaveLength(count);
});

test('what cannot run here, or is turned off, is not repeated', async () => {
  const unserved = queue(new ScriptedInvoker([() => unservedFailure('no')('r', 0)]));
  unserved.asynchronous.accept(invocation());
  const off = queue(new ScriptedInvoker([() => throttledFailure()('r', 0)]));
  off.asynchronous.accept(invocation({ reservedConcurrency: 0 }));

  await until(() => unserved.attempts.length + off.attempts.length === 2);
  expect([...unserved.attempts, ...off.attempts].map(({ repeatIn }) => repeatIn)).toEqual([undefined, undefined]);
});

test('an event that is too old is dropped', async () => {
  const invoker = new ScriptedInvoker([failure]);
  const { asynchronous, attempts } = queue(invoker, { delays: [30] });

  asynchronous.accept(invocation({ asynchronous: { $LATEST: { maximumAge: 20 } } }));
  await until(() => attempts.length === 2);

  expect(invoker.calls).toHaveLength(1);
  expect(attempts[1]).toEqual({ number: 2, result: undefined });
});

test('events are limited in number and size, and free their place when they are done', async () => {
  // GIVEN
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  const { asynchronous, attempts } = queue(new ScriptedInvoker([() => held.then(success)]), { count: 2, characters: 10 });

  // WHEN
  const accepted = ['1', '12345678901', '2', '3'].map((event) => asynchronous.accept(invocation({}, event)));

  // THEN
  expect(accepted).toEqual([true, false, true, false]);
  release();
  await until(() => attempts.length === 2);
  expect(asynchronous.accept(invocation({}, '3'))).toBe(true);
});

test('so many run at a time, in order; a lower reserved concurrency counts', async () => {
  const invoker = new ScriptedInvoker([() => new Promise((resolve) => setImmediate(() => resolve(success())))]);
  const { asynchronous, attempts } = queue(invoker, { atOnce: 3 });
  for (let event = 1; event <= 20; event++) asynchronous.accept(invocation({}, String(event)));
  await until(() => attempts.length === 20);
  expect(invoker.most).toBe(3);
  expect(invoker.calls.map(({ event }) => Number(event))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));

  const single = new ScriptedInvoker([() => new Promise((resolve) => setImmediate(() => resolve(success())))]);
  const reserved = queue(single, { atOnce: 3 });
  for (let event = 1; event <= 5; event++) reserved.asynchronous.accept(invocation({ reservedConcurrency: 1 }));
  await until(() => reserved.attempts.length === 5);
  expect(single.most).toBe(1);
});

test('nothing is accepted or repeated after `close`', async () => {
  const invoker = new ScriptedInvoker([failure]);
  const { asynchronous, attempts } = queue(invoker, { delays: [20] });
  asynchronous.accept(invocation());
  await until(() => attempts.length === 1);

  asynchronous.close();

  expect(asynchronous.accept(invocation())).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(invoker.calls).toHaveLength(1);
});
