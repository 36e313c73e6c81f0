import { clock, elapsed, size } from '../../../lib/local/terminal/units';

test('a time is that of the developer\'s clock', () => {
  expect(clock(new Date(2026, 0, 2, 3, 4, 5, 6).getTime())).toBe('03:04:05.006');
});

test.each([
  [0, '0.0 ms'], [0.44, '0.4 ms'], [9.949, '9.9 ms'], [9.95, '10 ms'], [12.5, '13 ms'], [999, '999 ms'],
  [1000, '1.00 s'], [29_003, '29.00 s'],
])('%d milliseconds are shown as %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'], [9_999, '9999 B'], [10_000, '9.8 KB'], [32_768, '32.0 KB'], [131_072, '128.0 KB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
