import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { readTemplate } from '../../../lib/local/migration/template-file';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'template-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function read(text: string): unknown {
  const file = path.join(folder, 'template.json');
  fs.writeFileSync(file, text);
  try {
    return readTemplate(file);
  } catch (error) {
    return (error as Error).message.replace(file, 'FILE');
  }
}

test('a template is read as it is, a byte order mark aside', () => {
  expect(read('\uFEFF{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}')).toEqual({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
});

test.each([
  ['[]', 'it holds [], and a template is an object'],
  ['{"service":"chat"}', 'it has no "Resources"; take .serverless/cloudformation-template-update-stack.json, or one like cdk.out/App.template.json'],
  ['{"Resources":{}}', 'it has no "Resources"; take .serverless/cloudformation-template-update-stack.json, or one like cdk.out/App.template.json'],
  ['{"Resources":{"A":{}}}', 'the resource "A" has no "Type"'],
  ['{"Resources":{"A":{"Type":"T","Properties":[]}}}', '"Properties" of the resource "A" is not an object'],
  ['{"Resources":{"A":{"Type":"T","Condition":{}}}}', '"Condition" of the resource "A" is not a name'],
  ['{"Resources":{"A":{"Type":"T"}},"Outputs":[1]}', '"Outputs" is [1] and not an object'],
  ['{"Resources":{"Fn::ForEach::A":[]}}', 'Fn::ForEach::A makes resources at deployment, which nobody can compare before'],
])('%.50s is refused', (text, reason) => {
  expect(read(text)).toBe(`FILE is not the template of a stack: ${reason}`);
});

test('a file that cannot be read is refused, with the place of the fault', () => {
  expect(read('Resources:\n  A: 1\n  A: 2')).toBe('FILE is not the template of a stack: '
    + 'line 3, column 3: the key "A" stands twice in the same map. Remove or rename one of them');
  expect(() => readTemplate(path.join(folder, 'none.json'))).toThrow('none.json is not the template of a stack: the file does not exist');
  expect(() => readTemplate(folder)).toThrow(`${folder} is not the template of a stack: this is a folder; name a file`);
});
