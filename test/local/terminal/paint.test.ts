import { painter } from '../../../lib/local/terminal/paint';

test('text is coloured for a terminal only', () => {
  expect(painter(true)('red', 'no')).toBe('\u001b[31mno\u001b[39m');
  expect(painter(false)('red', 'no')).toBe('no');
});
