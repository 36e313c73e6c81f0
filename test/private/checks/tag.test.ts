import { Lazy } from 'aws-cdk-lib';
import { tagComplaint } from '../../../lib/private/checks/tag';

const token = Lazy.string({ produce: () => 'x'.repeat(1000) });

test.each([['team', 'blue'], ['team', ''], ['x'.repeat(128), 'y'.repeat(256)], [token, token], ['awsome:team', 'a']])('legal: %s', (name, value) => {
  expect(tagComplaint(name, value)).toBeUndefined();
});

const other = 'choose another name';

test.each<[string, unknown, string, string]>([
  ['aws:team', 'a', 'is of a tag whose name begins with aws:, which is reserved', other],
  ['AWS:team', 'a', 'is of a tag whose name begins with aws:, which is reserved', other],
  ['', 'a', 'is of a tag whose name does not have 1 to 128 characters', other],
  ['x'.repeat(129), 'a', 'is of a tag whose name does not have 1 to 128 characters', other],
  ['team', 5, 'is not a string', 'write "5"'],
  ['team', undefined, 'is not a string', 'write "undefined"'],
  ['team', 'x'.repeat(257), 'is longer than 256 characters', 'shorten it'],
])('refused: %s: %p', (name, value, reason, remedy) => {
  expect(tagComplaint(name, value)).toEqual({ reason, remedy });
});
