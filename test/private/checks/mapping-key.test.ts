import { CfnParameter } from 'aws-cdk-lib';
import { mappingKeyFault } from '../../../lib/private/checks/mapping-key';
import { quickStack } from '../../_helpers/quick-app';

test.each(['chat', 'v1/chat', "$-_.+!*'()", 'A9', 'a'.repeat(300)])('%s is a mapping key', (key) => {
  expect(mappingKeyFault(key)).toBeUndefined();
});

test('a token may be one', () => {
  expect(mappingKeyFault(new CfnParameter(quickStack(), 'Key').valueAsString)).toBeUndefined();
});

test.each<[string, string, string]>([
  ['', 'names no path', 'leave it out for the domain itself'],
  ['/', 'names no path', 'leave it out for the domain itself'],
  ['/chat', 'has a slash at its start or end', 'write "chat"'],
  ['v1/chat/', 'has a slash at its start or end', 'write "v1/chat"'],
  ['a'.repeat(301), 'is longer than the 300 characters that API Gateway takes', 'shorten it'],
  ...['a b', 'chat?x', 'v1//chat', '@connections', 'ä', '{id}'].map((key): [string, string, string] => [
    key, 'is not a mapping key',
    'use letters, digits and $-_.+!*\'(), in one or more parts with a slash between them, for example "chat" or "v1/chat"',
  ]),
])('%j is none', (key, reason, remedy) => {
  expect(mappingKeyFault(key)).toEqual({ reason, remedy });
});
