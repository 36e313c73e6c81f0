import { bounded, boundedMatch, Stopwatch } from '../../../lib/local/protocol/thread-time';

const EVIL = '^(a+)+$';
const TEXT = `${'a'.repeat(50)}!`;

test('work gives what it gives', () => {
  expect(bounded(() => 7)).toBe(7);
  expect(bounded(() => undefined)).toBeUndefined();
});

test('an error of the work is thrown', () => {
  const error = new TypeError('mine');

  expect(() => bounded(() => {
    throw error;
  })).toThrow(error);
  expect(bounded(() => 7)).toBe(7);
});

test('work within work', () => {
  expect(bounded(() => bounded(() => 3) + 4)).toBe(7);
});

test('work that does not end is ended', () => {
  expect(() => bounded(() => {
    for (;;);
  }, 'the model Chat')).toThrow(new Error('the model Chat took longer than 200 ms, the limit for work that blocks the only thread of the gateway'));
});

test('a regular expression that does not end is ended, and named', () => {
  expect(() => boundedMatch(EVIL, (expression) => expression.test(TEXT)))
    .toThrow(new Error('the regular expression /^(a+)+$/ took longer than 200 ms, the limit for work that blocks the only thread of the gateway'));
});

test.each([
  ['alternatives that double the ways', `${'(a|a)'.repeat(40)}b`, 'a'.repeat(50)],
  ['a pattern as long as its text', `b${'a'.repeat(30_000)}|${'a'.repeat(30_000)}b`, 'a'.repeat(60_000)],
])('a regular expression that repeats nothing is ended as well: %s', (_what, pattern, text) => {
  expect(() => boundedMatch(pattern, (expression) => {
    for (let i = 0; i < 100; i++) expression.test(text);
  })).toThrow(/^the regular expression .* took longer than 200 ms, the limit for work that blocks the only thread of the gateway$/);
});

test('a regular expression is applied with its flags', () => {
  expect(boundedMatch('b', (expression) => 'abcb'.replace(expression, ''), 'g')).toBe('ac');
  expect(boundedMatch('b+', (expression) => expression.test('abb'))).toBe(true);
});

describe('a stopwatch', () => {
  let [now, used] = [0, 0];
  beforeEach(() => {
    [now, used] = [1_000, 0];
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    jest.spyOn(process, 'cpuUsage').mockImplementation((since) => ({ user: used * 1_000 - (since?.user ?? 0), system: 0 }));
  });
  afterEach(() => jest.restoreAllMocks());

  test('is over when the time and the work have passed', () => {
    const stopwatch = new Stopwatch();
    [now, used] = [1_199, 199];
    expect(stopwatch.isOver).toBe(false);
    [now, used] = [1_200, 200];
    expect(stopwatch.isOver).toBe(true);
    expect(() => stopwatch.check()).toThrow(new Error('it took longer than 200 ms, the limit for work that blocks the only thread of the gateway'));
  });

  test('gives work that a busy machine kept waiting its time', () => {
    const stopwatch = new Stopwatch();
    [now, used] = [1_200, 20];
    expect(stopwatch.isOver).toBe(false);
    [now, used] = [1_300, 100];
    expect(stopwatch.isOver).toBe(true);
  });
});
