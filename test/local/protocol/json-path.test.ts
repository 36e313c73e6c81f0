import fc from 'fast-check';
import { jsonPathReader } from '../../../lib/local/protocol/json-path';

const json = { 'a': { b: 'x' }, 'list': [{ k: 1 }, { k: 2 }], 'my key': 'y', 'empty': [] };

test.each([
  ['', json],
  ['.a', { b: 'x' }],
  ['.a.b', 'x'],
  ['[\'my key\']', 'y'],
  ['.list[0].k', 1],
  ['.list[-1:].k', [2]],
  ['.list[*].k', [1, 2]],
  ['..k', [1, 2]],
  ['.list[?(@.k==2)]', [{ k: 2 }]],
  ['.empty', []],
  ['.empty[*]', undefined],
  ['.none', undefined],
  ['.a.b.length', undefined],
  ['.list.length', undefined],
  ['.toString', undefined],
  ['.list[?(', undefined],
])('4.1.3: $%s', (path, value) => {
  expect(jsonPathReader(path)(json)).toEqual(value);
});

test('4.1.3: no path and no data throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[.[\]a'*?()@$:,0-9=-]*$/)), fc.jsonValue(), (path, value) => {
    jsonPathReader(path)(value);
  }));
});
