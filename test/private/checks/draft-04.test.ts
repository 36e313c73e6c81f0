import { draft04Replacement, schemasIn } from '../../../lib/private/checks/draft-04';

test('finds the schemas in a schema, wherever draft-04 has them', () => {
  // GIVEN
  const value = {
    title: 'all of them',
    properties: { 'a/b': { items: [{}, {}], additionalItems: {} }, 'items': { items: {} } },
    patternProperties: { x: {} },
    additionalProperties: false,
    dependencies: { a: ['b'], c: {} },
    definitions: { d: { not: {} } },
    allOf: [{}],
    anyOf: [{}],
    oneOf: [{}],
    default: { items: {} },
    enum: [{}],
  };

  // WHEN
  const pointers = [...schemasIn({ pointer: '#', value })].map(({ pointer }) => pointer);

  // THEN
  expect(pointers).toEqual([
    '#', '#/properties/a~1b', '#/properties/a~1b/items/0', '#/properties/a~1b/items/1', '#/properties/a~1b/additionalItems',
    '#/properties/items', '#/properties/items/items', '#/patternProperties/x', '#/dependencies/c', '#/definitions/d', '#/definitions/d/not',
    '#/allOf/0', '#/anyOf/0', '#/oneOf/0',
  ]);
});

test('knows its keywords', () => {
  expect(draft04Replacement('multipleOf')).toBeUndefined();
  expect(draft04Replacement('$defs')).toBe('write `definitions`, and `#/definitions/<name>` in each `$ref`');
  expect(draft04Replacement('toString')).toBe('leave it out, or say it in `description`');
});
