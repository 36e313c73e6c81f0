import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ServerlessFileError } from '../../../lib/serverless/file-error';
import { readTemplateFile } from '../../../lib/serverless/reading/template-file';

let folder: string;
beforeAll(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'template-')); });
afterAll(() => fs.rmSync(folder, { recursive: true }));

function read(text: string): unknown {
  const file = path.join(folder, 'template');
  fs.writeFileSync(file, text);
  return readTemplateFile(file);
}

function faultOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    const { position, problem } = error as ServerlessFileError;
    return `${position ? `${position.line}:${position.column} ` : ''}${problem}`;
  }
  throw new Error('no fault');
}

test('JSON is read as it is, without a byte order mark', () => {
  expect(read('\uFEFF{"Resources":{"A":{"Type":"T","Version":1}}}')).toEqual({ Resources: { A: { Type: 'T', Version: 1 } } });
});

test('YAML is read with short forms, anchors and merge keys', () => {
  expect(read(`
    Text: !Sub a
    List: !Join ['', [!Ref A, 1]]
    Map: &map {Size: !Length [a], On: !If [IsDev, !GetAtt A.Outputs.B, !GetAtt [A, Arn]]}
    Merged: {<<: *map, Date: 2012-10-17, Size: !ToJsonString {a: 1}}
    IsDev: !Not [!Condition Other]
  `)).toEqual({
    Text: { 'Fn::Sub': 'a' },
    List: { 'Fn::Join': ['', [{ Ref: 'A' }, 1]] },
    Map: { Size: { 'Fn::Length': ['a'] }, On: { 'Fn::If': ['IsDev', { 'Fn::GetAtt': ['A', 'Outputs.B'] }, { 'Fn::GetAtt': ['A', 'Arn'] }] } },
    Merged: {
      Size: { 'Fn::ToJsonString': { a: 1 } },
      On: { 'Fn::If': ['IsDev', { 'Fn::GetAtt': ['A', 'Outputs.B'] }, { 'Fn::GetAtt': ['A', 'Arn'] }] },
      Date: '2012-10-17',
    },
    IsDev: { 'Fn::Not': [{ Condition: 'Other' }] },
  });
});

const MULTIPLYING = ['a: &a [1,1,1,1,1,1,1,1,1]', ...'bcdef'.split('').map((name, index) => (
  `${name}: &${name} [${Array(9).fill(`*${'abcde'[index]}`)}]`))].join('\n');

test.each([
  ['invalid JSON', '{ "Resources": \n { "A": ] }',
    '2:9 not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.'],
  ['an unknown tag', 'A: !Include a.yml', '1:13 unknown tag "!Include". Known are the short forms of CloudFormation functions: '
    + '!And, !Base64, !Cidr, !Condition, !Equals, !FindInMap, !ForEach, !GetAZs, !GetAtt, !GetStackOutput, !If, !ImportValue, !Join, '
    + '!Length, !Not, !Or, !Ref, !Select, !Split, !Sub, !ToJsonString, !Transform.'],
  ['a key that stands twice', 'Resources:\n  A: 1\n  A: 2', '3:3 the key "A" stands twice in the same map. Remove or rename one of them.'],
  ['aliases that multiply', MULTIPLYING, '1:8 the file has more than 200000 values, those that its aliases repeat included.'],
  ['deep JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'values lie more than 100 levels deep.'],
  ['deep YAML', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'values lie too deep within each other.'],
])('%s is refused', (_, text, fault) => {
  expect(faultOf(text)).toBe(fault);
});

test('a file that does not exist is refused', () => {
  expect(() => readTemplateFile(path.join(folder, 'none.yml'))).toThrow(/none\.yml: the file does not exist\.$/);
});
