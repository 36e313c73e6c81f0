import { Stack, Token } from 'aws-cdk-lib';
import { checkDescription, checkLength } from '../../../lib/private/checks/text-length';

const stack = new Stack();

test.each([undefined, 'a', 'ab', Token.asString({ Ref: 'Parameter' })])('takes %s', (text) => {
  expect(() => checkLength(stack, 'apiName', text, 1, 2)).not.toThrow();
});

test.each([['', 0], ['abc', 3]])('refuses "%s"', (text, length) => {
  expect(() => checkLength(stack, 'apiName', text, 1, 2)).toThrow(new Error(`Default: apiName: "${text}" has ${length} characters; use 1 to 2`));
});

test('refuses what is no text', () => {
  expect(() => checkLength(stack, 'apiName', 5 as never, 1, 2)).toThrow(new Error('Default: apiName: 5 is not a string; use a text'));
});

test('a description has up to 1024 characters, and a longer one is not shown in full', () => {
  expect(() => checkDescription(stack, 'description', 'a'.repeat(1024))).not.toThrow();
  expect(() => checkDescription(stack, 'description', '')).not.toThrow();
  expect(() => checkDescription(stack, 'description', 'a'.repeat(1025))).toThrow(new Error(
    `Default: description: "${'a'.repeat(100)}..." has 1025 characters; use 0 to 1024`,
  ));
});
