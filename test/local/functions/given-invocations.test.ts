import { GivenInvocations } from '../../../lib/local/functions/given-invocations';
import type { Invocation } from '../../../lib/local/functions/invocation';
import { systemTime } from '../../../lib/local/functions/system-time';

const invocation = (requestId: string): Invocation => ({ requestId, event: '{}', version: 0, queuedAt: 0, end: () => undefined });

function given(...ids: string[]): GivenInvocations {
  const invocations = new GivenInvocations();
  for (const id of ids) invocations.add(invocation(id));
  return invocations;
}

const ids = (invocations?: readonly Invocation[]): string[] | undefined => invocations?.map(({ requestId }) => requestId);

test('a result is that of the invocation that it names, and of nobody else', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');

  // THEN
  expect(invocations.finish('x')).toBeUndefined();
  expect(invocations.finish('a')?.requestId).toBe('a');
  expect(invocations.finish('a')).toBeUndefined();
  expect(invocations.finish('c')).toBeUndefined();
  expect(invocations.running?.requestId).toBe('b');
});

test('what may have been started since the last that was read is not taken back', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');
  const now = systemTime();

  // THEN
  expect(ids(invocations.takeExpired(now))).toEqual([]);
  expect(ids(invocations.takeExpired(now + 1_000))).toEqual(['b', 'c']);
  expect(invocations.running?.requestId).toBe('a');
});

test('a process gives back what it was given up to a number', () => {
  // GIVEN
  const invocations = given('a', 'b', 'c');
  invocations.finish('a');

  // THEN
  expect(ids(invocations.takeReturned(2))).toEqual(['b']);
  expect(ids(invocations.takeAll())).toEqual(['c']);
});

test('what was taken back may be answered once', () => {
  // GIVEN
  const invocations = given('a', 'b');
  invocations.takeExpired(systemTime() + 1_000);

  // THEN
  expect(invocations.has('b')).toBe(true);
  expect([invocations.finishTakenBack('b'), invocations.finishTakenBack('b'), invocations.has('b')]).toEqual([true, false, false]);
});

test('what was taken back is forgotten when the process has noticed', () => {
  // GIVEN
  const invocations = given('a', 'b');
  invocations.takeExpired(systemTime() + 1_000);
  invocations.finish('a');

  // WHEN
  invocations.takeReturned(2);

  // THEN
  expect([invocations.has('b'), invocations.finishTakenBack('b')]).toEqual([false, false]);
});

test('a process cannot give back more than it was given', () => {
  expect(given('a', 'b').takeReturned(3)).toBeUndefined();
});
