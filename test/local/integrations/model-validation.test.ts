import * as fc from 'fast-check';
import { modelValidator } from '../../../lib/local/integrations/model-validation';

const TEXT = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'text',
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, count: { type: 'number', minimum: 0, exclusiveMinimum: true } },
};
const MODELS = new Map<string, unknown>([
  ['Text', TEXT],
  ['Any', { $schema: 'http://json-schema.org/draft-07/schema#', format: 'email' }],
  ['Refers', {
    type: 'object',
    properties: {
      text: { $ref: 'https://apigateway.amazonaws.com/restapis/abcdefghij/models/Text' },
      number: { $ref: '#/definitions/number' },
    },
    definitions: { number: { type: 'integer' } },
  }],
  ['Broken', { type: 'nonsense' }],
  ['Dangling', { $ref: 'https://apigateway.amazonaws.com/restapis/abcdefghij/models/Nowhere' }],
  ['NoObject', 'schema'],
]);

function errorOf(body: string, requestModels: Record<string, string>, modelSelectionExpression: string | undefined = '\\$default') {
  return modelValidator({ modelSelectionExpression, requestModels }, MODELS)(body);
}

test.each([
  ['{"text":"a"}', undefined],
  ['{"text":1}', 'the message does not fit the model Text: $/text must be string'],
  ['{}', "the message does not fit the model Text: $ must have required property 'text'"],
  ['{"text":"a","count":0}', 'the message does not fit the model Text: $/count must be > 0'],
  ['hello', 'the message is not JSON, which the model Text requires'],
  ['', 'the message is not JSON, which the model Text requires'],
])('5.4.1: %s', (body, expected) => {
  expect(errorOf(body, { $default: 'Text' })).toBe(expected);
});

test('5.4.1: the message selects the model, else the model is $default', () => {
  // GIVEN
  const requestModels = { text: 'Text', $default: 'Any' };
  const expression = '$request.body.kind';

  // THEN
  expect(errorOf('{"kind":"text"}', requestModels, expression))
    .toBe("the message does not fit the model Text: $ must have required property 'text'");
  expect(errorOf('{"kind":"other"}', requestModels, expression)).toBeUndefined();
  expect(errorOf('{}', requestModels, expression)).toBeUndefined();
  expect(errorOf('[]', requestModels, expression)).toBeUndefined();
});

test('5.4.1: a message without a model is refused', () => {
  expect(errorOf('{"kind":"other"}', { text: 'Text' }, '${request.body.kind}'))
    .toBe('the model selection expression gives "other", for which the route has no model (it has text)');
  expect(errorOf('{}', {}, '$request.body.constructor'))
    .toBe('the model selection expression gives "", for which the route has no model (it has none)');
});

test('5.4.1: without a model selection expression there is no validation', () => {
  expect(errorOf('hello', { $default: 'Text' }, '')).toBeUndefined();
  expect(modelValidator({ requestModels: { $default: 'Text' } }, MODELS)('hello')).toBeUndefined();
});

test('5.4.1: a model may refer to another one by its URL', () => {
  expect(errorOf('{"text":{"text":"a"},"number":1}', { $default: 'Refers' })).toBeUndefined();
  expect(errorOf('{"text":{}}', { $default: 'Refers' }))
    .toBe("the message does not fit the model Refers: $/text must have required property 'text'");
  expect(errorOf('{"number":1.5}', { $default: 'Refers' })).toBe('the message does not fit the model Refers: $/number must be integer');
});

test.each([
  ['Broken', /^the model Broken is unusable: schema is invalid: data\/type must be equal to one of the allowed values/],
  ['Dangling', /^the model Dangling is unusable: can't resolve reference https:\/\/apigateway.amazonaws.com\/models\/Nowhere/],
  ['NoObject', /^the model NoObject is unusable: schema must be object or boolean$/],
  ['Absent', /^the model Absent is unusable: the API has no model of this name$/],
])('5.4.1: the model %s refuses every message, with the reason', (name, reason) => {
  expect(errorOf('{}', { $default: name })).toMatch(reason);
});

test('5.4.1: no message, schema or expression throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), fc.string(), (body, schema, expression) => {
    const models = new Map<string, unknown>([['M', schema]]);
    const validator = modelValidator({ modelSelectionExpression: expression, requestModels: { $default: 'M' } }, models);

    expect(['string', 'undefined']).toContain(typeof validator(body));
  }), { numRuns: 200 });
});

const SLOW = 'cannot be applied to the message: it took longer than 200 ms, the limit for work that blocks the only thread of the gateway';

test.each([
  ['a pattern', { properties: { t: { pattern: '^(a+)+$' } } }, { t: `${'a'.repeat(50)}!` }],
  ['a pattern of names', { patternProperties: { '^(a+)+$': { type: 'string' } } }, { [`${'a'.repeat(50)}!`]: 1 }],
  ['unique items', { uniqueItems: true }, Array.from({ length: 30_000 }, (_none, i) => [i])],
  ['alternatives that refer to the model', { anyOf: [{ allOf: [{ items: { $ref: '#' } }, { not: {} }] }, { items: { $ref: '#' } }] }, nested(40)],
])('5.4.1: %s may take so long only', (_what, schema, message) => {
  const models = new Map<string, unknown>([['Slow', schema]]);
  const validate = modelValidator({ modelSelectionExpression: '\\$default', requestModels: { $default: 'Slow' } }, models);

  expect(validate(JSON.stringify(message))).toBe(`the model Slow ${SLOW}`);
});

test('5.4.1: a message that is nested too deep for a recursive model is refused', () => {
  const models = new Map<string, unknown>([['Tree', { items: { $ref: '#' } }]]);
  const validate = modelValidator({ modelSelectionExpression: '\\$default', requestModels: { $default: 'Tree' } }, models);

  expect(validate('[[[]]]')).toBeUndefined();
  expect(validate(`${'['.repeat(60_000)}${']'.repeat(60_000)}`))
    .toBe('the model Tree cannot be applied to the message: Maximum call stack size exceeded');
});

test('5.4.1: names of prototype members are names like others', () => {
  const models = new Map<string, unknown>([['Own', { required: ['constructor'], additionalProperties: false, properties: { constructor: { type: 'number' } } }]]);
  const validate = modelValidator({ modelSelectionExpression: '\\$default', requestModels: { $default: 'Own' } }, models);

  expect([validate('{"constructor":1}'), validate('{}'), validate('{"constructor":1,"__proto__":2}')]).toEqual([
    undefined,
    "the message does not fit the model Own: $ must have required property 'constructor'",
    'the message does not fit the model Own: $ must NOT have additional properties',
  ]);
});

function nested(depth: number): unknown[] {
  return depth === 0 ? [] : [nested(depth - 1)];
}
