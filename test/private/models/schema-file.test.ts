import { readSchemaFile } from '../../../lib/private/models/schema-file';
import { AppFolder } from '../../_helpers/app-folder';

let folder: AppFolder;

beforeAll(() => { folder = new AppFolder({}); });
afterAll(() => folder.leave());

function read(text: string) {
  folder.write({ 'schema.json': text });
  return readSchemaFile('schema.json');
}

test.each(['{ "type": "object" }', '\uFEFF{"type":"object"}\r\n'])('reads %j', (text) => {
  expect(read(text)).toEqual({ schema: { type: 'object' } });
});

test('says that there is no file', () => {
  expect(readSchemaFile('schemas/none.json')).toEqual({
    reason: 'is not there', remedy: 'name a JSON file, relative to the directory that the app runs in or absolute',
  });
});

test('says why a file cannot be read', () => {
  expect(readSchemaFile('.')).toEqual({
    reason: expect.stringMatching(/^cannot be read \(EISDIR: /),
    remedy: 'name a JSON file, relative to the directory that the app runs in or absolute',
  });
});

test.each(['[]', '1', 'null', '"a"'])('refuses JSON that is no object: %s', (text) => {
  expect(read(text)).toEqual({ reason: 'holds JSON that is no object', remedy: 'put a JSON Schema into it, for example { "type": "object" }' });
});

test.each([
  ['a comma too many', '{\n  "type": "object",\n}', '3, column 1'],
  ['a comma at once', '{\n  "required": [,]\n}', '2, column 16'],
  ['a comment', '// a schema\n{}', '1, column 1'],
  ['an end that is missing', '{\r\n  "type": "object"', '2, column 19'],
  ['quotes that are missing', '{ "type: 1 }', '1, column 13'],
  ['more behind it', '{}\n{}', '2, column 1'],
  ['nothing', '', '1, column 1'],
])('tells where a file is no JSON: %s', (_, text, place) => {
  expect(read(text)).toEqual({ reason: expect.stringContaining(`is not JSON: line ${place}: `), remedy: 'mend it' });
});
