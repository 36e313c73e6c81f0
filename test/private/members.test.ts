import { withoutUndefined } from '../../lib/private/members';

test('what is undefined is left out, and nothing else', () => {
  expect(Object.entries(withoutUndefined({ a: undefined, b: null, c: false, d: 0, e: '' })))
    .toEqual([['b', null], ['c', false], ['d', 0], ['e', '']]);
});
