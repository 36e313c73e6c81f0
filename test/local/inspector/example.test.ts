import Ajv from 'ajv-draft-04';
import { exampleOf } from '../../../lib/local/inspector/example';

const say = {
  type: 'object',
  required: ['text', 'action'],
  properties: {
    action: { enum: ['say'] },
    text: { type: 'string', minLength: 3 },
    at: { type: 'string', format: 'date-time' },
    urgent: { type: 'boolean' },
    count: { type: 'integer', minimum: 1, exclusiveMinimum: true },
    tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
    pair: { type: 'array', items: [{ type: 'number' }, { type: 'null' }] },
    to: { $ref: '#/definitions/user' },
    kind: { type: 'string', default: 'plain' },
    maybe: { type: ['null', 'string'] },
  },
  definitions: { user: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } } },
};

test('a message for a model, the required members first', () => {
  const example = exampleOf(say) as object;
  expect(Object.keys(example).slice(0, 2)).toEqual(['text', 'action']);
  expect(example).toEqual({
    action: 'say',
    text: 'xxx',
    at: '2030-01-01T00:00:00Z',
    urgent: false,
    count: 2,
    tags: ['', ''],
    pair: [0, null],
    to: { id: '00000000-0000-4000-8000-000000000000' },
    kind: 'plain',
    maybe: '',
  });
  expect(new Ajv({ strict: false, validateFormats: false }).validate(say, example)).toBe(true);
});

test.each([
  ['parts of a whole', { allOf: [{ properties: { a: { type: 'integer' } } }, { properties: { b: { type: 'string' } } }] }, { a: 0, b: '' }],
  ['one of several', { oneOf: [{ type: 'string' }, { type: 'integer' }] }, ''],
  ['an object and one of several', { properties: { a: { enum: [1] } }, anyOf: [{ properties: { b: { enum: [2] } } }] }, { a: 1, b: 2 }],
  ['a multiple', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['below zero', { type: 'number', maximum: -2 }, -2],
  ['a list without a type', { items: { type: 'boolean' } }, [false]],
  ['nothing', {}, {}],
  ['no schema', undefined, {}],
  ['a reference to elsewhere', { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/y' }, {}],
])('%s', (_what, schema, example) => {
  expect(exampleOf(schema)).toEqual(example);
});

test('a schema that refers to itself has an end', () => {
  const tree = { type: 'object', properties: { left: { $ref: '#' }, right: { $ref: '#' } } };
  expect(JSON.stringify(exampleOf(tree)).length).toBeLessThan(20_000);
});

test('names of properties harm nobody', () => {
  const schema = JSON.parse('{"properties":{"__proto__":{"type":"object","properties":{"polluted":{"enum":[true]}}},"constructor":{"enum":["x"]}}}') as unknown;
  expect(exampleOf(schema)).toMatchObject({ constructor: 'x' });
  expect({}).not.toHaveProperty('polluted');
});
