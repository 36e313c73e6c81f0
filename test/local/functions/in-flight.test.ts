import { InFlight } from '../../../lib/local/functions/in-flight';
import type { Invocation } from '../../../lib/local/functions/invoker';
import { systemTime } from '../../../lib/local/functions/runtime/primordials';

const invocation = (requestId: string): Invocation => ({ requestId, event: '{}', version: 0, queuedAt: 0, end: () => undefined });

function given(...ids: string[]): InFlight {
  const invocations = new InFlight();
  for (const id of ids) invocations.add(invocation(id));
  return invocations;
}

const ids = (invocations?: readonly Invocation[]): string[] | undefined => invocations?.map(({ requestId }) => requestId);

test('a result belongs to the invocation that it names, and to no other', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');

  // THEN
  expect(invocations.finish('x')).toBeUndefined();
  expect(invocations.finish('a')?.requestId).toBe('a');
  expect(invocations.finish('a')).toBeUndefined();
  expect(invocations.finish('c')).toBeUndefined();
  expect(invocations.running?.requestId).toBe('b');
});

test('an invocation that may have been started since the last read is not revoked', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');
  const now = systemTime();

  // THEN
  expect(ids(invocations.revokeExpired(now))).toEqual([]);
  expect(ids(invocations.revokeExpired(now + 1_000))).toEqual(['b', 'c']);
  expect(invocations.running?.requestId).toBe('a');
});

test('a process returns what it was sent up to a number', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');
  invocations.finish('a');

  // THEN
  expect(ids(invocations.takeReturned(2))).toEqual(['b']);
  expect(ids(invocations.takeAll())).toEqual(['c']);
});

test('nothing is sent to a process that returns invocations until all are back, so that they stay in order', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');
  invocations.finish('a');
  const before = invocations.awaitsReturns;

  // WHEN
  invocations.takeReturned(2);
  const during = invocations.awaitsReturns;
  invocations.takeReturned(3);

  // THEN
  expect([before, during, invocations.awaitsReturns]).toEqual([false, true, false]);
  expect(invocations.add(invocation('b'))).toBeUndefined();
  expect(invocations.add(invocation('c'))).toBeGreaterThan(0);
  expect(invocations.awaitsReturns).toBe(false);
});

test('a revoked invocation may be answered once', () => {
  // GIVEN
  const invocations = given('a', 'b');
  invocations.revokeExpired(systemTime() + 1_000);

  // THEN
  expect(invocations.has('b')).toBe(true);
  expect([invocations.finishRevoked('b'), invocations.finishRevoked('b'), invocations.has('b')]).toEqual([true, false, false]);
});

test('a revoked invocation is forgotten when the process has returned it', () => {
  // GIVEN
  const invocations = given('a', 'b');
  invocations.revokeExpired(systemTime() + 1_000);
  invocations.finish('a');

  // WHEN
  invocations.takeReturned(2);

  // THEN
  expect([invocations.has('b'), invocations.finishRevoked('b')]).toEqual([false, false]);
});

test('a process cannot return more than it was sent', () => {
  expect(given('a', 'b').takeReturned(3)).toBeUndefined();
});
