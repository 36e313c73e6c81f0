import fc from 'fast-check';
import { parseTarget, percentDecoded, queryMaps } from '../../../lib/local/protocol/request-line';

test.each([
  ['/production', { path: '/production', query: '' }],
  ['/production/?room=1', { path: '/production/', query: 'room=1' }],
  ['/?a=1?b', { path: '/', query: 'a=1?b' }],
  ['?a=1', { path: '/', query: 'a=1' }],
  ['', { path: '/', query: '' }],
  ['http://localhost:3001/production?a=1#top', { path: '/production', query: 'a=1' }],
  ['/production/%40connections/R0oXAdfD0kwCH6w%3D', { path: '/production/%40connections/R0oXAdfD0kwCH6w%3D', query: '' }],
])('1.1.1: the target %j', (url, target) => {
  expect(parseTarget(url)).toEqual(target);
});

test.each(['', '&', '&&'])('1.3.1: the query string %j has no maps', (query) => {
  expect(queryMaps(query)).toBeUndefined();
});

test('1.3.1: of a repeated key the single map has the last value, the other one all of them in order', () => {
  expect(queryMaps('path=one&path=two&path=three&b=2')).toEqual({
    single: { path: 'three', b: '2' },
    multi: { path: ['one', 'two', 'three'], b: ['2'] },
  });
});

test.each([
  ['token=a%20b%2Bc', { token: 'a b+c' }],
  ['token=a+b', { token: 'a b' }],
  ['a=1=2', { a: '1=2' }],
  ['flag', { flag: '' }],
  ['flag=', { flag: '' }],
  ['=x', { '': 'x' }],
  ['%C3%A4=%E2%82%AC', { ä: '€' }],
  ['a=%E0%A4%A', { a: '%E0%A4%A' }],
  ['a=%', { a: '%' }],
])('1.3.1: %j is decoded', (query, single) => {
  expect(queryMaps(query)?.single).toEqual(single);
});

test('1.3.1: names that objects know are names like any other', () => {
  // WHEN
  const maps = queryMaps('__proto__=a&constructor=b&__proto__=c');

  // THEN
  expect(JSON.stringify(maps)).toBe(
    '{"single":{"__proto__":"c","constructor":"b"},"multi":{"__proto__":["a","c"],"constructor":["b"]}}',
  );
  expect(maps?.single.toString).toBeUndefined();
});

test('1.3.1: no query string throws, and the single map has the last of each list', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webQueryParameters(), fc.stringMatching(/^[%&=a+0-9]*$/)), (query) => {
    const maps = queryMaps(query);
    if (!maps) return;
    for (const [name, values] of Object.entries(maps.multi)) expect(maps.single[name]).toBe(values[values.length - 1]);
    expect(Object.keys(maps.single)).toEqual(Object.keys(maps.multi));
  }));
});

test('1.1.1: no target throws, and its path starts with a slash', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (url) => {
    expect(parseTarget(url).path).toMatch(/^\//);
  }));
});

test('6.2: whatever was escaped comes back', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    expect(percentDecoded(encodeURIComponent(text))).toBe(text);
  }));
});
