import { javaText } from '../../../lib/local/protocol/java-text';

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
