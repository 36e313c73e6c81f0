import { isColoured, painter } from '../../../lib/local/terminal/paint';

test('text is coloured for a terminal only', () => {
  expect(painter(true)('red', 'no')).toBe('\u001b[31mno\u001b[39m');
  expect(painter(false)('red', 'no')).toBe('no');
});

test.each([
  [{ isTTY: true }, {}, true],
  [{}, {}, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{}, { FORCE_COLOR: '1' }, true],
  [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colours of the stream %j with the environment %j: %s', (stream, env, coloured) => {
  expect(isColoured(stream, env)).toBe(coloured);
});
