import { Stack, Token } from 'aws-cdk-lib';
import { Checks } from '../../../lib/private/checks/checks';
import { STRING } from '../../../lib/private/checks/kind';

const stack = new Stack(undefined, 'Stack');
const props = new Checks(stack);
const domain = new Checks(stack, 'domain');
const fault = { reason: 'is too long', remedy: 'shorten it' };

test.each<[string, Checks, string, string]>([
  ['an option of the props', props, 'apiName', 'apiName'],
  ['an option of an option', domain, 'domainName', 'domain.domainName'],
  ['the value of a key', domain, '["k"]', 'domain["k"]'],
  ['the object itself', domain, '', 'domain'],
  ['an option two levels below', props.of('additionalStages["beta"]').of('accessLog'), 'format', 'additionalStages["beta"].accessLog.format'],
])('names %s', (_, checks, name, path) => {
  expect(() => checks.refuse(name, 1, fault)).toThrow(new Error(`Stack: ${path}: 1 is too long; shorten it`));
});

describe('that', () => {
  test('refuses a value with a fault', () => {
    expect(() => props.that('a', 5, (value) => (value > 4 ? fault : undefined))).toThrow(new Error('Stack: a: 5 is too long; shorten it'));
  });

  test.each([4, undefined])('takes %p', (value) => {
    expect(() => props.that<number>('a', value, (given) => (given > 4 ? fault : undefined))).not.toThrow();
  });
});

test('only `required` asks for a value', () => {
  expect(() => props.kind('a', undefined, STRING)).not.toThrow();
  expect(() => props.required('a', undefined, STRING)).toThrow(new Error("Stack: a: (not set) is not a string; use 'src/messages.send'"));
});

describe('length', () => {
  test.each([undefined, 'a', 'ab', Token.asString({ Ref: 'Parameter' })])('takes %s', (text) => {
    expect(() => props.length('apiName', text, 1, 2)).not.toThrow();
  });

  test.each([['', 0], ['abc', 3]])('refuses "%s"', (text, length) => {
    expect(() => props.length('apiName', text, 1, 2)).toThrow(new Error(`Stack: apiName: "${text}" has ${length} characters; use 1 to 2`));
  });

  test('refuses a value that is not a string', () => {
    expect(() => props.length('apiName', 5 as never, 1, 2)).toThrow(new Error('Stack: apiName: 5 is not a string; use a text'));
  });

  test('is 1024 for descriptions, and a longer one is not quoted in full', () => {
    expect(() => props.description('description', 'a'.repeat(1024))).not.toThrow();
    expect(() => props.description('description', '')).not.toThrow();
    expect(() => props.description('description', 'a'.repeat(1025))).toThrow(new Error(
      `Stack: description: "${'a'.repeat(100)}..." has 1025 characters; use 0 to 1024`,
    ));
  });
});
