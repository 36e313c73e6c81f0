import { isRecord, javaText, parsedJson, shortened } from '../../../lib/local/protocol/json';

test('text that is not JSON gives undefined', () => {
  expect([parsedJson('{"a":1}'), parsedJson('null'), parsedJson('{a:1}')]).toEqual([{ a: 1 }, null, undefined]);
});

test('only objects with names are records', () => {
  expect([{}, [], null, 'x', undefined].map(isRecord)).toEqual([true, false, false, false, false]);
});

test.each([
  ['x', 'x'],
  [1.5, '1.5'],
  [false, 'false'],
  [null, 'null'],
  [[], '[]'],
  [['item1', 'item2', null], '[item1, item2, null]'],
  [{}, '{}'],
  [{ room: 'a', tags: [1, { b: true }] }, '{room=a, tags=[1, {b=true}]}'],
])('4.1.3: %j is %s', (value, text) => {
  expect(javaText(value)).toBe(text);
});

test('a quote is at most a line long', () => {
  expect(['', 'x'.repeat(100), 'x'.repeat(101)].map(shortened)).toEqual(['', 'x'.repeat(100), `${'x'.repeat(100)}...`]);
});
