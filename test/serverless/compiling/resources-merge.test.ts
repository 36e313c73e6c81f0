import { extend, mergeInto } from '../../../lib/serverless/compiling/resources-merge';
import type { OpenObject } from '../../../lib/serverless/json-value';
import type { JsonObject } from '../../../lib/serverless/template';

const topic = (): OpenObject => ({ Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'a' }, { Key: 'b' }] } });

test('maps are merged in depth, lists item by item, and keys of prototypes are left out', () => {
  const source = JSON.parse('{ "Properties": { "Tags": [{ "Value": "1" }], "__proto__": { "x": 1 } }, "DependsOn": ["A"] }') as JsonObject;

  expect(mergeInto(topic(), source, 'osls')).toEqual({
    Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] }, DependsOn: ['A'],
  });
  expect(({} as { x?: number }).x).toBeUndefined();
});

test.each([
  ['serverless' as const, [{ Key: 'c' }]],
  ['osls' as const, [{ Key: 'a' }]],
])('by %s, a list that several resources share is %j', (dialect, expected) => {
  // GIVEN
  const tags = [{ Key: 'a' }];

  // WHEN
  mergeInto({ Tags: tags }, { Tags: [{ Key: 'c' }] }, dialect);

  // THEN
  expect(tags).toEqual(expected);
});

test('an extension replaces properties as a whole, and adds to dependencies', () => {
  // GIVEN
  const Topic: OpenObject = { ...topic(), DependsOn: 'A' };

  // WHEN
  const fault = extend({ Topic }, { Topic: { Properties: { Tags: [{ Key: 'c' }], Name: 'n' }, DependsOn: ['B'], DeletionPolicy: 'Retain' } });

  // THEN
  expect(fault).toBeUndefined();
  expect(Topic).toEqual({
    Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'c' }], Name: 'n' }, DependsOn: ['A', 'B'], DeletionPolicy: 'Retain',
  });
});

test.each<[JsonObject, { readonly path: string[]; readonly problem: string }]>([
  [{ Other: { Properties: {} } }, { path: ['Other'], problem: 'extends "Other", a resource that the service does not make.' }],
  [{ Topic: { Type: 'T' } }, {
    path: ['Topic', 'Type'],
    problem: 'extends "Type" of "Topic". Serverless extends only Condition, CreationPolicy, DeletionPolicy, DependsOn, Metadata, Properties, '
      + 'UpdatePolicy, UpdateReplacePolicy.',
  }],
])('%j is refused', (extensions, fault) => {
  expect(extend({ Topic: topic() }, extensions)).toEqual(fault);
});
