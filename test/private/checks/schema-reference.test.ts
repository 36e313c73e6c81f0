import { schemaReferenceFault } from '../../../lib/private/checks/schema-reference';

test.each([
  ['of this partition', 'https://apigateway.amazonaws.com/restapis/abcdef1234/models/Text'],
  ['of China', 'https://apigateway.amazonaws.com.cn/restapis/abcdef1234/models/Text'],
])('a model of an API is let through: %s', (_, reference) => {
  expect(schemaReferenceFault(reference, {})).toBeUndefined();
});

test.each([
  ['percent-encoded', '#/definitions/a%20b'],
  ['escaped', '#/definitions/c~0d~1e'],
  ['in a list', '#/definitions/f/allOf/0'],
])('finds a definition: %s', (_, reference) => {
  expect(schemaReferenceFault(reference, { definitions: { 'a b': {}, 'c~d/e': {}, 'f': { allOf: [{}] } } })).toBeUndefined();
});

test.each(['toString', 'a/properties/b', 'a/0'])('does not find #/definitions/%s', (rest) => {
  expect(schemaReferenceFault(`#/definitions/${rest}`, { definitions: { a: {} } }))
    .toEqual({ reason: 'leads nowhere', remedy: 'the definitions are a' });
});

test('leaves what is no text to the meta schema', () => {
  expect(schemaReferenceFault(1, {})).toBeUndefined();
});
