import { Lazy, Token } from 'aws-cdk-lib';
import { draft04Replacement, modelSchemaFault, schemaReferenceFault, schemasIn } from '../../../lib/private/checks/model-schema';

/** `place: reason; remedy` */
function said(schema: unknown): string | undefined {
  const fault = modelSchemaFault(schema);
  return fault && `${fault.pointer}: ${JSON.stringify(fault.value)} ${fault.reason}; ${fault.remedy}`;
}

test.each<[string, object]>([
  ['nothing', {}],
  ['the draft', { $schema: 'http://json-schema.org/draft-04/schema#' }],
  ['the draft without its #', { $schema: 'http://json-schema.org/draft-04/schema' }],
  ['properties that are called like keywords', { properties: { const: { type: 'string' }, $ref: { type: 'string' }, if: {}, pattern: {} } }],
  ['values that look like schemas', { default: { const: 1 }, enum: [{ if: {} }] }],
  ['bounds', { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false }],
  ['booleans where draft-04 has them', { additionalProperties: false, properties: { list: { items: [{}], additionalItems: false } } }],
  ['both kinds of dependencies', { dependencies: { a: ['b'], c: { required: ['d'] } } }],
  ['a definition', { properties: { a: { $ref: '#/definitions/a~1b' } }, definitions: { 'a/b': { type: 'null' } } }],
  ['a part of a definition', { $ref: '#/definitions/a/properties/b', definitions: { a: { properties: { b: {} } } } }],
  ['another model', { $ref: 'https://apigateway.amazonaws.com/restapis/abcdef1234/models/Text' }],
  ['a regular expression', { pattern: '^[a-z]+$', patternProperties: { '^\\p{L}': {} } }],
  ['a format that nobody knows', { format: 'colour' }],
])('legal: %s', (_, schema) => {
  expect(modelSchemaFault(schema)).toBeUndefined();
});

test.each<[string, object]>([
  ['a number', { minLength: Token.asNumber({ Ref: 'Length' }) }],
  ['a text', { type: Lazy.string({ produce: () => 'string' }), $schema: Lazy.string({ produce: () => '?' }) }],
  ['a reference', { $ref: Lazy.string({ produce: () => '#/definitions/a' }) }],
  ['a schema', { properties: { a: Lazy.any({ produce: () => ({}) }) } }],
  ['definitions', { $ref: '#/definitions/a', definitions: Lazy.any({ produce: () => ({}) }) }],
  ['a pattern', { pattern: `(${Lazy.string({ produce: () => ')' })}` }],
  ['all', Lazy.any({ produce: () => ({}) })],
])('what a token hides is let through: %s', (_, schema) => {
  expect(modelSchemaFault(schema)).toBeUndefined();
});

const KEYWORD = 'which is not a keyword of JSON Schema draft-04, the only draft that API Gateway supports';
const LATER = 'is of a later draft of JSON Schema than draft-04, the only one that API Gateway supports';

test.each<[string, object, string]>([
  ['const', { properties: { kind: { const: 'a' } } },
    `#/properties/kind/const: "a" is the value of \`const\`, ${KEYWORD}; write \`enum\` with this one value`],
  ['examples', { examples: [1] }, `#/examples: [1] is the value of \`examples\`, ${KEYWORD}; leave it out, or describe it in \`description\``],
  ['$id', { $id: 'a' }, `#/$id: "a" is the value of \`$id\`, ${KEYWORD}; write \`id\`, or leave it out`],
  ['if', { allOf: [{}, { if: {}, then: {} }] },
    `#/allOf/1/if: {} is the value of \`if\`, ${KEYWORD}; write { anyOf: [{ not: <if> }, <then>] }`],
  ['nullable', { definitions: { 'a/b~c': { nullable: true } } },
    `#/definitions/a~1b~0c/nullable: true is the value of \`nullable\`, ${KEYWORD}; write \`type\` as a list with 'null' in it`],
  ['a word of its author', { type: 'object', required: ['a'], requird: ['a'] },
    `#/requird: ["a"] is the value of \`requird\`, ${KEYWORD}; leave it out, or describe it in \`description\``],
  ['constructor', { items: { constructor: 1 } },
    `#/items/constructor: 1 is the value of \`constructor\`, ${KEYWORD}; leave it out, or describe it in \`description\``],
  ['a numeric exclusiveMinimum', { exclusiveMinimum: 0 },
    `#/exclusiveMinimum: 0 as a bound ${LATER}; write { minimum: 0, exclusiveMinimum: true }`],
  ['a numeric exclusiveMaximum beside a maximum', { maximum: 9, exclusiveMaximum: 10 },
    `#/exclusiveMaximum: 10 as a bound ${LATER}; write { maximum: 10, exclusiveMaximum: true }, or \`maximum\` alone`],
  ['true as a schema', { properties: { a: true } }, `#/properties/a: true as a schema ${LATER}; write {}`],
  ['false as a schema', { not: { items: false } }, `#/not/items: false as a schema ${LATER}; write { not: {} }`],
  ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' },
    '#/$schema: "http://json-schema.org/draft-07/schema#" is not the draft that API Gateway supports; '
    + 'write "http://json-schema.org/draft-04/schema#", or leave it out'],
  ['a remote reference', { items: { $ref: 'https://example.com/schema.json' } },
    '#/items/$ref: "https://example.com/schema.json" is outside the schema, and API Gateway reads no schemas from elsewhere; '
    + 'write #/definitions/<name>, or https://apigateway.amazonaws.com/restapis/<api id>/models/<name> for a model of the API'],
  ['a reference to no definition', { properties: { a: {}, b: { $ref: '#/properties/a' } } },
    '#/properties/b/$ref: "#/properties/a" does not refer to one of the `definitions`; move the schema there, and write #/definitions/<name>'],
  ['a dangling reference', { $ref: '#/definitions/b', definitions: { a: {}, c: {} } },
    '#/$ref: "#/definitions/b" does not exist; the definitions are a and c'],
  ['a reference without definitions', { $ref: '#/definitions/b' },
    '#/$ref: "#/definitions/b" does not exist; the schema has no `definitions`: add them'],
  ['a broken pattern', { pattern: '(' }, '#/pattern: "(" is not a regular expression; fix it'],
  ['a broken pattern of properties', { patternProperties: { '(': {} } }, '#/patternProperties: "(" is not a regular expression; fix it'],
  ['an unknown type', { items: { type: 'text' } },
    '#/items/type: "text" is not JSON Schema draft-04: it must be equal to one of the allowed values '
    + '(array, boolean, integer, null, number, object, string); write it as draft-04 requires'],
  ['nothing that is required', { required: [] },
    '#/required: [] is not JSON Schema draft-04: it must NOT have fewer than 1 items; write it as draft-04 requires'],
  ['required of draft-03', { properties: { a: { required: true } } },
    '#/properties/a/required: true is not JSON Schema draft-04: it must be array; write it as draft-04 requires'],
  ['a value twice', { enum: ['a', 'a'] },
    '#/enum: ["a","a"] is not JSON Schema draft-04: it must NOT have duplicate items (items ## 0 and 1 are identical); write it as draft-04 requires'],
])('refused: %s', (_, schema, message) => {
  expect(said(schema)).toBe(message);
});

test('every keyword of later drafts and of OpenAPI has its way out', () => {
  const keywords = [
    '$anchor', '$comment', '$defs', '$dynamicAnchor', '$dynamicRef', '$id', '$recursiveAnchor', '$recursiveRef', 'const', 'contains',
    'contentEncoding', 'contentMediaType', 'dependentRequired', 'dependentSchemas', 'deprecated', 'discriminator', 'else', 'example', 'examples',
    'if', 'maxContains', 'minContains', 'nullable', 'prefixItems', 'propertyNames', 'readOnly', 'then', 'unevaluatedItems',
    'unevaluatedProperties', 'writeOnly', 'xml',
  ];

  expect(keywords.filter((keyword) => !said({ [keyword]: {} })?.startsWith(`#/${keyword}: {} is the value of \`${keyword}\`, ${KEYWORD}; `)))
    .toEqual([]);
});

test('a schema may have 32768 characters', () => {
  const schema = (length: number) => ({ title: 'x'.repeat(length - '{"title":""}'.length) });

  expect(modelSchemaFault(schema(32768))).toBeUndefined();
  expect(modelSchemaFault(schema(32769))).toMatchObject({
    reason: 'has 32769 characters as JSON, more than the 32768 that API Gateway allows',
    remedy: 'divide it into models that refer to each other, or check the rest in the function',
  });
});

test('a schema that holds itself is refused', () => {
  const schema: Record<string, unknown> = {};
  schema.not = schema;

  expect(modelSchemaFault(schema)).toMatchObject({
    reason: 'cannot be written as JSON (Converting circular structure to JSON)', remedy: 'use plain values',
  });
});

describe('references', () => {
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
      .toEqual({ reason: 'does not exist', remedy: 'the definitions are a' });
  });

  test('leaves a value that is not a string to the meta-schema', () => {
    expect(schemaReferenceFault(1, {})).toBeUndefined();
  });
});

describe('draft-04', () => {
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
    expect(draft04Replacement('toString')).toBe('leave it out, or describe it in `description`');
  });
});
