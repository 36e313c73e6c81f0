import fc from 'fast-check';
import { evaluatePolicy, matchesPattern } from '../../../lib/local/protocol/policy';

const resource = 'arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect';
const question = { action: 'execute-api:Invoke', resource };
const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource };
const evaluate = (...Statement: unknown[]) => evaluatePolicy({ Version: '2012-10-17', Statement }, question);

describe('a statement', () => {
  test.each([
    ['the resource itself', allow],
    ['any action, any resource', { Effect: 'Allow', Action: '*', Resource: '*' }],
    ['an action in another case', { ...allow, Action: 'Execute-API:invoke' }],
    ['actions with a star', { ...allow, Action: 'execute-api:*' }],
    ['lists', { Effect: 'Allow', Action: ['s3:GetObject', 'execute-api:Invoke'], Resource: ['arn:aws:s3:::x', resource] }],
    ['a resource with stars', { ...allow, Resource: 'arn:aws:execute-api:*:*:aabbccdd/*' }],
    ['a resource with ?', { ...allow, Resource: resource.replace('production', 'productio?') }],
    ['NotAction of another service', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
    ['NotResource of another API', { Effect: 'Allow', Action: '*', NotResource: '*:other/*' }],
    ['a condition, which holds', { ...allow, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.7' } } }],
  ])('3.6, 3.8: allows by %s', (_what, statement) => {
    expect(evaluate(statement)).toBe('allow');
  });

  test.each([
    ['another resource', { ...allow, Resource: resource.replace('production', 'test') }],
    ['a resource in another case', { ...allow, Resource: resource.toUpperCase() }],
    ['a resource of the REST shape', { ...allow, Resource: 'arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/*/*/*' }],
    ['another action', { ...allow, Action: 'execute-api:ManageConnections' }],
    ['NotAction', { Effect: 'Allow', NotAction: 'execute-api:*', Resource: '*' }],
    ['NotResource', { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:s3:::x', resource] }],
  ])('3.6, 9.3: does not allow by %s', (_what, statement) => {
    expect(evaluate(statement)).toBe('implicitDeny');
  });
});

test('3.6: one Deny beats every Allow', () => {
  expect(evaluate(allow, { ...allow, Effect: 'Deny' }, allow)).toBe('explicitDeny');
  expect(evaluate(allow, { ...allow, Effect: 'Deny', Resource: 'arn:aws:s3:::x' })).toBe('allow');
});

test('3.6: a single statement needs no list, and no statement allows nothing', () => {
  expect(evaluatePolicy({ Statement: allow }, question)).toBe('allow');
  expect(evaluate()).toBe('implicitDeny');
});

test.each([
  [undefined, 'policyDocument is not an object'],
  [{}, 'statement 1 of policyDocument is not an object'],
  [{ Statement: [allow, 'x'] }, 'statement 2 of policyDocument is not an object'],
  [{ Statement: [{ ...allow, Effect: 'allow' }] }, 'statement 1 of policyDocument has an Effect that is neither Allow nor Deny'],
  [{ Statement: [{ Effect: 'Allow', Resource: '*' }] }, 'statement 1 of policyDocument has no Action: a string or a list of strings'],
  [{ Statement: [{ ...allow, Action: [1] }] }, 'statement 1 of policyDocument has no Action: a string or a list of strings'],
  [{ Statement: [{ Effect: 'Allow', Action: '*' }] }, 'statement 1 of policyDocument has no Resource: a string or a list of strings'],
])('3.7: %j is invalid', (document, invalid) => {
  expect(evaluatePolicy(document, question)).toEqual({ invalid });
});

test.each([
  ['', '', true], ['*', '', true], ['**', 'abc', true], ['?', '', false], ['a*c', 'abbc', true], ['a*c', 'abcd', false],
  ['a?c', 'abc', true], ['*.b.*', 'a.b.b.c', true], ['a.c', 'abc', false], ['abc*', 'ab', false],
])('3.6: %j and %j: %s', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches);
});

test('3.6: patterns match what a regular expression would', () => {
  fc.assert(fc.property(fc.stringMatching(/^[ab*?]{0,8}$/), fc.stringMatching(/^[ab]{0,8}$/), (pattern, text) => {
    const expected = new RegExp(`^${pattern.replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(text);
    expect(matchesPattern(pattern, text)).toBe(expected);
  }));
});

test('3.6: a pattern of thousands of stars takes no time', () => {
  expect(matchesPattern('*a'.repeat(4000), 'a'.repeat(3999))).toBe(false);
});

test('3.6, 3.7: no policy throws', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('Allow', 'Deny', '*'));
  const properties = { Effect: value, Action: value, NotAction: value, Resource: value, NotResource: value };
  const statement = fc.record(properties, { requiredKeys: [] });
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.record({ Statement: fc.oneof(statement, fc.array(statement)) })), (document) => {
    const decision = evaluatePolicy(document, question);
    expect(typeof decision === 'string' ? ['allow', 'explicitDeny', 'implicitDeny'] : [decision]).toContain(decision);
  }));
});
