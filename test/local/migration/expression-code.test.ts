import { print } from '../../../lib/local/migration/code-layout';
import { stringCode, stringsCode, valueCode } from '../../../lib/local/migration/expression-code';
import { Imports } from '../../../lib/local/migration/imports';
import type { Json } from '../../../lib/serverless/template';

function codeOf(make: typeof valueCode, value: Json): string {
  return print(make(value, new Imports()), 0);
}

describe('where the types ask for a string', () => {
  test.each<[Json, string]>([
    ['plain', "'plain'"],
    ['it\'s "5" \\ ${x}\n', "'it\\'s \"5\" \\\\ ${x}\\n'"],
    ['\u202e\u200b', "'\\u202e\\u200b'"],
    [5, "'5'"],
    [true, "'true'"],
    [{ Ref: 'Table' }, "Fn.ref('Table')"],
    [{ Ref: 'AWS::Region' }, 'Aws.REGION'],
    [{ Ref: 'AWS::NotificationARNs' }, "Token.asString({ Ref: 'AWS::NotificationARNs' })"],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, "Fn.getAtt('Table', 'Arn').toString()"],
    [{ 'Fn::GetAtt': 'Nested.Outputs.Arn' }, "Fn.getAtt('Nested', 'Outputs.Arn').toString()"],
    [{ 'Fn::GetAtt': ['Table'] }, "Token.asString({ 'Fn::GetAtt': ['Table'] })"],
    [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3' }, "Fn.sub('arn:${AWS::Partition}:s3')"],
    [{ 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }, "Fn.sub('${A}', { A: Fn.ref('B') })"],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, "Fn.join('-', ['a', Fn.ref('B')])"],
    [{ 'Fn::Join': ['-', { Ref: 'List' }] }, "Token.asString({ 'Fn::Join': ['-', Fn.ref('List')] })"],
    [{ 'Fn::ImportValue': 'shared' }, "Fn.importValue('shared')"],
    [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'key'] }, "Fn.findInMap('Map', Aws.REGION, 'key')"],
    [{ 'Fn::If': ['IsProd', 'a', { Ref: 'AWS::NoValue' }] }, "Fn.conditionIf('IsProd', 'a', Aws.NO_VALUE).toString()"],
    [{ 'Fn::Select': [0, { 'Fn::Split': [',', 'a,b'] }] }, "Token.asString({ 'Fn::Select': [0, { 'Fn::Split': [',', 'a,b'] }] })"],
    [{ Ref: 'A', More: 1 }, "Token.asString({ Ref: 'A', More: 1 })"],
    [{ constructor: 'x' }, "Token.asString({ constructor: 'x' })"],
  ])('%j', (value, code) => {
    expect(codeOf(stringCode, value)).toBe(code);
  });

  test('a variable without a value is left out', () => {
    expect(print(stringsCode({ 'A': 'a', 'B': null, 'C-D': 1 }, new Imports()), 0)).toBe("{ A: 'a', 'C-D': '1' }");
  });
});

describe('where any value is taken', () => {
  test.each<[Json, string]>([
    [null, 'null'],
    [5, '5'],
    [[], '[]'],
    [{}, '{}'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, "Fn.getAtt('Table', 'Arn')"],
    [{ 'a': [{ b: { Ref: 'C' } }], 'd-e': false }, "{ a: [{ b: Fn.ref('C') }], 'd-e': false }"],
    [{ 'Fn::GetAZs': '' }, "{ 'Fn::GetAZs': '' }"],
    [JSON.parse('{"__proto__":{"x":1}}') as Json, "{ ['__proto__']: { x: 1 } }"],
  ])('%j', (value, code) => {
    expect(codeOf(valueCode, value)).toBe(code);
  });
});

test('what is too long for a line takes a line an item', () => {
  const value = { first: 'a'.repeat(60), second: { third: ['b'.repeat(70), { Ref: 'C' }] } };

  expect(codeOf(valueCode, value)).toBe(`{
  first: '${'a'.repeat(60)}',
  second: { third: ['${'b'.repeat(70)}', Fn.ref('C')] },
}`);
});

test('only what is named is imported', () => {
  const imports = new Imports();
  valueCode([{ Ref: 'AWS::Region' }, "Fn.ref('x')"], imports);
  imports.service('lambda');
  imports.from('../lib/chat', 'Chat');
  imports.module('path', 'path');

  expect(imports.text).toBe(`import * as path from 'path';
import { Aws } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Chat } from '../lib/chat';
`);
});
