import { nestedStacksFault } from '../../../lib/private/checks/nested-stacks';

test.each([0, 1, 50])('%s is legal', (count) => {
  expect(nestedStacksFault(count)).toBeUndefined();
});

test.each<[unknown]>([[-1], [1.5], [51], [NaN], ['3']])('%p is not', (count) => {
  expect(nestedStacksFault(count as number)).toEqual({
    reason: 'is not a number of nested stacks', remedy: 'use a whole number from 0 to 50',
  });
});
