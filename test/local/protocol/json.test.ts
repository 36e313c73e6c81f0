import { isRecord, parsedJson } from '../../../lib/local/protocol/json';

test('text that is no JSON is nothing', () => {
  expect([parsedJson('{"a":1}'), parsedJson('null'), parsedJson('{a:1}')]).toEqual([{ a: 1 }, null, undefined]);
});

test('only objects with names are records', () => {
  expect([{}, [], null, 'x', undefined].map(isRecord)).toEqual([true, false, false, false, false]);
});
