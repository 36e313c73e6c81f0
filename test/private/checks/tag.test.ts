import { Lazy } from 'aws-cdk-lib';
import { tagFault, tagCountFault } from '../../../lib/private/checks/tag';

const token = Lazy.string({ produce: () => 'x'.repeat(1000) });

test.each([['team', 'blue'], ['team', ''], ['x'.repeat(128), 'y'.repeat(256)], [token, token], ['awsome:team', 'a'], ['größe: 1_2', 'a.b:c/d=e+f-g@h']])('legal: %s', (name, value) => {
  expect(tagFault(name, value)).toBeUndefined();
});

const other = 'choose another name';
const legal = 'use letters, digits, spaces and _.:/=+-@';

test.each<[string, unknown, string, string]>([
  ['aws:team', 'a', 'is of a tag whose name begins with aws:, which is reserved', other],
  ['AWS:team', 'a', 'is of a tag whose name begins with aws:, which is reserved', other],
  ['', 'a', 'is of a tag whose name does not have 1 to 128 characters', other],
  ['x'.repeat(129), 'a', 'is of a tag whose name does not have 1 to 128 characters', other],
  ['team', 5, 'is not a string', 'write "5"'],
  ['team', undefined, 'is not a string', 'write "undefined"'],
  ['team;', 'a', 'is of a tag whose name has a character that a tag cannot have', legal],
  ['team', '{}', 'has a character that a tag cannot have', legal],
  ['team', 'x'.repeat(257), 'is longer than 256 characters', 'shorten it'],
])('refused: %s: %p', (name, value, reason, remedy) => {
  expect(tagFault(name, value)).toEqual({ reason, remedy });
});

test('50 tags are legal, and not more', () => {
  expect([50, 51].map(tagCountFault)).toEqual([undefined, { reason: 'tags are more than the 50 of a resource', remedy: 'use fewer of them' }]);
});
