import { shortened } from '../../../lib/local/protocol/quote';

test('what is quoted is not longer than a line', () => {
  expect(['', 'x'.repeat(100), 'x'.repeat(101)].map(shortened)).toEqual(['', 'x'.repeat(100), `${'x'.repeat(100)}...`]);
});
