import { listed, Notices } from '../../../lib/local/assembly/notices';

test('a cause is one notice, with all its subjects', () => {
  // GIVEN
  const notices = new Notices();

  // WHEN
  for (const subject of ['A', 'B', 'A', 'C', 'D', 'E']) notices.add('layer-not-local', subject, 'it is left out');
  notices.add('layer-not-local', 'A', 'another reason');
  notices.add('no-stage', 'A', 'it is left out');

  // THEN
  expect(notices.all()).toEqual([
    { code: 'layer-not-local', subject: 'A, B, C, D, E', text: 'A, B, C and 2 more: it is left out' },
    { code: 'layer-not-local', subject: 'A', text: 'A: another reason' },
    { code: 'no-stage', subject: 'A', text: 'A: it is left out' },
  ]);
});

test.each([
  [['a'], 'a'],
  [['a', 'b', 'c'], '3 functions (a, b, c)'],
  [['a', 'b', 'c', 'd'], '4 functions (a, b, c and 1 more)'],
])('%j are listed as %s', (names, text) => {
  expect(listed(names, 'functions')).toBe(text);
});
