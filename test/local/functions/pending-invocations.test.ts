import type { Invocation } from '../../../lib/local/functions/invoker';
import { PendingInvocations } from '../../../lib/local/functions/pending-invocations';

/** Invocations by name, each queued a millisecond after the one before. */
function pending(...invocations: Array<Partial<Invocation> & { requestId: string }>): PendingInvocations {
  const all = new PendingInvocations();
  invocations.forEach((each, index) => all.add({ event: '{}', version: 0, queuedAt: index, end: () => undefined, ...each } as Invocation));
  return all;
}

const names = (invocations: readonly Invocation[]): string[] => invocations.map(({ requestId }) => requestId);
const fault = { kill: true, after: () => undefined };

test('invocations come out in the order of arrival, returned ones included', () => {
  const all = pending({ requestId: 'a' }, { requestId: 'b' }, { requestId: 'c' });

  const first = all.take(2, 0);
  all.putBack([first[1]]);

  expect([names(first), names(all.take(5, 1)), all.isEmpty]).toEqual([['a', 'b'], ['b', 'c'], true]);
});

test('an invocation with a fault is alone in its process', () => {
  const all = pending({ requestId: 'a' }, { requestId: 'faulty', fault }, { requestId: 'b' });

  expect([all.take(5, 0), all.take(5, 1), all.take(5, 0), all.take(5, 0)].map(names)).toEqual([['a'], [], ['faulty'], ['b']]);
});

test('older code serves an invocation of newer code only when it has waited for that code', () => {
  const all = pending({ requestId: 'old', version: 1 }, { requestId: 'new', version: 2, queuedAt: 100 });

  const soon = all.take(5, 0, { version: 1, replacedAt: 100, now: 1_600 });
  const late = all.take(5, 0, { version: 1, replacedAt: 100, now: 1_601 });

  expect([names(soon), names(late)]).toEqual([['old'], ['new']]);
});

test('a failure is that of every pending invocation', () => {
  const ended: unknown[] = [];
  const all = pending({ requestId: 'a', end: (result) => ended.push(result) }, { requestId: 'b', end: (result) => ended.push(result) });

  all.fail(((requestId: string) => requestId) as never);

  expect([ended, all.size]).toEqual([['a', 'b'], 0]);
});
