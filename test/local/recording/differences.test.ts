import { Comparison, differencesText } from '../../../lib/local/recording/differences';

const session = { labels: new Map<string, string>(), time: Date.UTC(2026, 0, 2) };
const reply = (text: string, subject = 'connection 1') => ({ subject, what: 'reply', text });

test('what came in another order is the same; each counts once', () => {
  const comparison = new Comparison(session, session);
  ['b', 'a', 'a'].forEach((text) => comparison.add(reply(text)));

  expect(comparison.take([reply('a'), reply('b'), reply('a')])).toEqual([]);
  comparison.finish('at the end');
  expect(comparison.differences).toEqual([]);
});

test('what is missing is paired with what came instead on the same connection; what is left is too much', () => {
  const comparison = new Comparison(session, session);
  comparison.add(reply('{"b":1,"a":2}'));
  comparison.add(reply('x', 'connection 2'));

  const missing = comparison.take([reply('{"a":1}'), reply('never')]);
  expect(missing).toHaveLength(2);
  expect(comparison.hasOthersFor(missing)).toBe(false);
  expect(comparison.hasOthersFor(missing.slice(0, 1))).toBe(true);
  comparison.miss(missing, 'line 3, connection 1 sends hi');
  comparison.finish('at the end');

  expect(comparison.differences).toEqual([
    { at: 'line 3, connection 1 sends hi: reply', expected: '{"a":1}', got: '{"a":2,"b":1}' },
    { at: 'line 3, connection 1 sends hi: reply', expected: 'never', got: undefined },
    { at: 'at the end: reply, connection 2', expected: undefined, got: 'x' },
  ]);
  expect(differencesText(comparison.differences.slice(1))).toBe(
    'line 3, connection 1 sends hi: reply\n  - never\n  + (nothing)\n\nat the end: reply, connection 2\n  - (nothing)\n  + x\n\n',
  );
});
