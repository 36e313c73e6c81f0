import * as fs from 'fs';
import * as path from 'path';
import { assemblyFolder, folderOf } from './assembly-folder';

const read = (folder: string, name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');

test('has a manifest that names each template', () => {
  // WHEN
  const folder = assemblyFolder({ One: { Resources: {} } });

  // THEN
  expect(JSON.parse(read(folder, 'manifest.json'))).toEqual({
    artifacts: {
      One: { type: 'aws:cloudformation:stack', environment: 'aws://111111111111/eu-west-1', properties: { templateFile: 'One.json' } },
    },
  });
  expect(read(folder, 'One.json')).toBe('{"Resources":{}}');
});

test('takes text as it is', () => {
  expect(read(folderOf({ 'a.json': '{ "cut' }), 'a.json')).toBe('{ "cut');
});
