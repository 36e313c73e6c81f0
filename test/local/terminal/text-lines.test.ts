import { below, harmless } from '../../../lib/local/terminal/text-lines';

test('every line is indented and ends', () => {
  expect(below('one\n  two  \n\n')).toBe('    one\n      two\n');
});

test('an empty line stays a line', () => {
  expect(below('')).toBe('\n');
});

test('control characters of a client are shown, not obeyed', () => {
  expect(harmless('a\u001b[2Jb\u0007\u009bc\nd\te')).toBe('a\\x1B[2Jb\\x07\\x9Bc\nd\te');
});
