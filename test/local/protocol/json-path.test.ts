import fc from 'fast-check';
import { jsonPathError, jsonPathReader, payloadPath } from '../../../lib/local/protocol/json-path';

const json = { 'a': { b: 'x' }, 'list': [{ k: 1 }, { k: 2 }], 'my key': 'y', 'empty': [] };

const STORE = {
  'book': [
    { title: 'Sayings', price: 8.95, tags: [], own: { k: [1, 2] } },
    { title: 'Sword', price: 12.99, isbn: null, tags: ['war'] },
    { 'title': 'Moby "Dick"', 'price': 8.99, 'isbn': '0-553', 'tags': ['sea', 'whale'], 'a-b': true },
  ],
  'a.b': 1,
  "it's": 2,
  'price': 'none',
};

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

test.each([
  // Names and indexes.
  ['["a.b"]', 1],
  ["['it\\'s']", 2],
  [".['a.b']", 1],
  ['.book[ 1\n].title', 'Sword'],
  ['.book[-1].title', 'Moby "Dick"'],
  ['.book[3]', undefined],
  ['.book[-4]', undefined],
  ['.book.title', undefined],
  ['.book[0]["title","price"]', ['Sayings', 8.95]],
  ['.book[0,2].title', ['Sayings', 'Moby "Dick"']],
  ['.book[2].a-b', true],
  ['["price"][0]', undefined],
  // Several values: a list, in the order of the document, a value before what is in it.
  ['.book[1:].price', [12.99, 8.99]],
  ['.book[:-1].price', [8.95, 12.99]],
  ['.book[::2].price', [8.95, 8.99]],
  ['.book[0:1].price', [8.95]],
  ['.book[::0]', undefined],
  ['..price', ['none', 8.95, 12.99, 8.99]],
  ['..book[0].title', ['Sayings']],
  ['..["a.b"]', [1]],
  ['.book[0].own..*', [[1, 2], 1, 2]],
  ['.book[0].*', ['Sayings', 8.95, [], { k: [1, 2] }]],
  ['..own..k', [[1, 2]]],
  // Length.
  ['.book.length()', 3],
  ['.book.size()', 3],
  ['.book[0].title.length()', 7],
  ['.book[0].own.size()', 1],
  ['.price.none.length()', undefined],
  ['..price.length()', 4],
  // Filters.
  ['.book[?(@.isbn)].price', [12.99, 8.99]],
  ['.book[?(!@.isbn)].price', [8.95]],
  ['.book[?(@.price < 10)].title', ['Sayings', 'Moby "Dick"']],
  ['.book[?(@.price<=8.95)].title', ['Sayings']],
  ['.book[?(@.price > 8.95 && @.isbn != null)].title', ['Moby "Dick"']],
  ['.book[?(@.price >= 12.99 || @.title == \'Sayings\')].title', ['Sayings', 'Sword']],
  ['.book[?(@.title == "Moby \\"Dick\\"")].price', [8.99]],
  ['.book[?(!(@.price < 10 || @.isbn))]', undefined],
  ['.book[?(@.tags.length() >= 1)].price', [12.99, 8.99]],
  ['.book[?(@["a-b"] == true)].price', [8.99]],
  ['.book[?(@.a-b == true)].price', [8.99]],
  ['.book[?(@.tags[0] == \'war\')].price', [12.99]],
  ['.book[?(10 > @.price)].price', [8.95, 8.99]],
  ['.book[?@.price == 8.95].price', [8.95]],
  ['.book[0].own.k[?(@ > 1)]', [2]],
  ['.book[0][?(@.k)]', [{ k: [1, 2] }]],
  // By value and type: no text equals a number, no object anything.
  ['.book[?(@.price == "8.95")]', undefined],
  ['.book[?(@.price < "9")]', undefined],
  ['.book[?(@.tags == @.tags)]', undefined],
  // No JSONPath.
  ['.', undefined],
  ['..', undefined],
  ['book', undefined],
  ['.book[', undefined],
  ['.book[]', undefined],
  ['.book[x]', undefined],
  ["['book", undefined],
  ['.book[?(@.price == )]', undefined],
  ['.book[?(1)]', undefined],
  ['.book]', undefined],
])('4.1.3: $%s of a store', (path, value) => {
  expect(jsonPathReader(path)(STORE)).toEqual(value);
});

test('4.1.3: a path of a template is with its root or without', () => {
  expect(['$.a.b', 'a.b', ' $.a.b ', '$["a"].b', '["a"]["b"]'].map((path) => payloadPath(json, path))).toEqual(['x', 'x', 'x', 'x', 'x']);
});

test.each([
  ['.list.sum()', 'the JSONPath $.list.sum() calls sum(): the only functions are length() and size(), at the end'],
  ['.list.length().k', 'the JSONPath $.list.length().k calls length(): the only functions are length() and size(), at the end'],
  ['.list[?(@.k =~ /a+/)]', 'the JSONPath $.list[?(@.k =~ /a+/)] has a filter with =~: use ==, !=, <=, >=, <, >, && and ||'],
  ['.list[?(@.k in [1])]', 'the JSONPath $.list[?(@.k in [1])] has a filter with in: use ==, !=, <=, >=, <, >, && and ||'],
  ['.list[?(@..k)]', 'the JSONPath $.list[?(@..k)] has a filter that compares a path which may find several values'],
  ['.list[?(@[?(@.k)])]', 'the JSONPath $.list[?(@[?(@.k)])] has a filter in a filter'],
  ['.list[?(@.k == $.a)]', 'the JSONPath $.list[?(@.k == $.a)] has a filter that reads outside of its item: begin with @'],
  [`.list[?${'('.repeat(60)}`, `the JSONPath $.list[?${'('.repeat(60)} has a filter that is nested deeper than 50 levels`],
  [`.list[?(${'!'.repeat(60)}`, `the JSONPath $.list[?(${'!'.repeat(60)} has a filter that is nested deeper than 50 levels`],
])('4.1.3: what is not supported is named: $%s', (path, message) => {
  expect(jsonPathError(path)).toBe(message);
  expect(() => jsonPathReader(path)(json)).toThrow(new Error(message));
});

test('4.1.3: text that is not a JSONPath finds nothing', () => {
  expect(['.list[?(', '.a', '..a[?(@.b > 1)]', ''].map(jsonPathError))
    .toEqual(['$.list[?( is not a JSONPath', undefined, undefined, undefined]);
});

// Each of them led the library that was used before to the Function constructor, or to the prototype of something.
test.each([
  '[?(@.constructor)]',
  '..constructor',
  '.list.constructor',
  '.list[0].constructor.constructor',
  '.a["__proto__"]',
  '.a.b.constructor',
  '..__proto__',
  '.list["constructor","__proto__","length"]',
  '[?(@.constructor.constructor)]',
])('nothing but what JSON holds is found: $%s', (path) => {
  expect(jsonPathReader(path)(json)).toBeUndefined();
});

test.each([
  "[?(@.a.constructor.constructor('globalThis.ran=1')())]",
  '[?(globalThis.ran=1)]',
  "[?($._$_path.constructor.constructor('globalThis.ran=1')())]",
  "[?(p=''.sub.constructor;p('globalThis.ran=1')())]",
  "[(''.sub.constructor('globalThis.ran=1')())]",
  "..[?(' '.constructor.constructor('globalThis.ran=1')())]",
  "..[?(@.constructor.constructor('globalThis.ran=1')())]",
  '`globalThis.ran=1`',
  '[?(@number())]',
  '..*^~',
])('nothing of a path is run: $%s', (path) => {
  try {
    jsonPathReader(path)({ a: { b: [1] }, p: '[' });
  } catch (thrown) {
    expect((thrown as Error).message).toMatch(/^the JSONPath \$/);
  }
  expect(globalThis).not.toHaveProperty('ran');
});

test('names of prototypes are names like others where JSON has them', () => {
  const own: unknown = JSON.parse('{"__proto__":{"x":1},"constructor":2}');
  expect(['.__proto__.x', '["constructor"]', '..x'].map((path) => jsonPathReader(path)(own))).toEqual([1, 2, [1]]);
  expect(jsonPathReader('.__proto__.x')({})).toBeUndefined();
});

test.each([
  ['..*..*..*..*'],
  ['..[?(@..a || 1 == 1)]..*..*'],
  [`..[?(${Array(2_000).fill('1 == 2').join(' || ')})]`],
  [`..[?(${Array(2_000).fill('!@').join(' || ')})]`],
  [`..[?(${Array(500).fill('@.a.b.c.d.e').join(' || ')})]`],
  [`..*[${Array(20_000).fill('0').join(',')}]`],
])('a search ends, however much there is: $%.20s', (path) => {
  let deep: unknown = [];
  for (let level = 0; level < 5_000; level++) deep = [deep, { a: level }];
  expect(() => jsonPathReader(path)(deep)).toThrow(/^the JSONPath \$\.\..* (visits more than 1000000 values|has a filter .*)$/);
});

test('JSON that is nested deeper than the stack is searched', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(60_000)}{"k":1}${']'.repeat(60_000)}`);
  expect(jsonPathReader('..k')(deep)).toEqual([1]);
});

test('4.1.3: no path and no data throw anything but the two reasons', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[.[\]a'*?()@$:,0-9=&|!<-]*$/)), fc.jsonValue(), (path, value) => {
    try {
      jsonPathReader(path)(value);
    } catch (thrown) {
      expect((thrown as Error).message).toMatch(/^the JSONPath \$/);
    }
  }), { numRuns: 1_000 });
});
